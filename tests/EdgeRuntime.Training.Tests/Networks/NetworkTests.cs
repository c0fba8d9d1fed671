using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Networks;

public class NetworkTests
{
    public static TheoryData<string, string, int, double> Cases => new()
    {
        { "digits-cnn", "bwn", 28, 0.5 },
        { "mlp", "bnn", 28, 0.02 },
        { "mlp", "binaryconnect-stochastic", 28, 0.02 },
        { "lenet-300-100", "float", 28, 1 },
        { "lenet-5", "binaryconnect", 28, 1 },
        { "convnet", "bnn", 32, 0.25 },
        { "convnet", "xnor", 32, 0.25 },
        { "vgg-small", "bwn", 32, 0.25 },
        { "vgg-small", "xnor", 32, 0.25 },
        { "alexnet", "float", 224, 0.1 },
        { "alexnet", "xnor", 96, 0.1 },
        { "resnet-8", "float", 32, 1 },
        { "resnet-20", "bwn", 32, 0.5 },
        { "resnet-18", "bwn", 32, 0.125 },
        { "resnet-18", "float", 224, 0.125 },
        { "mobilenet-v1", "float", 32, 0.25 },
        { "mobilenet-v2", "float", 32, 0.25 },
        { "binary-resnet", "react", 32, 0.5 },
        { "binary-resnet-20", "float", 32, 1 },
        { "quicknet", "react", 32, 0.5 },
        { "quicknet", "react", 224, 0.5 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Networks_give_a_score_per_class_and_every_weight_gets_a_gradient(string name, string method, int side, double width)
    {
        Network network = Make(name, method, side, width);
        using var scope = NewDisposeScope();
        network.Body.train();
        Tensor scores = network.Body.call(randn(2, 3, side, side));
        Assert.Equal([2, 7], scores.shape);
        (scores * randn(2, 7)).sum().backward();
        foreach (var (parameter, value) in network.Body.named_parameters())
        {
            Assert.True(value.grad is not null, $"{parameter} has no gradient");
            Assert.True(value.grad.isfinite().all().item<bool>(), $"{parameter} has a gradient that is no number");
        }
    }

    [Theory]
    [InlineData("resnet-8", 32, 10, 12_501_632)]
    [InlineData("mobilenet-v2", 224, 1000, 300_774_272)]
    public void Known_networks_have_the_known_number_of_multiply_accumulates(string name, int side, int classes, long expected)
    {
        Network network = NetworkCatalog.Create(
            name, new NetworkRequest(new PictureShape(side, side, 3), classes, "float"), [.. Enumerable.Range(0, classes).Select(i => $"{i}")], Normalization.Symmetric(3), 1);
        using EdgeModel model = NetworkExport.ToModel(network, new ModelMetadata());
        Assert.Equal(expected, ModelCard.MultiplyAccumulates(model.Graph));
    }

    [Theory]
    [InlineData("lenet-5", "float", 28)]
    [InlineData("lenet-300-100", "binaryconnect", 28)]
    [InlineData("resnet-8", "bwn", 32)]
    [InlineData("mobilenet-v2", "float", 32)]
    [InlineData("resnet-18", "bwn", 32)]
    public void Networks_of_real_activations_score_alike_in_trainer_and_runtime(string name, string method, int side)
    {
        ImageSet pictures = TestData.Bars(6, side, 3, 7, 2);
        Network network = Make(name, method, side, 0.25);
        network.Body.train();
        using (no_grad())
        {
            using Batch batch = BatchLoader.ForEvaluation(pictures, 6, network.Normalization).Load(0, 0);
            for (int i = 0; i < 8; i++)
                network.Body.call(batch.Images).Dispose();
        }

        using EdgeModel model = NetworkExport.ToModel(network, new ModelMetadata(), softmax: false);
        float[] expected = Evaluation.Logits(network, pictures), actual = RuntimeEvaluation.Outputs(model, network, pictures);
        float span = expected.Max() - expected.Min();
        Assert.True(span > 0.01);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-3f * span);
    }

    [Fact]
    public void Block_orders_are_those_of_the_papers()
    {
        Assert.Equal(["Conv", "MaxPool", "BatchNorm", "Sign", "Conv"], Inner(BlockOrder.ConvPoolNormSign));
        Assert.Equal(["Conv", "BatchNorm", "Sign", "MaxPool", "Conv"], Inner(BlockOrder.ConvNormSignPool));
        Assert.Equal(["BatchNorm", "Sign", "Conv", "MaxPool", "BatchNorm", "Sign", "Conv"], Inner(BlockOrder.NormSignConvPool));
    }

    [Fact]
    public void Binary_weight_methods_leave_first_and_last_layer_real_where_the_paper_does()
    {
        bool[] Mapped(string method) => [.. Make("vgg-small", method, 32, 0.25).Body.Walk().Select(l => l switch
        {
            ConvLayer c => c.Mapping.IsBinary,
            LinearLayer f => f.Mapping.IsBinary,
            _ => (bool?)null,
        }).OfType<bool>()];
        Assert.Equal([false, true, true, true, true, true, false], Mapped("xnor"));
        Assert.Equal([false, true, true, true, true, true, false], Mapped("bwn"));
        Assert.All(Mapped("bnn"), Assert.True);
    }

    [Fact]
    public void A_residual_binary_block_is_its_definition()
    {
        manual_seed(8);
        var block = new BinaryResidualLayer(4, 8, 2, new ScaledSignWeights());
        block.eval();
        using var scope = NewDisposeScope();
        foreach (var (name, value) in block.named_parameters())
        {
            if (!name.StartsWith("conv", StringComparison.Ordinal))
            {
                using (no_grad())
                    value.add_(randn_like(value) * 0.3);
            }
        }

        Tensor x = randn(1, 4, 6, 6);
        Tensor y = block.call(x);
        Assert.Equal([1, 8, 3, 3], y.shape);
        // The element of channel 5, row 1, column 2, by hand.
        float[] alphaSigns = [.. block.Conv.Mapping.MapForUse(block.Conv.Weight)[5].reshape(-1).data<float>()];
        var (scale, offset) = block.Norm.Folded();
        double sum = 0;
        for (int c = 0; c < 4; c++)
        {
            for (int ky = 0; ky < 3; ky++)
            {
                for (int kx = 0; kx < 3; kx++)
                {
                    int row = 2 * 1 + ky - 1, column = 2 * 2 + kx - 1;
                    bool inside = row is >= 0 and < 6 && column is >= 0 and < 6;
                    double sign = !inside || x[0, c, row, column].item<float>() + block.Shift[0, c, 0, 0].item<float>() >= 0 ? 1 : -1;
                    sum += sign * alphaSigns[(c * 3 + ky) * 3 + kx];
                }
            }
        }

        double average = 0;
        for (int d = 0; d < 4; d++)
            average += x[0, 1, 2 + d / 2, 4 + d % 2].item<float>() / 4;
        double t = sum * scale[5] + offset[5] + average - block.Before[0, 5, 0, 0].item<float>();
        double expected = (t >= 0 ? t : t * block.Slope[0, 5, 0, 0].item<float>()) + block.After[0, 5, 0, 0].item<float>();
        Assert.Equal(expected, y[0, 5, 1, 2].item<float>(), 1e-4);
    }

    [Fact]
    public void Scale_K_is_the_mean_magnitude_of_the_window_and_multiplies_the_sum_of_signs()
    {
        manual_seed(9);
        using var scope = NewDisposeScope();
        var conv = new ConvLayer(3, 2, 3, 2, 1, mapping: new ScaledSignWeights(), padValue: 1);
        var layer = new ScaledSignConvLayer(conv);
        layer.eval();
        Tensor x = randn(1, 3, 5, 5), y = layer.call(x);
        float[] w = [.. conv.Mapping.MapForUse(conv.Weight).contiguous().data<float>()];
        for (int oy = 0; oy < 3; oy++)
        {
            for (int ox = 0; ox < 3; ox++)
            {
                double k = 0, sum = 0;
                for (int t = 0; t < 27; t++)
                {
                    int c = t / 9, row = 2 * oy + t / 3 % 3 - 1, column = 2 * ox + t % 3 - 1;
                    bool inside = row is >= 0 and < 5 && column is >= 0 and < 5;
                    float value = inside ? x[0, c, row, column].item<float>() : 0;
                    k += Math.Abs(value) / 27;
                    sum += (value >= 0 ? 1 : -1) * w[27 + t];
                }

                Assert.Equal(sum * k, y[0, 1, oy, ox].item<float>(), 1e-4);
            }
        }

        Assert.Contains("needs block order NormSignConvPool", Assert.Throws<TrainingException>(() => Make("lenet-5", "xnor-k", 32, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_combinations_are_refused_in_one_line()
    {
        Assert.Contains("no form with binary activations", Assert.Throws<TrainingException>(() => Make("resnet-8", "xnor", 32, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("too small", Assert.Throws<TrainingException>(() => Make("alexnet", "float", 32, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("its methods are react", Assert.Throws<TrainingException>(() => Make("quicknet", "bnn", 32, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("known are float", Assert.Throws<TrainingException>(() => Make("mlp", "bnnn", 32, 1)).Message, StringComparison.Ordinal);
    }

    internal static Network Make(string name, string method, int side, double width, BlockOrder order = BlockOrder.ConvPoolNormSign) =>
        NetworkCatalog.Create(
            name, new NetworkRequest(new PictureShape(side, side, 3), 7, method, width, order), [.. Enumerable.Range(0, 7).Select(i => $"class {i}")], Normalization.Symmetric(3), 1);

    /// <summary>The layers from the second convolution, the first with pooling, to the third.</summary>
    private static string[] Inner(BlockOrder order)
    {
        string[] names = [.. Make("vgg-small", "xnor", 32, 0.25, order).Body.Inner.Select(l => l.GetName().Replace("Layer", "", StringComparison.Ordinal))];
        int[] convolutions = [.. Enumerable.Range(0, names.Length).Where(i => names[i] == "Conv")];
        int first = order == BlockOrder.NormSignConvPool ? convolutions[0] + 1 : convolutions[1];
        return names[first..(convolutions[2] + 1)];
    }
}
