using EdgeRuntime.Compression.Import.TFLite;
using EdgeRuntime.Kernels;
using EdgeRuntime.Tests;

namespace EdgeRuntime.Compression.Tests.Golden;

/// <summary>Working memory of the reference models against that of TensorFlow Lite Micro's arena for the same models.</summary>
public class ArenaBudgetTests
{
    [Theory]
    [InlineData("pretrainedResnet_quant.tflite", 55_712)]
    [InlineData("vww_96_int8.tflite", 103_392)]
    [InlineData("person_detect.tflite", 85_024)]
    [InlineData("mobilenet_v2_quantized_1x3x224x224.tflite", 2_606_896)]
    public void Activations_and_scratch_take_no_more_than_TensorFlow_Lite_Micros_arena(string model, long limit)
    {
        using PreparedModel prepared = TFLiteImporter.Import(TestData.Require("models", model)).Model.Prepare();

        // The budget is the boards'. The kernels of a PC without VNNI take more scratch for ResNet-8: one tile of windows as int16.
        bool bytes = (Cpu.Features & (CpuFeatures.AdvSimd | CpuFeatures.Vnni)) != 0;
        Assert.InRange(bytes ? prepared.ArenaBytes : prepared.ActivationBytes, 1, limit);
    }

    /// <summary>Weights are held twice at most: where the file has them, and packed for the kernels, with a few constants for each channel.</summary>
    [Theory]
    [InlineData("pretrainedResnet_quant.tflite")]
    [InlineData("vww_96_int8.tflite")]
    [InlineData("person_detect.tflite")]
    [InlineData("mobilenet_v2_quantized_1x3x224x224.tflite")]
    public void Packed_weights_take_little_more_than_the_models_constants(string model)
    {
        using PreparedModel prepared = TFLiteImporter.Import(TestData.Require("models", model)).Model.Prepare();
        long constants = prepared.Model.Graph.Tensors.Where(t => t.IsConstant).Sum(t => t.ByteSize);
        Assert.InRange(prepared.PackedBytes, 0, constants * 5 / 4);
    }
}
