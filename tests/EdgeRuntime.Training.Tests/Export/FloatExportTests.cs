using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;

namespace EdgeRuntime.Training.Tests.Export;

public class FloatExportTests
{
    private static readonly ImageSet Pictures = TestData.Bars(24, 16, 3, 4, 5);

    [Fact]
    public void Every_layer_of_real_networks_gives_the_trainers_scores_in_the_runtime()
    {
        torch.random.manual_seed(3);
        var body = new SequenceLayer(
            new ConvLayer(3, 8, 3, 1, 1), new BatchNormLayer(8), new ReluLayer(),
            new ResidualLayer(
                new SequenceLayer(new ConvLayer(8, 16, 3, 2, 1), new BatchNormLayer(16), new Relu6Layer(), new ConvLayer(16, 16, 3, 1, 1), new BatchNormLayer(16)),
                new SequenceLayer(new ConvLayer(8, 16, 1, 2), new BatchNormLayer(16)),
                rectify: true),
            new ConvLayer(16, 16, 3, 1, 1, groups: 16), new BatchNormLayer(16), new HardTanhLayer(),
            new MaxPoolLayer(3, 2, 1), new DropoutLayer(0.5), new AveragePoolLayer(2, 2),
            new FlattenLayer(), new LinearLayer(64, 32), new BatchNormLayer(32), new ReluLayer(), new LinearLayer(32, 4));
        Network network = Trained(body);
        Compare(network, NetworkExport.ToModel(network, new ModelMetadata(), softmax: false));
    }

    [Fact]
    public void Global_average_and_normalization_on_its_own_are_exported()
    {
        torch.random.manual_seed(4);
        Network network = Trained(new SequenceLayer(
            new BatchNormLayer(3), new ConvLayer(3, 8, 3, 2, 1), new ReluLayer(), new BatchNormLayer(8), new GlobalAveragePoolLayer(), new LinearLayer(8, 4)));
        Compare(network, NetworkExport.ToModel(network, new ModelMetadata(), softmax: false));
    }

    [Fact]
    public void The_file_carries_labels_preprocessing_and_probabilities()
    {
        Network network = Trained(new SequenceLayer(new GlobalAveragePoolLayer(), new LinearLayer(3, 4)));
        byte[] bytes = NetworkExport.ToModel(network, new ModelMetadata { Licence = "Apache-2.0" }).ToBytes();
        using EdgeModel model = EdgeModel.Load(bytes);
        Assert.Equal(network.Classes, model.Metadata.Labels);
        Assert.Equal(network.Normalization.Mean, model.Metadata.Preprocessing!.Mean);
        Assert.Equal(ImageChannels.Rgb, model.Metadata.Preprocessing.Channels);
        float[] outputs = RuntimeEvaluation.Outputs(model, network, Pictures);
        Assert.All(Enumerable.Range(0, Pictures.Count), i => Assert.Equal(1, outputs.AsSpan(i * 4, 4).ToArray().Sum(), 1e-5f));
    }

    [Fact]
    public void A_network_that_does_not_end_in_scores_is_refused()
    {
        Network network = Trained(new SequenceLayer(new ConvLayer(3, 4, 1)));
        Assert.Contains("1x4 is needed", Assert.Throws<TrainingException>(() => NetworkExport.ToModel(network, new ModelMetadata())).Message, StringComparison.Ordinal);
    }

    /// <summary>A network whose statistics have seen data, in use mode.</summary>
    private static Network Trained(SequenceLayer body)
    {
        var network = new Network("test", "float", body, new PictureShape(16, 16, 3), Pictures.Classes, Normalization.Of(Pictures));
        body.train();
        using (torch.no_grad())
        {
            using Batch batch = BatchLoader.ForEvaluation(Pictures, 24, network.Normalization).Load(0, 0);
            for (int i = 0; i < 5; i++)
                body.call(batch.Images).Dispose();
        }

        body.eval();
        return network;
    }

    private static void Compare(Network network, EdgeModel model)
    {
        using (model)
        {
            float[] expected = Evaluation.Logits(network, Pictures), actual = RuntimeEvaluation.Outputs(model, network, Pictures);
            Assert.True(expected.Max() - expected.Min() > 0.1, "the scores are all alike: nothing would be compared");
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-4f);
        }
    }
}
