using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning.SecondOrder;

/// <summary>A weight that was deleted alone.</summary>
/// <param name="Layer">Its layer.</param>
/// <param name="Weight">Its value.</param>
/// <param name="Predicted">Its saliency h w^2 / 2 with back-propagated curvature.</param>
/// <param name="Measured">The measured change of the mean loss.</param>
public sealed record Deletion(string Layer, float Weight, double Predicted, double Measured);

/// <summary>Holds saliencies against brute force: weights drawn at random, as many from each layer, are deleted one at a time, and the change of the loss is measured.</summary>
public static class DeletionCheck
{
    /// <summary>Deletes weights of a network one at a time; the network is the same afterwards.</summary>
    /// <param name="network">The network.</param>
    /// <param name="pictures">Pictures over which the loss is taken, and its second derivatives.</param>
    /// <param name="count">Weights in all; at least one per layer, at most all.</param>
    /// <param name="seed">For the choice of weights.</param>
    /// <exception cref="TrainingException">The number of weights is below 1, or the network is binary.</exception>
    public static IReadOnlyList<Deletion> Measure(Network network, ImageSet pictures, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pictures);
        if (count < 1)
            throw new TrainingException(TrainingError.InvalidOption, $"{count} weights shall be deleted one at a time; at least 1 is needed");
        IReadOnlyList<PrunableLayer> layers = PrunableLayer.Of(network);
        IReadOnlyList<Tensor> propagated = CurvatureBackPropagation.Diagonal(network, layers, pictures);
        using var quiet = no_grad();
        double loss = Evaluation.Measure(network, pictures).Loss;
        var deletions = new List<Deletion>();
        var random = new SeededRandom(seed, 0xde1);
        for (int l = 0; l < layers.Count; l++)
        {
            Tensor flat = layers[l].Weight.view(-1);
            float[] w = [.. flat.data<float>()], h = [.. propagated[l].data<float>()];
            foreach (int i in random.Permutation(w.Length).Take(Math.Max(1, count / layers.Count)))
            {
                flat[i] = tensor(0f);
                double change = Evaluation.Measure(network, pictures).Loss - loss;
                flat[i] = tensor(w[i]);
                deletions.Add(new Deletion(layers[l].Name, w[i], h[i] * (double)w[i] * w[i] / 2, change));
            }
        }

        return deletions;
    }

    /// <summary>Spearman's rank correlation, -1 to 1; equal values share their mean rank. 0 where one side is constant.</summary>
    public static double RankCorrelation(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double[] x = Ranks(a), y = Ranks(b);
        double mx = x.Average(), my = y.Average();
        double spread = Math.Sqrt(x.Sum(v => (v - mx) * (v - mx)) * y.Sum(v => (v - my) * (v - my)));
        return spread > 0 ? x.Zip(y, (v, w) => (v - mx) * (w - my)).Sum() / spread : 0;
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var ranks = new double[values.Count];
        for (int first = 0, end; first < order.Length; first = end)
        {
            for (end = first + 1; end < order.Length && values[order[end]] == values[order[first]];)
                end++;
            for (int r = first; r < end; r++)
                ranks[order[r]] = (first + end - 1) / 2.0;
        }

        return ranks;
    }
}
