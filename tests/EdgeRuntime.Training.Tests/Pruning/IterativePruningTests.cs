using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using EdgeRuntime.Training.Pruning;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Pruning;

public class IterativePruningTests
{
    private static readonly PruningOptions Options = new() { Keep = 0.1, Rounds = 3, FinalEpochs = 3, Training = SmallNetworks.Training };

    [Theory]
    [InlineData(WeightCriterion.Magnitude, KeepAllocation.Lamp)]
    [InlineData(WeightCriterion.Magnitude, KeepAllocation.Uniform)]
    [InlineData(WeightCriterion.Magnitude, KeepAllocation.Deviation)]
    [InlineData(WeightCriterion.Magnitude, KeepAllocation.Scan)]
    [InlineData(WeightCriterion.Obd, KeepAllocation.Lamp)]
    public void A_tenth_of_the_weights_is_enough_after_retraining_and_pruned_ones_stay_0(WeightCriterion criterion, KeepAllocation allocation)
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = NetworkStore.FoldNormalization(SmallNetworks.Trained(SmallNetworks.Mixed(), data));
        PruningLog log = new IterativePruning(network, data, Options with { Criterion = criterion, Allocation = allocation }).Run(TestContext.Current.CancellationToken);
        int weights = log.Layers.Sum(l => l.Weights), kept = log.Layers.Sum(l => l.Kept);
        Assert.InRange(kept, weights * 0.085, weights * 0.105);
        Assert.Equal(kept, PrunableLayer.Of(network).Sum(l => l.Kept));
        Assert.Equal(log.Parameters - weights + kept, log.ParametersKept);
        Assert.All(log.Layers, l => Assert.True(l.Kept > 0));
        Assert.Equal(log.Rounds.Select(r => r.Kept).OrderDescending(), log.Rounds.Select(r => r.Kept));
        Assert.True(log.TestAccuracy > 0.9, $"accuracy {log.TestAccuracy}");
        Assert.True(log.TestAccuracy > log.NaiveCutAccuracy, $"retrained {log.TestAccuracy}, cut at once {log.NaiveCutAccuracy}");
        Assert.Equal(criterion == WeightCriterion.Obd, log.Rounds[0].PredictedLossChange is not null);
    }

    [Fact]
    public void Shares_per_layer_are_kept_to_the_weight()
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Of(new SequenceLayer(new FlattenLayer(), new LinearLayer(144, 10), new ReluLayer(), new LinearLayer(10, 4)), data.Train);
        PruningLog log = new IterativePruning(network, data, Options with { KeepPerLayer = [0.05, 0.5], FinalEpochs = 0 }).Run(TestContext.Current.CancellationToken);
        Assert.Equal([72, 20], log.Layers.Select(l => l.Kept));
    }

    [Fact]
    public void The_scan_shows_each_layer_alone_and_leaves_the_network_as_it_was()
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Trained(SmallNetworks.Mixed(), data);
        float[] before = SmallNetworks.Weights(network);
        IReadOnlyList<LayerSensitivity> scan = new IterativePruning(network, data, Options).Scan();
        Assert.Equal(before, SmallNetworks.Weights(network));
        Assert.Equal(["conv1", "conv2", "conv3", "conv4", "conv5", "conv6", "conv7", "conv8", "dense1", "dense2"], scan.Select(l => l.Layer));
        double whole = Evaluation.Measure(network, data.Validation).Accuracy;
        Assert.All(scan, l => Assert.Equal(whole, l.Points[0].Accuracy));
        Assert.Contains(scan, l => l.Points[^1].Loss > l.Points[0].Loss + 0.1);
    }

    [Fact]
    public void The_scan_spreads_a_share_so_that_sensitive_layers_keep_more()
    {
        LayerSensitivity robust = new("a", [new(1, 0.1, 1), new(0.5, 0.1, 1), new(0.1, 0.2, 1)]), sensitive = new("b", [new(1, 0.1, 1), new(0.5, 1, 0.5), new(0.1, 2, 0.2)]);
        double[] shares = SensitivityScan.Allocate([robust, sensitive], [1000, 100], 0.2);
        Assert.Equal(0.2 * 1100, shares[0] * 1000 + shares[1] * 100, 1.0);
        Assert.True(shares[1] > 4 * shares[0], $"{shares[0]} and {shares[1]}");
    }

    [Fact]
    public void Layer_adaptive_scores_are_squares_over_the_sum_of_what_is_not_smaller()
    {
        using var scope = NewDisposeScope();
        float[] scores = [.. KeepMasks.Lamp(tensor(new[] { 1f, 3f, 2f, 0f })).to(float32).data<float>()];
        Assert.Equal([1 / 14f, 1f, 4 / 13f, 0f], scores.Select(s => s), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Dropout_falls_with_the_root_of_the_weights_that_are_left()
    {
        DataSplits data = SmallNetworks.Bars();
        var dropout = new DropoutLayer(0.5);
        Network network = SmallNetworks.Of(new SequenceLayer(new FlattenLayer(), new LinearLayer(144, 10), new ReluLayer(), dropout, new LinearLayer(10, 4)), data.Train);
        new IterativePruning(network, data, Options with { KeepPerLayer = [1, 0.25], Rounds = 1, FinalEpochs = 0 }).Run(TestContext.Current.CancellationToken);
        Assert.Equal(0.25, dropout.Share, 1e-9);
    }

    [Fact]
    public void Masks_of_another_shape_layers_pruned_to_nothing_and_impossible_options_are_refused_in_one_line()
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Of(SmallNetworks.Mixed(), data.Train);
        PrunableLayer layer = PrunableLayer.Of(network)[0];
        Assert.Contains("a mask is 8x1x3; its weights are 8x1x3x3", Assert.Throws<TrainingException>(() => layer.Prune(ones(8, 1, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("pruned to nothing", Assert.Throws<TrainingException>(() => layer.Prune(zeros(8, 1, 3, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("2 shares to keep are given", Assert.Throws<TrainingException>(() => new IterativePruning(network, data, Options with { KeepPerLayer = [0.1, 0.2] })).Message, StringComparison.Ordinal);
        Assert.Contains("above 0 and at most 1", Assert.Throws<TrainingException>(() => new IterativePruning(network, data, Options with { Keep = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("0 rounds", Assert.Throws<TrainingException>(() => new IterativePruning(network, data, Options with { Rounds = 0 })).Message, StringComparison.Ordinal);
    }
}
