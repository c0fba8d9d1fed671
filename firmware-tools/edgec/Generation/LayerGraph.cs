using System.Runtime.InteropServices;
using EdgeRuntime.Compiler.Generation.Binary;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>Graphs of one operator with weights and bias.</summary>
internal static class LayerGraph
{
    /// <summary>y = operator(x, weights, bias).</summary>
    public static Graph Of(OperatorKind kind, Shape input, Shape weights, float[] weightValues, float[] bias, Shape output, OperatorOptions options)
    {
        var builder = new GraphBuilder();
        int x = builder.AddActivation("input", DataType.Float32, input);
        int w = builder.AddConstant("weights", DataType.Float32, weights, Bytes(weightValues));
        int b = builder.AddConstant("bias", DataType.Float32, new Shape(bias.Length), Bytes(bias));
        int y = builder.AddActivation("output", DataType.Float32, output);
        builder.AddNode(kind, "layer", [x, w, b], [y], options);
        builder.AddInput(x);
        builder.AddOutput(y);
        return builder.Build();
    }

    /// <summary>The same with int8 activations and weights of a bit, each output channel with a scale.</summary>
    public static Graph OfSigns(
        OperatorKind kind, Shape input, Shape weights, int channelAxis, RandomValues random, Shape output, OperatorOptions options)
    {
        var builder = new GraphBuilder();
        var constants = new RandomTensors(builder, random);
        int channels = weights[channelAxis];
        float centre = MathF.Sqrt(channels / (float)weights.ElementCount);
        float[] scales = [.. random.Uniform(channels, 0.1f).Select(v => centre * (1 + v))];
        int x = builder.AddActivation("input", DataType.Int8, input, QuickNet.Activations);
        int w = constants.Bits("weights", weights, new Quantization(scales, new int[channels], channelAxis));
        int b = constants.Integers("bias", channels, 16);
        int y = builder.AddActivation("output", DataType.Int8, output, QuickNet.Activations);
        builder.AddNode(kind, "layer", [x, w, b], [y], options);
        builder.AddInput(x);
        builder.AddOutput(y);
        return builder.Build();
    }

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}
