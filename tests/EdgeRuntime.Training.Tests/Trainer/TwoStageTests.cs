using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Tests.Trainer;

/// <summary>Training in two stages: signs of activations first, signs of weights from there.</summary>
public class TwoStageTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 3, BatchSize = 16, LearningRate = 0.004, WarmupSteps = 0, Threads = 1 };

    [Fact]
    public void The_second_stage_starts_from_the_weights_of_the_first_and_is_better_than_a_fresh_start()
    {
        using var folder = new TemporaryFolder();
        var data = new DataSplits("bars", TestData.Bars(128, 32, 3, 4, 1), TestData.Bars(16, 32, 3, 4, 2), TestData.Bars(40, 32, 3, 4, 3));
        Network first = Make("binary-digits", "binary-activations");
        new Training.Trainer(first, data, Options, folder.Path).Run(resume: false, cancel: TestContext.Current.CancellationToken);
        Network second = Make("binary-digits", "react"), fresh = Make("binary-digits", "react");
        NetworkStore.StartFrom(second, folder.Path);

        float[] Weights(Network network) => [.. network.Body.Walk().OfType<ConvLayer>().SelectMany(c => c.Weight.detach().contiguous().data<float>().ToArray())];
        Assert.Equal(Weights(first), Weights(second));
        Assert.True(second.Body.Walk().OfType<BinaryResidualLayer>().First().Conv.Mapping.IsBinary);
        Assert.False(first.Body.Walk().OfType<BinaryResidualLayer>().First().Conv.Mapping.IsBinary);

        using var folders = new TemporaryFolder();
        RunLog started = new Training.Trainer(second, data, Options with { Epochs = 1 }, folders.File("a")).Run(resume: false, cancel: TestContext.Current.CancellationToken);
        RunLog unstarted = new Training.Trainer(fresh, data, Options with { Epochs = 1 }, folders.File("b")).Run(resume: false, cancel: TestContext.Current.CancellationToken);
        Assert.True(started.Epochs[0].TrainLoss < unstarted.Epochs[0].TrainLoss, $"{started.Epochs[0].TrainLoss} after a first stage, {unstarted.Epochs[0].TrainLoss} without");
    }

    [Fact]
    public void The_checkpoint_of_another_network_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.ckpt");
        NetworkStore.Save(Make("lenet-5", "float"), path, "bars");
        Assert.Contains("is of network 'lenet-5', this run trains 'binary-digits'", Refused(Make("binary-digits", "react"), path), StringComparison.Ordinal);
        Assert.Contains("in the checkpoint", Refused(Make("lenet-5", "float", 0.5), path), StringComparison.Ordinal);

        string Refused(Network network, string from) => Assert.Throws<TrainingException>(() => NetworkStore.StartFrom(network, from)).Message;
    }

    private static Network Make(string name, string method, double width = 1) =>
        NetworkCatalog.Create(name, new NetworkRequest(new PictureShape(32, 32, 3), 4, method, width), ["0", "1", "2", "3"], Normalization.Symmetric(3), 3);
}
