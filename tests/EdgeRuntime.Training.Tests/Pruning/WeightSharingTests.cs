using EdgeRuntime.Compression;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using EdgeRuntime.Training.Pruning;
using EdgeRuntime.Training.Sharing;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Pruning;

public class WeightSharingTests
{
    [Fact]
    public void The_gradient_of_a_shared_value_is_the_sum_of_those_of_its_weights()
    {
        using var scope = NewDisposeScope();
        DataSplits data = SmallNetworks.Bars(6);
        Network network = SmallNetworks.Of(new SequenceLayer(new FlattenLayer(), new LinearLayer(36, 4)), data.Train);
        PrunableLayer layer = PrunableLayer.Of(network)[0];
        layer.Prune(layer.Weight.detach().abs().gt(0.1).to(float32));
        var mapping = new SharedWeightMapping(layer, 2, new SharingOptions());
        Tensor used = mapping.Map(layer.Weight), factor = randn(used.shape);
        (used * factor).sum().backward();
        float[] weights = [.. used.detach().data<float>()], factors = [.. factor.data<float>()], values = [.. mapping.Values.data<float>()], gradient = [.. mapping.Values.grad!.data<float>()];
        Assert.Equal(4, values.Length);
        for (int k = 0; k < values.Length; k++)
            Assert.Equal(Enumerable.Range(0, weights.Length).Where(i => weights[i] == values[k]).Sum(i => factors[i]), gradient[k], 1e-4f);
        Assert.Equal(layer.Kept, weights.Count(w => w != 0));
    }

    [Fact]
    public void A_pruned_network_with_shared_values_becomes_a_small_file_with_the_same_scores()
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = NetworkStore.FoldNormalization(SmallNetworks.Trained(SmallNetworks.Mixed(), data));
        new IterativePruning(network, data, new PruningOptions { Keep = 0.2, Rounds = 2, FinalEpochs = 2, Training = SmallNetworks.Training }).Run(TestContext.Current.CancellationToken);
        int[] kept = [.. PrunableLayer.Of(network).Select(l => l.Kept)];
        var sharing = new SharingOptions { Bits = [4], BiasBits = 4 };
        SharingAccuracy accuracy = WeightSharing.Apply(network, data, sharing, SmallNetworks.Training with { Epochs = 2, LearningRate = 1e-3 }, cancel: TestContext.Current.CancellationToken);
        Assert.True(accuracy.Tuned > 0.9, $"accuracy {accuracy}");
        foreach (PrunableLayer layer in PrunableLayer.Of(network))
            Assert.InRange(layer.Weight.data<float>().Where(w => w != 0).Distinct().Count(), 1, 16);
        Assert.Equal(kept, PrunableLayer.Of(network).Select(l => l.Kept));

        CompressedModel compressed = ModelCompression.Encode(NetworkExport.ToModel(network, new ModelMetadata(), softmax: false));
        byte[] file = compressed.Model.ToBytes();
        Assert.True(file.Length * 5 < compressed.FloatBytes, $"{file.Length} bytes of {compressed.FloatBytes}");
        using EdgeModel loaded = EdgeModel.Load(file);
        float[] expected = Evaluation.Logits(network, data.Test), actual = RuntimeEvaluation.Outputs(loaded, network, data.Test);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Math.Max(1e-3f, Math.Abs(expected[i]) * 1e-4f));
    }

    [Fact]
    public void The_log_comes_back_and_the_picture_is_one()
    {
        using var folder = new TemporaryFolder();
        LayerBreakdown layer = new("a", 1000, 100, 15, 4, 3, 4000, 450, 110, 90, "SparseHuffman");
        var log = new CompressionLog { Network = "n", Data = "bars", Command = "edgec", Sharing = new SharingOptions { Bits = [4] }, FloatBytes = 4000, FileBytes = 900, Layers = [layer] };
        log.Write(folder.File("a.json"));
        CompressionLog stored = CompressionLog.Read(folder.File("a.json"));
        Assert.Equal(layer, Assert.Single(stored.Layers));
        Assert.Equal([4], stored.Sharing.Bits);
        StagePicture.Write(folder.File("a.png"), "title", stored.Layers);
        Assert.True(File.ReadAllBytes(folder.File("a.png")).AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47]));
        File.WriteAllText(folder.File("a.json"), "{");
        Assert.Throws<TrainingException>(() => CompressionLog.Read(folder.File("a.json")));
    }

    [Fact]
    public void A_layer_of_zeros_and_numbers_of_bits_that_do_not_fit_are_refused_in_one_line()
    {
        DataSplits data = SmallNetworks.Bars(6);
        Network network = SmallNetworks.Of(new SequenceLayer(new FlattenLayer(), new LinearLayer(36, 8), new ReluLayer(), new LinearLayer(8, 4)), data.Train);
        Assert.Contains("3 numbers of bits are given; the network has 2 layers", Assert.Throws<CompressionException>(() => WeightSharing.Apply(network, data, new SharingOptions { Bits = [4, 4, 4] }, null)).Message, StringComparison.Ordinal);
        using (no_grad())
            PrunableLayer.Of(network)[0].Weight.zero_();
        Assert.Contains("pruned to nothing", Assert.Throws<CompressionException>(() => WeightSharing.Apply(network, data, new SharingOptions(), null)).Message, StringComparison.Ordinal);
    }
}
