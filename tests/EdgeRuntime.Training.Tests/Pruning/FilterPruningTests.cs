using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using EdgeRuntime.Training.Pruning;
using EdgeRuntime.Training.Pruning.Filters;
using TorchSharp;

namespace EdgeRuntime.Training.Tests.Pruning;

public class FilterPruningTests
{
    public static TheoryData<FilterCriterion> Criteria() => [.. Enum.GetValues<FilterCriterion>()];

    [Theory]
    [MemberData(nameof(Criteria))]
    public void Half_of_the_filters_go_through_shortcuts_and_depthwise_layers_and_the_rest_learns_again(FilterCriterion criterion)
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Trained(SmallNetworks.Mixed(), data, 2);
        float[] before = SmallNetworks.Weights(network);
        Network narrow = FilterPruning.Prune(network, criterion, 0.5, data.Train);
        Assert.Equal(before, SmallNetworks.Weights(network));
        // conv1, inner conv, stage of 16 with its shortcut and the depthwise layer, stage of 24 with its inner conv.
        Assert.Equal(["1>4", "4>6", "6>8", "4>8", "8>8", "8>12", "12>12", "12>12"], narrow.Body.Walk().OfType<ConvLayer>().Select(c => $"{c.InputChannels}>{c.OutputChannels}"));
        Assert.Equal(8, narrow.Body.Walk().OfType<ConvLayer>().ElementAt(4).Groups);
        Assert.Equal([12 * 9, 16], narrow.Body.Walk().OfType<LinearLayer>().Select(f => f.Inputs));
        new Retraining(narrow, data, SmallNetworks.Training with { Epochs = 3 }).Run(TestContext.Current.CancellationToken);
        double accuracy = Evaluation.Measure(narrow, data.Test).Accuracy;
        Assert.True(accuracy > 0.9, $"accuracy {accuracy}");
        using EdgeModel model = NetworkExport.ToModel(narrow, new ModelMetadata());
        Assert.Equal(accuracy, RuntimeEvaluation.Accuracy(model, narrow, data.Test), 0.011);
    }

    [Fact]
    public void Filters_without_effect_are_found_and_their_removal_changes_nothing()
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Trained(SmallNetworks.Mixed(), data, 2);
        ConvLayer[] convs = [.. network.Body.Walk().OfType<ConvLayer>()];
        BatchNormLayer[] norms = [.. network.Body.Walk().OfType<BatchNormLayer>()];
        using (torch.no_grad())
        {
            // Half of the channels of every group are dead: no weights, no offset.
            for (int i = 0; i < convs.Length; i++)
            {
                for (int c = 0; c < convs[i].OutputChannels; c += 2)
                {
                    convs[i].Weight.select(0, c).zero_();
                    norms[i].Offset[c] = torch.tensor(0f);
                    norms[i].Scale[c] = torch.tensor(0f);
                }
            }
        }

        float[] expected = Evaluation.Logits(network, data.Test);
        Assert.True(expected.Max() - expected.Min() > 0.1, "the scores are all alike: nothing would be compared");
        foreach (FilterCriterion criterion in new[] { FilterCriterion.L1Norm, FilterCriterion.MeanActivation, FilterCriterion.Apoz, FilterCriterion.Sensitivity })
        {
            float[] actual = Evaluation.Logits(FilterPruning.Prune(network, criterion, 0.5, data.Train), data.Test);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-3f);
        }
    }

    [Fact]
    public void Entropy_is_that_of_a_histogram()
    {
        Assert.Equal(0, FilterImportance.Entropy([3, 3, 3]));
        Assert.Equal(1, FilterImportance.Entropy([0, 1, 0, 1]), 1e-6f);
        Assert.Equal(2, FilterImportance.Entropy([0, 1, 2, 3]), 1e-6f);
    }

    [Fact]
    public void Shares_that_leave_nothing_and_networks_without_filters_are_refused_in_one_line()
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Of(SmallNetworks.Mixed(), data.Train);
        Assert.Contains("pruned to nothing", Assert.Throws<TrainingException>(() => FilterPruning.Prune(network, FilterCriterion.L1Norm, 0.95, data.Train)).Message, StringComparison.Ordinal);
        Assert.Contains("below 1", Assert.Throws<TrainingException>(() => FilterPruning.Prune(network, FilterCriterion.L1Norm, 1, data.Train)).Message, StringComparison.Ordinal);
        Network dense = SmallNetworks.Of(new SequenceLayer(new FlattenLayer(), new LinearLayer(144, 4)), data.Train);
        Assert.Contains("no convolution", Assert.Throws<TrainingException>(() => FilterPruning.Prune(dense, FilterCriterion.L1Norm, 0.5, data.Train)).Message, StringComparison.Ordinal);
    }
}
