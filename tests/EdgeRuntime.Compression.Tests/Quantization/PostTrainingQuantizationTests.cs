using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests;

public class PostTrainingQuantizationTests
{
    [Theory]
    [InlineData(8, CalibrationMethod.MinMax, 0.03)]
    [InlineData(8, CalibrationMethod.MeanSquaredError, 0.03)]
    [InlineData(8, CalibrationMethod.Percentile, 0.04)]
    [InlineData(8, CalibrationMethod.KullbackLeibler, 0.10)]
    [InlineData(4, CalibrationMethod.MeanSquaredError, 0.35)]
    public void The_int8_network_computes_what_the_float_network_does(int bits, CalibrationMethod method, double tolerance)
    {
        EdgeModel model = RandomNetwork.Build(1);
        EdgeModel quantized = PostTrainingQuantization.Quantize(model, RandomNetwork.Inputs(32, 2), new QuantizationOptions { WeightBits = bits, Calibration = method });
        Assert.All(quantized.Graph.Nodes, n => Assert.All(n.Outputs, t => Assert.Equal(DataType.Int8, quantized.Graph.Tensors[t].Type)));
        Assert.InRange(Error(model, quantized), 0, tolerance);
    }

    [Fact]
    public void A_normalization_that_no_convolution_takes_in_becomes_a_depthwise_convolution()
    {
        var builder = new GraphBuilder();
        var shape = new Shape(1, 5, 6, 3);
        int x = builder.AddActivation("x", DataType.Float32, shape), r = builder.AddActivation("r", DataType.Float32, shape), y = builder.AddActivation("y", DataType.Float32, shape);
        builder.AddInput(x);
        int Floats(string name, params float[] values) =>
            builder.AddConstant(name, DataType.Float32, new Shape(values.Length), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray());
        builder.AddNode(OperatorKind.Relu, "rectify", [x], [r]);
        builder.AddNode(OperatorKind.BatchNorm, "norm", [r, Floats("scale", 0.5f, -2, 1), Floats("offset", 0.25f, 0.5f, -1)], [y]);
        builder.AddOutput(y);
        using var model = new EdgeModel(builder.Build(), new ModelMetadata());
        var random = new Random(4);
        float[][] inputs = [.. Enumerable.Range(0, 8).Select(_ => Enumerable.Range(0, 90).Select(_ => random.NextSingle() * 2 - 1).ToArray())];
        using EdgeModel quantized = PostTrainingQuantization.Quantize(model, inputs, new QuantizationOptions { BiasCorrection = false });
        Assert.Contains(quantized.Graph.Nodes, n => n.Kind == OperatorKind.DepthwiseConv2D);
        float[] expected = RandomNetwork.Run(model, inputs[0]), actual = RandomNetwork.Run(quantized, inputs[0]);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 0.04f);
    }

    [Fact]
    public void Bias_correction_brings_the_mean_output_of_a_4_bit_network_closer()
    {
        double corrected = 0, plain = 0;
        for (int seed = 1; seed <= 5; seed++)
        {
            EdgeModel model = RandomNetwork.Build(seed);
            List<float[]> inputs = RandomNetwork.Inputs(64, seed);
            var options = new QuantizationOptions { WeightBits = 4, BiasCorrection = false };
            plain += MeanShift(model, PostTrainingQuantization.Quantize(model, inputs, options), inputs);
            corrected += MeanShift(model, PostTrainingQuantization.Quantize(model, inputs, options with { BiasCorrection = true }), inputs);
        }

        Assert.True(corrected < plain, $"{corrected} against {plain}");
    }

    [Fact]
    public void Equalisation_changes_no_output_and_narrows_what_one_scale_per_tensor_would_lose()
    {
        EdgeModel model = RandomNetwork.Build(3);
        (Graph graph, int pairs) = CrossLayerEqualization.Apply(model.Graph);
        Assert.Equal(2, pairs);
        using var equalized = new EdgeModel(graph, model.Metadata);
        foreach (float[] input in RandomNetwork.Inputs(4, 9))
        {
            float[] expected = RandomNetwork.Run(model, input);
            float[] actual = RandomNetwork.Run(equalized, input);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-3 * expected.Max(MathF.Abs));
        }
    }

    [Fact]
    public void Bad_requests_are_refused_with_one_line()
    {
        EdgeModel model = RandomNetwork.Build(1);
        Assert.Contains("9 bits", Refused(() => PostTrainingQuantization.Quantize(model, [], new QuantizationOptions { WeightBits = 9 })), StringComparison.Ordinal);
        Assert.Contains("empty", Refused(() => PostTrainingQuantization.Quantize(model, [], new QuantizationOptions())), StringComparison.Ordinal);
        Assert.Contains("has 5 values", Refused(() => PostTrainingQuantization.Quantize(model, [new float[5]], new QuantizationOptions())), StringComparison.Ordinal);
    }

    private static string Refused(Action action) => Assert.Throws<CompressionException>(action).Message;

    private static double Error(EdgeModel model, EdgeModel quantized)
    {
        double error = 0, power = 0;
        foreach (float[] input in RandomNetwork.Inputs(16, 77))
        {
            float[] expected = RandomNetwork.Run(model, input);
            float[] actual = RandomNetwork.Run(quantized, input);
            error += expected.Zip(actual, (e, a) => (double)(e - a) * (e - a)).Sum();
            power += expected.Sum(e => (double)e * e);
        }

        return Math.Sqrt(error / power);
    }

    private static double MeanShift(EdgeModel model, EdgeModel quantized, List<float[]> inputs)
    {
        double[] shift = new double[10];
        double scale = 0;
        foreach (float[] input in inputs)
        {
            float[] expected = RandomNetwork.Run(model, input);
            float[] actual = RandomNetwork.Run(quantized, input);
            for (int i = 0; i < shift.Length; i++)
                shift[i] += actual[i] - expected[i];
            scale += expected.Sum(e => Math.Abs(e));
        }

        return shift.Sum(Math.Abs) / scale;
    }
}
