using EdgeRuntime.Compression;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;

namespace EdgeRuntime.Training.Tests.Export;

/// <summary>Trained binary networks give the trainer's scores in the runtime, from packed weights and integer thresholds.</summary>
public class BinaryExportTests
{
    public static TheoryData<string, string, double, BlockOrder> Networks()
    {
        var data = new TheoryData<string, string, double, BlockOrder>();
        foreach (BlockOrder order in Enum.GetValues<BlockOrder>())
        {
            data.Add("convnet", "bnn", 0.25, order);
            data.Add("lenet-5", "xnor", 0.5, order);
        }

        data.Add("vgg-small", "xnor", 0.25, BlockOrder.ConvPoolNormSign);
        data.Add("mlp", "bnn", 0.02, BlockOrder.ConvPoolNormSign);
        data.Add("lenet-300-100", "xnor", 0.5, BlockOrder.NormSignConvPool);
        data.Add("mlp", "binaryconnect", 0.02, BlockOrder.ConvPoolNormSign);
        data.Add("convnet", "binaryconnect-stochastic", 0.25, BlockOrder.ConvPoolNormSign);
        data.Add("resnet-8", "bwn", 0.5, BlockOrder.ConvPoolNormSign);
        data.Add("mobilenet-v1", "bwn", 0.25, BlockOrder.ConvPoolNormSign);
        data.Add("binary-resnet", "react", 0.5, BlockOrder.ConvPoolNormSign);
        data.Add("binary-digits", "react", 1, BlockOrder.ConvPoolNormSign);
        data.Add("lenet-5", "xnor-k", 0.5, BlockOrder.NormSignConvPool);
        data.Add("resnet-18", "xnor-k", 0.125, BlockOrder.NormSignConvPool);
        data.Add("quicknet-small", "binary-activations", 0.5, BlockOrder.ConvPoolNormSign);
        data.Add("lenet-5", "binary-activations", 0.5, BlockOrder.ConvPoolNormSign);
        data.Add("quicknet-small", "react", 0.5, BlockOrder.ConvPoolNormSign);
        data.Add("quicknet", "react", 0.5, BlockOrder.ConvPoolNormSign);
        data.Add("binary-resnet-20", "float", 0.5, BlockOrder.ConvPoolNormSign);
        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_trained_network_gives_the_trainers_scores_in_the_runtime(string name, string method, double width, BlockOrder order)
    {
        DataSplits data = Bars();
        var request = new NetworkRequest(new PictureShape(32, 32, 3), 4, method, width, order);
        Network network = NetworkCatalog.Create(name, request, data.Train.Classes, Normalization.Symmetric(3), 3);
        using var folder = new TemporaryFolder();
        var options = new TrainingOptions { Epochs = 1, BatchSize = 8, LearningRate = 0.003, WarmupSteps = 0, Threads = 1 };
        new Training.Trainer(network, data, options, folder.Path).Run(resume: false);
        Compare(network, data.Test);
    }

    /// <summary>The forms of the survey's table 4, for pictures of 224, which no training here has.</summary>
    [Theory]
    [InlineData("alexnet", "float", 0)]
    [InlineData("alexnet", "bwn", 0)]
    [InlineData("alexnet", "xnor", 6)]
    [InlineData("resnet-18", "float", 0)]
    [InlineData("resnet-18", "bwn", 0)]
    [InlineData("resnet-18", "xnor", 16)]
    public void Networks_for_large_pictures_score_alike_in_trainer_and_runtime(string name, string method, int packedLayers)
    {
        // Noise: in pictures with even regions many sums are the same, and all of them may lie on a threshold at once.
        var random = new SeededRandom(9);
        var pixels = new byte[6 * 224 * 224 * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)random.Below(256);
        var pictures = new ImageSet(224, 224, 3, pixels, new int[6], ["0", "1", "2", "3"]);
        var request = new NetworkRequest(new PictureShape(224, 224, 3), 4, method, 0.125, BlockOrder.NormSignConvPool);
        Network network = NetworkCatalog.Create(name, request, pictures.Classes, Normalization.Symmetric(3), 3);
        network.Body.train();
        using (torch.no_grad())
        {
            // Running statistics of a few steps: those of two pictures alone would lie exactly on sums that others have too.
            using Batch batch = BatchLoader.ForEvaluation(pictures, pictures.Count, network.Normalization).Load(0, 0);
            for (int i = 0; i < 3; i++)
                network.Body.call(batch.Images).Dispose();
        }

        network.Body.eval();
        using EdgeModel model = NetworkExport.ToModel(network, new ModelMetadata());
        Assert.Equal(packedLayers, model.Graph.Nodes.Count(n => n.Kind is OperatorKind.BinaryConv2D or OperatorKind.BinaryFullyConnected));
        Compare(network, pictures);
    }

    [Fact]
    public void Weights_of_binary_layers_are_bits_and_no_real_number_passes_between_packed_layers()
    {
        torch.random.manual_seed(5);
        var request = new NetworkRequest(new PictureShape(32, 32, 3), 4, "bnn", 0.25);
        Network network = NetworkCatalog.Create("convnet", request, ["0", "1", "2", "3"], Normalization.Symmetric(3), 3);
        using EdgeModel model = NetworkExport.ToModel(network, new ModelMetadata());
        Node[] binary = [.. model.Graph.Nodes.Where(n => n.Kind == OperatorKind.BinaryConv2D)];
        Assert.Equal(8, binary.Length);
        Assert.All(binary, n => Assert.Equal(DataType.Bit, model.Graph.Tensors[n.Inputs[1]].Type));
        Assert.All(binary[..^1], n => Assert.Equal(DataType.Bit, model.Graph.Tensors[n.Outputs[0]].Type));
        Assert.Single(model.Graph.Nodes, n => n.Kind == OperatorKind.Binarize);
        // 256-channel layers: the whole file is a thirtieth or so of its float form.
        Network real = NetworkCatalog.Create("convnet", request with { Method = "float" }, network.Classes, network.Normalization, 3);
        using EdgeModel floats = NetworkExport.ToModel(real, new ModelMetadata());
        Assert.True(model.ToBytes().Length * 20 < floats.ToBytes().Length, $"{model.ToBytes().Length} against {floats.ToBytes().Length} bytes");
    }

    [Fact]
    public void Weights_of_binaryconnect_are_bits_and_a_negative_normalization_turns_them_round()
    {
        torch.random.manual_seed(6);
        var norm = new BatchNormLayer(8);
        using (torch.no_grad())
            norm.Scale[3] = -1.5f;
        var body = new SequenceLayer(new ConvLayer(3, 8, 3, 2, 1, mapping: new SignWeights()), norm, new ReluLayer(), new GlobalAveragePoolLayer(), new LinearLayer(8, 4));
        DataSplits data = Bars();
        var network = new Network("test", "binaryconnect", body, new PictureShape(32, 32, 3), data.Test.Classes, Normalization.Symmetric(3));
        body.eval();
        using (EdgeModel model = NetworkExport.ToModel(network, new ModelMetadata()))
            Assert.Equal(DataType.Bit, model.Graph.Tensors[model.Graph.Nodes[0].Inputs[1]].Type);
        Compare(network, data.Test);
    }

    [Theory]
    [InlineData("binary-digits", "react")]
    [InlineData("vgg-small", "xnor")]
    public void Layers_before_the_first_sign_can_be_int8_with_nearly_all_decisions_alike(string name, string method)
    {
        DataSplits data = Bars();
        Network network = NetworkCatalog.Create(name, new NetworkRequest(new PictureShape(32, 32, 3), 4, method, method == "xnor" ? 0.25 : 1), data.Train.Classes, Normalization.Symmetric(3), 3);
        using var folder = new TemporaryFolder();
        new Training.Trainer(network, data, new TrainingOptions { Epochs = 4, BatchSize = 8, LearningRate = 0.003, WarmupSteps = 0, Threads = 1 }, folder.Path)
            .Run(resume: false, cancel: TestContext.Current.CancellationToken);
        using EdgeModel real = NetworkExport.ToModel(network, new ModelMetadata());
        float[][] inputs = [.. Enumerable.Range(0, 32).Select(i => NetworkExport.InputOf(network, data.Train.Picture(i)))];
        using EdgeModel mixed = RealLayersQuantization.QuantizeFirst(real, inputs, new QuantizationOptions());
        Assert.Equal(DataType.Int8, mixed.Graph.Tensors[mixed.Graph.Inputs[0]].Type);
        Assert.Contains(mixed.Graph.Nodes, n => n.Kind is OperatorKind.BinaryConv2D);
        Assert.True(mixed.ToBytes().Length < real.ToBytes().Length, $"{mixed.ToBytes().Length} against {real.ToBytes().Length} bytes");
        using EdgeModel loaded = EdgeModel.Load(mixed.ToBytes());
        ExportAgreement agreement = ExportAgreement.Of(RuntimeEvaluation.Outputs(real, network, data.Test), RuntimeEvaluation.Outputs(loaded, network, data.Test), 4);
        Assert.True(agreement.SameDecisions >= data.Test.Count - 1, agreement.ToString());
        Assert.Contains("no binary operator", Assert.Throws<CompressionException>(() => RealLayersQuantization.QuantizeFirst(Untrained("resnet-8", "float"), inputs, new QuantizationOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("no real layer stands in front", Assert.Throws<CompressionException>(() => RealLayersQuantization.QuantizeFirst(Untrained("convnet", "bnn"), inputs, new QuantizationOptions())).Message, StringComparison.Ordinal);

        static EdgeModel Untrained(string network, string by) => NetworkExport.ToModel(
            NetworkCatalog.Create(network, new NetworkRequest(new PictureShape(32, 32, 3), 4, by, 0.25), ["0", "1", "2", "3"], Normalization.Symmetric(3), 3), new ModelMetadata());
    }

    [Fact]
    public void Agreement_counts_decisions_and_scores_apart()
    {
        float[] expected = [1, 3, -2, 0, 5, 4], actual = [1.001f, 3, -2, 4.5f, 4.4f, 4];
        ExportAgreement agreement = ExportAgreement.Of(expected, actual, 3);
        Assert.Equal(new ExportAgreement(2, 1, 1, 5 * ExportAgreement.RelativeTolerance, 4.5), agreement);
        Assert.Equal(0.5, agreement.DecisionShare);
        Assert.Throws<ArgumentException>(() => ExportAgreement.Of(expected, actual, 4));
    }

    private static void Compare(Network network, ImageSet pictures)
    {
        float[] scores = Evaluation.Logits(network, pictures);
        Assert.True(scores.Max() - scores.Min() > 0.1, "the scores are all alike: nothing would be compared");
        ExportAgreement agreement = ExportAgreement.Measure(network, pictures);
        Assert.Equal(pictures.Count, agreement.Pictures);

        // A real sum that lies on a threshold but for its rounding may give another sign, which the layers behind amplify: seldom, and with the same decision.
        Assert.True(agreement.SameDecisions == pictures.Count && agreement.WithinTolerance >= pictures.Count - 1, agreement.ToString());
    }

    private static DataSplits Bars() =>
        new("bars", TestData.Bars(64, 32, 3, 4, 1), TestData.Bars(8, 32, 3, 4, 2), TestData.Bars(24, 32, 3, 4, 3));
}
