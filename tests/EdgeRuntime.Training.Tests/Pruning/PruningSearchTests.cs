using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using EdgeRuntime.Training.Pruning;
using TorchSharp;

namespace EdgeRuntime.Training.Tests.Pruning;

public class PruningSearchTests
{
    private static readonly PruningOptions Options = new() { Keep = 0.02, Rounds = 1, FinalEpochs = 3, Training = SmallNetworks.Training };
    private readonly DataSplits data = SmallNetworks.Bars();

    [Fact]
    public void The_smallest_share_that_holds_is_found_and_each_trial_starts_from_the_unpruned_network()
    {
        var search = new PruningSearch(Trained, data, Options, 4);
        (Network network, PruningLog log) = search.Run(TestContext.Current.CancellationToken);
        Assert.Equal(4, search.Trials.Count);
        Assert.Equal(Math.Sqrt(0.02), search.Trials[0].Keep, 3);
        PruningTrial[] holding = [.. search.Trials.Where(t => t.ValidationAccuracy >= log.BaselineValidationAccuracy)];
        Assert.NotEmpty(holding);
        Assert.Equal(holding.Min(t => t.Keep), log.Options.Keep);
        Assert.Equal(log.Layers.Sum(l => l.Kept), PrunableLayer.Of(network).Sum(l => l.Kept));

        // After a share that holds come smaller ones, after one that does not larger ones.
        for (int t = 1; t < 4; t++)
            Assert.Equal(holding.Contains(search.Trials[t - 1]), search.Trials[t].Keep < search.Trials[t - 1].Keep);
        PruningLog alone = new IterativePruning(Trained(), data, Options with { Keep = log.Options.Keep }).Run(TestContext.Current.CancellationToken);
        Assert.Equal(alone.ParametersKept, log.ParametersKept);
        Assert.Equal(alone.TestAccuracy, log.TestAccuracy);
    }

    [Fact]
    public void Where_no_share_holds_the_nearest_is_named()
    {
        // Without retraining, at most a few weights of two layers cannot do what all did.
        var search = new PruningSearch(Trained, data, Options with { Keep = 0.0005, FinalEpochs = 0 }, 1);
        TrainingException error = Assert.Throws<TrainingException>(() => search.Run(TestContext.Current.CancellationToken));
        Assert.Equal(TrainingError.InvalidOption, error.Error);
        Assert.Matches(@"none of 1 trials holds .* the nearest is .* with 2\.24 % of the weights", error.Message.Replace("2.24%", "2.24 %", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_searched_is_refused()
    {
        Assert.Contains("0 trials", Refused(data, Options, 0), StringComparison.Ordinal);
        Assert.Contains("2 shares are given", Refused(data, Options with { KeepPerLayer = [0.5, 0.5] }, 3), StringComparison.Ordinal);
        Assert.Contains("validation set is empty", Refused(data with { Validation = data.Validation.Take(0) }, Options, 3), StringComparison.Ordinal);

        static string Refused(DataSplits data, PruningOptions options, int trials) =>
            Assert.Throws<TrainingException>(() => new PruningSearch(() => throw new InvalidOperationException(), data, options, trials)).Message;
    }

    private Network Trained()
    {
        torch.random.manual_seed(3);
        return SmallNetworks.Trained(new SequenceLayer(new FlattenLayer(), new LinearLayer(144, 16), new ReluLayer(), new LinearLayer(16, 4)), data);
    }
}
