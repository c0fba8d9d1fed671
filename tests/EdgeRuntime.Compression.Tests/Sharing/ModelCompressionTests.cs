using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests;

public class ModelCompressionTests
{
    [Theory]
    [InlineData(5, 0.1)]
    [InlineData(8, 0.3)]
    [InlineData(2, 1)]
    public void Weights_are_pruned_shared_and_come_back_from_the_file(int bits, double keep)
    {
        using EdgeModel model = FullyConnected(Gaussian(200 * 300, 1));
        CompressedModel compressed = ModelCompression.Compress(model, new SharingOptions { Bits = [bits], Keep = [keep], BiasBits = 3 });
        byte[] file = compressed.Model.ToBytes();
        using EdgeModel loaded = EdgeModel.Load(file);
        float[] weights = [.. MemoryMarshal.Cast<byte, float>(loaded.Graph.Tensors[1].Data!.Value.Span)];
        int kept = weights.Count(w => w != 0);
        Assert.Equal(keep * weights.Length, kept, 1.0);
        Assert.InRange(weights.Where(w => w != 0).Distinct().Count(), 1, 1 << bits);
        Assert.InRange(MemoryMarshal.Cast<byte, float>(loaded.Graph.Tensors[2].Data!.Value.Span).ToArray().Distinct().Count(), 1, 8);
        LayerBreakdown layer = Assert.Single(compressed.Layers);
        Assert.Equal(kept, layer.Kept);
        Assert.Equal(loaded.Graph.Tensors[1].StoredSize(), layer.StoredBytes);
        Assert.True(layer.StoredBytes <= layer.SharedBytes + 600 && layer.SharedBytes <= layer.PrunedBytes && layer.PrunedBytes <= layer.FloatBytes, layer.ToString());
        Assert.Equal(4 * (200 * 300 + 200), compressed.FloatBytes);
        Assert.InRange(file.Length, layer.StoredBytes, layer.StoredBytes + 2048);
    }

    [Fact]
    public void Weights_of_int8_share_int8_values()
    {
        sbyte[] values = [.. Gaussian(100 * 300, 2).Select(v => (sbyte)Math.Clamp(v * 40, -127, 127))];
        var builder = new GraphBuilder();
        int x = builder.AddActivation("x", DataType.Int8, new Shape(1, 300), new Quantization(0.1f, 3));
        int w = builder.AddConstant("w", DataType.Int8, new Shape(100, 300), MemoryMarshal.AsBytes<sbyte>(values).ToArray(), new Quantization(0.02f, 0));
        int y = builder.AddActivation("y", DataType.Int8, new Shape(1, 100), new Quantization(0.5f, -1));
        builder.AddNode(OperatorKind.FullyConnected, "fc", [x, w], [y], new ActivationOptions());
        builder.AddInput(x);
        builder.AddOutput(y);
        using var model = new EdgeModel(builder.Build(), new ModelMetadata());
        CompressedModel compressed = ModelCompression.Compress(model, new SharingOptions { Bits = [4], Keep = [0.2] });
        using EdgeModel loaded = EdgeModel.Load(compressed.Model.ToBytes());
        sbyte[] stored = [.. MemoryMarshal.Cast<byte, sbyte>(loaded.Graph.Tensors[1].Data!.Value.Span)];
        Assert.Equal(TensorEncoding.SparseHuffman, loaded.Graph.Tensors[1].Encoding);
        Assert.InRange(stored.Where(v => v != 0).Distinct().Count(), 8, 16);
        // What stayed is near to what it was.
        Assert.All(Enumerable.Range(0, values.Length).Where(i => stored[i] != 0), i => Assert.InRange(Math.Abs(values[i] - stored[i]), 0, 20));
        using PreparedModel prepared = loaded.Prepare();
    }

    [Fact]
    public void The_breakdown_counts_bits_as_the_paper_does()
    {
        // Gaps 0, 5, 0, 9: with 3 bits 9 takes a filler; 2 values take codes of 1 bit.
        float[] row = [1, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0];
        LayerBreakdown layer = SparseStatistics.Of(
            "w", MemoryMarshal.Cast<float, uint>(row), 0, "");
        Assert.Equal((20L, 4L, 2, 1), (layer.Weights, layer.Kept, layer.Values, layer.CodeBits));
        Assert.Equal((3, 1L), (layer.GapBits, layer.Fillers));
        Assert.Equal(80, layer.FloatBytes);
        Assert.Equal((5 * 35 + 7) / 8, layer.PrunedBytes);
        Assert.Equal((5 * 4 + 7) / 8 + 8, layer.SharedBytes);
    }

    [Fact]
    public void A_mask_leaves_zeros_of_both_signs_and_neither_is_stored()
    {
        float[] weights = Gaussian(200 * 300, 1);
        for (int i = 0; i < weights.Length; i++)
            weights[i] *= i % 50 == 0 ? 1 : 0;
        Assert.Contains(weights, w => w == 0 && float.IsNegative(w));
        using EdgeModel model = FullyConnected(weights);
        LayerBreakdown layer = ModelCompression.Compress(model, new SharingOptions { Bits = [4] }).Layers[0];
        Assert.Equal(200 * 300 / 50, layer.Kept);
        Assert.Equal(16, layer.Values);
        Assert.Equal(layer.Kept, ModelCompression.Compress(model, new SharingOptions { Bits = [4], Keep = [0.5] }).Layers[0].Kept);
    }

    [Fact]
    public void Weights_that_are_not_finite_layers_of_zeros_and_options_out_of_range_are_refused_in_one_line()
    {
        float[] weights = Gaussian(200 * 300, 1);
        using EdgeModel model = FullyConnected(weights);
        Assert.Contains("codes of 9 bits", Message(model, new SharingOptions { Bits = [9] }), StringComparison.Ordinal);
        Assert.Contains("2 numbers of bits are given; the network has 1 layers", Message(model, new SharingOptions { Bits = [4, 4] }), StringComparison.Ordinal);
        Assert.Contains("a share of 0", Message(model, new SharingOptions { Keep = [0] }), StringComparison.Ordinal);
        Assert.Contains("-1 bits were asked for biases", Message(model, new SharingOptions { BiasBits = -1 }), StringComparison.Ordinal);
        weights[5] = float.PositiveInfinity;
        using EdgeModel infinite = FullyConnected(weights);
        Assert.Contains("weights must be finite", Message(infinite, new SharingOptions()), StringComparison.Ordinal);
        using EdgeModel zeros = FullyConnected(new float[200 * 300]);
        Assert.Contains("pruned to nothing", Message(zeros, new SharingOptions()), StringComparison.Ordinal);
    }

    private static string Message(EdgeModel model, SharingOptions options) => Assert.Throws<CompressionException>(() => ModelCompression.Compress(model, options)).Message;

    private static EdgeModel FullyConnected(float[] weights)
    {
        var builder = new GraphBuilder();
        int x = builder.AddActivation("x", DataType.Float32, new Shape(1, 300));
        int w = builder.AddConstant("w", DataType.Float32, new Shape(200, 300), MemoryMarshal.AsBytes<float>(weights).ToArray());
        int b = builder.AddConstant("b", DataType.Float32, new Shape(200), MemoryMarshal.AsBytes<float>(Gaussian(200, 9)).ToArray());
        int y = builder.AddActivation("y", DataType.Float32, new Shape(1, 200));
        builder.AddNode(OperatorKind.FullyConnected, "fc", [x, w, b], [y], new ActivationOptions());
        builder.AddInput(x);
        builder.AddOutput(y);
        return new EdgeModel(builder.Build(), new ModelMetadata());
    }

    private static float[] Gaussian(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
