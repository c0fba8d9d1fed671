using EdgeRuntime.Compression;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Methods;

public class QuantizationAwareTests
{
    private static readonly ImageSet Pictures = TestData.Bars(48, 16, 3, 4, 5);

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Weights_take_the_values_of_their_bits_and_pass_the_gradient_unchanged(int bits)
    {
        random.manual_seed(1);
        using Tensor w = randn(6, 3, 3, 3).mul(arange(1, 7).view(6, 1, 1, 1)).detach().requires_grad_();
        using Tensor factor = randn(6, 3, 3, 3);
        using Tensor mapped = new FakeQuantizedWeights(bits).Map(w);
        mapped.mul(factor).sum().backward();
        Assert.Equal(factor.data<float>().ToArray(), w.grad!.data<float>().ToArray());
        float[] values = [.. mapped.detach().data<float>()];
        int limit = (1 << (bits - 1)) - 1;
        for (int c = 0; c < 6; c++)
        {
            float[] channel = values[(c * 27)..((c + 1) * 27)];
            float step = channel.Max(MathF.Abs) / limit;
            Assert.All(channel, v => Assert.Equal(MathF.Round(v / step), v / step, 1e-3f));
        }
    }

    [Fact]
    public void Four_bits_clip_a_lone_large_weight_where_that_lessens_the_error()
    {
        float[] values = [.. Enumerable.Range(0, 63).Select(i => (i - 31) / 31f), 2.2f];
        using Tensor w = tensor(values, 1, 64);
        using Tensor mapped = new FakeQuantizedWeights(4).Map(w);
        float[] rounded = [.. mapped.data<float>()];
        double plain = values.Sum(v => Math.Pow(v - (Math.Round(v / (2.2 / 7)) * (2.2 / 7)), 2));
        Assert.True(values.Zip(rounded, (a, b) => Math.Pow(a - b, 2)).Sum() < plain);
        Assert.True(rounded.Max() < 2.2f);
    }

    [Fact]
    public void Activations_are_rounded_to_their_range_and_the_gradient_stops_outside_of_it()
    {
        var mapping = new FakeQuantizedActivations();
        using (Tensor seen = tensor(new[] { -0.5f, 0.3f, 2.05f }))
            mapping.Map(seen, training: true).Dispose();
        Assert.Equal((-0.5f, 2.05f), mapping.Range);
        (float scale, int zeroPoint) = FakeQuantizedActivations.Parameters(-0.5f, 2.05f);
        Assert.Equal(0.01f, scale, 1e-6f);
        Assert.Equal(-78, zeroPoint);

        using Tensor x = tensor(new[] { -3f, -0.5f, 0.004f, 0.006f, 1.2345f, 5f }).requires_grad_();
        using Tensor y = mapping.Map(x, training: false);
        y.sum().backward();
        Assert.Equal([-0.5f, -0.5f, 0f, 0.01f, 1.23f, 2.05f], y.detach().data<float>().ToArray(), (a, b) => MathF.Abs(a - b) < 1e-5f);
        Assert.Equal([0f, 1f, 1f, 1f, 1f, 0f], x.grad!.data<float>().ToArray());
        Assert.Equal((-0.5f, 2.05f), mapping.Range);
    }

    [Fact]
    public void The_range_follows_the_batches_and_always_contains_0()
    {
        var mapping = new FakeQuantizedActivations();
        using Tensor first = tensor(new[] { 1f, 2f }), second = tensor(new[] { -1f, 4f });
        mapping.Map(first, training: true).Dispose();
        Assert.Equal((0f, 2f), mapping.Range);
        mapping.Map(second, training: true).Dispose();
        Assert.Equal(-0.05f, mapping.Range.Low, 1e-5f);
        Assert.Equal(2.1f, mapping.Range.High, 1e-5f);
    }

    [Theory]
    [InlineData("resnet-8", "qat-int8", 8)]
    [InlineData("resnet-8", "qat-int4", 4)]
    [InlineData("mobilenet-v2", "qat-int8", 8)]
    public void The_exported_network_has_the_integers_and_scores_of_training(string name, string method, int bits)
    {
        var request = new NetworkRequest(new PictureShape(16, 16, 3), 4, method, 0.5);
        Network network = NetworkCatalog.Create(name, request, Pictures.Classes, Normalization.Of(Pictures), 3);
        network.Body.train();
        using (no_grad())
        {
            using Batch batch = BatchLoader.ForEvaluation(Pictures, 48, network.Normalization).Load(0, 0);
            for (int i = 0; i < 12; i++)
                network.Body.call(batch.Images).Dispose();
        }

        network.Body.eval();
        using EdgeModel real = NetworkExport.ToModel(network, new ModelMetadata(), softmax: false, out var ranges);
        List<float[]> inputs = [.. Enumerable.Range(0, 4).Select(i => NetworkExport.InputOf(network, Pictures.Picture(i)))];
        using EdgeModel model = PostTrainingQuantization.Quantize(real, inputs, new QuantizationOptions { WeightBits = bits, Ranges = ranges, BiasCorrection = false });

        // Weights: the exported integers stand for exactly the rounded weights, which the export folded normalization into.
        foreach (Node layer in real.Graph.Nodes.Where(n => n.Kind is OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected))
        {
            TensorInfo exported = model.Graph.Tensors.First(t => t.Name == real.Graph.Tensors[layer.Inputs[1]].Name);
            float[] expected = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(real.Graph.Tensors[layer.Inputs[1]].Data!.Value.Span).ToArray();
            ReadOnlySpan<sbyte> q = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(exported.Data!.Value.Span);
            int channels = exported.Quantization!.Scales.Length;
            int perChannel = expected.Length / channels;
            for (int i = 0; i < expected.Length; i++)
            {
                float scale = exported.Quantization.Scales[layer.Kind == OperatorKind.DepthwiseConv2D ? i % channels : i / perChannel];
                Assert.Equal(expected[i], q[i] * scale, 1e-3f * scale * 127);
            }
        }

        // Activations have the ranges of training; scores differ by the rounding of a few steps only.
        foreach ((string tensor, (float low, float high)) in ranges)
        {
            (float scale, int zeroPoint) = FakeQuantizedActivations.Parameters(low, high);
            TensorInfo exported = model.Graph.Tensors.First(t => t.Name == tensor);
            Assert.Equal((scale, zeroPoint), (exported.Quantization!.Scale, exported.Quantization.ZeroPoint));
        }

        float[] trained = Evaluation.Logits(network, Pictures);
        float[] ran = RuntimeEvaluation.Outputs(model, network, Pictures);
        float step = model.Graph.Tensors[model.Graph.Outputs[0]].Quantization!.Scale;
        Assert.True(trained.Max() - trained.Min() > 20 * step, "the scores are all alike: nothing would be compared");
        double mean = trained.Zip(ran, (a, b) => Math.Abs((double)a - b)).Average();
        Assert.True(mean < 4 * step, $"scores differ by {mean / step} steps on average");
    }

    [Fact]
    public void Checkpoints_hold_the_ranges()
    {
        var request = new NetworkRequest(new PictureShape(16, 16, 3), 4, "qat-int8", 0.5);
        Network network = NetworkCatalog.Create("digits-cnn", request, Pictures.Classes, Normalization.Of(Pictures), 3);
        Assert.Equal(5, network.Body.state_dict().Keys.Count(k => k.EndsWith("activation_range", StringComparison.Ordinal)));
    }
}
