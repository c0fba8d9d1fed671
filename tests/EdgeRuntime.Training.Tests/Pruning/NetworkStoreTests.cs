using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using EdgeRuntime.Training.Pruning;
using TorchSharp;

namespace EdgeRuntime.Training.Tests.Pruning;

public class NetworkStoreTests
{
    [Fact]
    public void A_stored_network_comes_back_with_its_layers_and_scores()
    {
        using var folder = new TemporaryFolder();
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Trained(SmallNetworks.Mixed(), data, 2);
        string path = folder.File("a.ckpt");
        NetworkStore.Save(network, path, data.Name);
        Network loaded = NetworkStore.Load(path, data.Train);
        Assert.Equal(NetworkStructure.Of(network).Body.ToString(), NetworkStructure.Of(loaded).Body.ToString());
        Assert.Equal(network.Classes, loaded.Classes);
        Assert.Equal(Evaluation.Logits(network, data.Test), Evaluation.Logits(loaded, data.Test));
        Assert.Equal(SmallNetworks.Weights(network), SmallNetworks.Weights(NetworkStore.Copy(network)));
    }

    [Fact]
    public void Checkpoints_of_training_runs_hold_the_structure_of_real_networks()
    {
        using var folder = new TemporaryFolder();
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Of(SmallNetworks.Mixed(), data.Train);
        new Training.Trainer(network, data, SmallNetworks.Training, folder.Path).Run(resume: false, cancel: TestContext.Current.CancellationToken);
        Network loaded = NetworkStore.Load(folder.Path);
        Assert.Equal(Evaluation.Logits(network, data.Test), Evaluation.Logits(loaded, data.Test));
    }

    [Fact]
    public void Folded_normalization_leaves_the_scores_as_they_were()
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Trained(SmallNetworks.Mixed(), data, 2);
        Network folded = NetworkStore.FoldNormalization(network);
        Assert.DoesNotContain(folded.Body.Walk(), l => l is BatchNormLayer);
        float[] expected = Evaluation.Logits(network, data.Test), actual = Evaluation.Logits(folded, data.Test);
        Assert.True(expected.Max() - expected.Min() > 1, "the scores are all alike: nothing would be compared");
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-4f);
    }

    [Fact]
    public void Weights_that_are_not_finite_binary_networks_and_other_pictures_are_refused()
    {
        using var folder = new TemporaryFolder();
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Of(SmallNetworks.Mixed(), data.Train);
        using (torch.no_grad())
            PrunableLayer.Of(network)[1].Weight.view(-1)[3] = torch.tensor(float.NaN);
        string path = folder.File("a.ckpt");
        NetworkStore.Save(network, path, data.Name);
        Assert.Contains("weights must be finite", Assert.Throws<TrainingException>(() => NetworkStore.Load(path)).Message, StringComparison.Ordinal);

        Network binary = NetworkCatalog.Create("mlp", new NetworkRequest(new PictureShape(8, 8, 1), 4, "bnn", 0.01), ["0", "1", "2", "3"], Normalization.Symmetric(1), 1);
        Assert.Contains("two values already", Assert.Throws<TrainingException>(() => NetworkStore.Save(binary, path, "bars")).Message, StringComparison.Ordinal);
        Assert.Contains("binary weights", Assert.Throws<TrainingException>(() => PrunableLayer.Of(binary)).Message, StringComparison.Ordinal);

        NetworkStore.Save(SmallNetworks.Of(SmallNetworks.Mixed(), data.Train), path, data.Name);
        Assert.Contains("takes 12x12x1", Assert.Throws<TrainingException>(() => NetworkStore.Load(path, TestData.Bars(4, 8, 1, 4, 1))).Message, StringComparison.Ordinal);
    }
}
