using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Precision;

public class PrecisionSearchTests
{
    [Fact]
    public void The_walk_goes_from_8_bits_down_and_its_points_are_files_that_run()
    {
        EdgeModel model = RandomNetwork.Build(4);
        List<float[]> inputs = RandomNetwork.Inputs(16, 5);
        var quantizer = new PostTrainingQuantizer(model, inputs, new QuantizationOptions());
        var distortion = new OutputDistortion(model, inputs);
        var search = new PrecisionSearch(quantizer, distortion.Of);
        IReadOnlyList<PrecisionPoint> points = search.Points;
        Assert.All(points[0].Precisions, p => Assert.Equal(WeightPrecision.Int8, p));

        // The largest layer ends at 1 bit; small ones stop where the file's alignment hides what fewer bits would save.
        Assert.Equal("conv3", quantizer.Layers[3].Name);
        Assert.Equal(1, points[^1].Precisions[3].Bits);
        for (int i = 1; i < points.Count; i++)
            Assert.True(points[i].Bytes < points[i - 1].Bytes);

        PrecisionPoint middle = points.First(p => p.Bytes < (points[0].Bytes + points[^1].Bytes) / 2);
        using EdgeModel quantized = quantizer.Quantize(middle.Precisions);
        Assert.Equal(middle.Bytes, quantized.ToBytes().Length);
        using EdgeModel loaded = EdgeModel.Load(quantized.ToBytes());
        double measured = distortion.Of(loaded);
        using EdgeModel least = quantizer.Quantize(points[^1].Precisions);
        Assert.True(measured < distortion.Of(least), $"{measured} in the middle of the walk");
    }

    [Fact]
    public void Targets_take_the_best_point_and_impossible_ones_name_the_nearest()
    {
        PrecisionPoint[] points = [Point(8, 1000, 0.90), Point(4, 600, 0.91), Point(2, 400, 0.80), Point(1, 300, 0.30)];
        Assert.Equal(600, PrecisionSearch.ForSize(points, 2000).Bytes);
        Assert.Equal(400, PrecisionSearch.ForSize(points, 599).Bytes);
        Assert.Equal(400, PrecisionSearch.ForAccuracy(points, 0.75).Bytes);
        Assert.Equal(600, PrecisionSearch.ForAccuracy(points, 0.905).Bytes);
        string size = Assert.Throws<CompressionException>(() => PrecisionSearch.ForSize(points, 299)).Message;
        Assert.Contains("299 bytes", size, StringComparison.Ordinal);
        Assert.Contains("nearest is 300 bytes", size, StringComparison.Ordinal);
        string accuracy = Assert.Throws<CompressionException>(() => PrecisionSearch.ForAccuracy(points, 0.92)).Message;
        Assert.Contains("92 %", accuracy, StringComparison.Ordinal);
        Assert.Contains("nearest is 91 % with 600 bytes", accuracy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Weights_that_are_not_finite_are_refused_by_name(float value)
    {
        EdgeModel model = RandomNetwork.Build(1);
        int tensor = model.Graph.Nodes[0].Inputs[1];
        float[] weights = GraphConstants.Floats(model.Graph.Tensors[tensor]);
        weights[5] = value;
        using var broken = new EdgeModel(model.Graph.WithConstants(new Dictionary<int, float[]> { [tensor] = weights }), model.Metadata);
        string message = Assert.Throws<CompressionException>(() => new PostTrainingQuantizer(broken, RandomNetwork.Inputs(1, 1), new QuantizationOptions())).Message;
        Assert.Contains("conv1.w", message, StringComparison.Ordinal);
        Assert.Contains("must be finite", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_is_int8_already_and_an_empty_calibration_set_are_refused()
    {
        EdgeModel model = RandomNetwork.Build(1);
        EdgeModel quantized = PostTrainingQuantization.Quantize(model, RandomNetwork.Inputs(2, 1), new QuantizationOptions());
        Assert.Contains("Int8", Assert.Throws<CompressionException>(() => new PostTrainingQuantizer(quantized, [], new QuantizationOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<CompressionException>(() => new OutputDistortion(model, [])).Message, StringComparison.Ordinal);
    }

    private static PrecisionPoint Point(int bits, long bytes, double accuracy) => new([new WeightPrecision(bits, true)], bytes, 0) { Accuracy = accuracy };
}
