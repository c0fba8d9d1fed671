using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using EdgeRuntime.Training.Pruning;
using EdgeRuntime.Training.Pruning.SecondOrder;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Pruning;

public class SecondOrderTests
{
    [Fact]
    public void Curvature_of_a_single_layer_is_exact()
    {
        // Without hidden layers the paper's recursion neglects nothing: h(w_ij) = mean of x_j^2 p_i (1 - p_i).
        ImageSet pictures = TestData.Bars(50, 6, 1, 4, 1);
        Network network = SmallNetworks.Of(new SequenceLayer(new FlattenLayer(), new LinearLayer(36, 4)), pictures);
        IReadOnlyList<PrunableLayer> layers = PrunableLayer.Of(network);
        float[] propagated = [.. CurvatureBackPropagation.Diagonal(network, layers, pictures)[0].data<float>()];
        float[] exact = ExactDiagonal(network, layers[0], pictures);
        for (int i = 0; i < exact.Length; i++)
            Assert.Equal(exact[i], propagated[i], Math.Max(1e-6, Math.Abs(exact[i]) * 1e-3));
    }

    [Fact]
    public void The_estimate_with_random_signs_converges_to_the_exact_diagonal()
    {
        DataSplits data = SmallNetworks.Bars(6);
        Network network = SmallNetworks.Trained(Hidden(), data, 2);
        IReadOnlyList<PrunableLayer> layers = PrunableLayer.Of(network);
        ImageSet pictures = data.Train.Take(100);
        float[] exact = ExactDiagonal(network, layers[1], pictures);
        float[] estimate = [.. HutchinsonDiagonal.Estimate(network, layers, pictures, 400, seed: 3)[1].data<float>()];
        Assert.True(Correlation(exact, estimate) > 0.97, $"correlation {Correlation(exact, estimate)}");
    }

    [Fact]
    public void Saliencies_rank_weights_as_deleting_each_of_them_does()
    {
        DataSplits data = SmallNetworks.Bars(6);
        Network network = SmallNetworks.Trained(Hidden(), data);
        float[] before = SmallNetworks.Weights(network);
        IReadOnlyList<Deletion> deletions = DeletionCheck.Measure(network, data.Train.Take(200), int.MaxValue, seed: 1);
        Assert.Equal((36 * 8) + (8 * 4), deletions.Count);
        Assert.Equal(before, SmallNetworks.Weights(network));
        double[] measured = [.. deletions.Select(d => Math.Abs(d.Measured))];
        double rank = DeletionCheck.RankCorrelation([.. deletions.Select(d => d.Predicted)], measured);
        Assert.True(rank > 0.8, $"rank correlation {rank}");
    }

    [Fact]
    public void Rank_correlation_is_that_of_ranks()
    {
        Assert.Equal(1, DeletionCheck.RankCorrelation([1, 2, 3, 100], [-5, 0, 7, 8]), 12);
        Assert.Equal(-1, DeletionCheck.RankCorrelation([1, 2, 3], [3, 2, 1]), 12);
        Assert.Equal(0, DeletionCheck.RankCorrelation([1, 2, 3], [4, 4, 4]));

        // Equal values share rank 1.5: ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
        Assert.Equal(4.5 / Math.Sqrt(4.5 * 5), DeletionCheck.RankCorrelation([1, 2, 2, 3], [1, 2, 3, 4]), 12);
    }

    [Fact]
    public void Every_kind_of_layer_lets_curvature_through()
    {
        DataSplits data = SmallNetworks.Bars();
        Network network = SmallNetworks.Trained(SmallNetworks.Mixed(), data, 1);
        IReadOnlyList<PrunableLayer> layers = PrunableLayer.Of(network);
        ImageSet pictures = data.Train.Take(100);
        IReadOnlyList<Tensor> curvature = CurvatureBackPropagation.Diagonal(network, layers, pictures), estimate = HutchinsonDiagonal.Estimate(network, layers, pictures, 60, seed: 1);
        for (int i = 0; i < layers.Count; i++)
        {
            Assert.Equal(layers[i].Weight.shape, curvature[i].shape);
            // Neglected cross terms change magnitudes, not orders of magnitude: 16 at the far end of ten layers.
            double ratio = curvature[i].sum().item<float>() / estimate[i].sum().item<float>();
            Assert.InRange(ratio, 1 / 16.0, 16);
        }
    }

    private static SequenceLayer Hidden()
    {
        random.manual_seed(7);
        return new SequenceLayer(new FlattenLayer(), new LinearLayer(36, 8), new ReluLayer(), new LinearLayer(8, 4));
    }

    /// <summary>Second derivative of the mean loss by each weight, one after the other.</summary>
    private static float[] ExactDiagonal(Network network, PrunableLayer layer, ImageSet pictures)
    {
        using var scope = NewDisposeScope();
        network.Body.eval();
        using Batch batch = BatchLoader.ForEvaluation(pictures, pictures.Count, network.Normalization).Load(0, 0);
        Tensor loss = nn.functional.cross_entropy(network.Body.call(batch.Images), batch.Labels);
        Tensor gradient = autograd.grad([loss], [layer.Weight], retain_graph: true, create_graph: true)[0].reshape(-1);
        var diagonal = new float[gradient.numel()];
        for (int i = 0; i < diagonal.Length; i++)
            diagonal[i] = autograd.grad([gradient[i]], [layer.Weight], retain_graph: true)[0].reshape(-1)[i].item<float>();
        return diagonal;
    }

    private static double Correlation(float[] a, float[] b)
    {
        double ma = a.Average(), mb = b.Average();
        return a.Zip(b, (x, y) => (x - ma) * (y - mb)).Sum() / Math.Sqrt(a.Sum(x => (x - ma) * (x - ma)) * b.Sum(y => (y - mb) * (y - mb)));
    }
}
