using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning.Filters;

/// <summary>Measures how important each channel of each group is.</summary>
internal static class FilterImportance
{
    private const int BatchSize = 100;
    private const int Bins = 100;

    /// <summary>Importance of the channels of each prunable group: the larger, the more important.</summary>
    public static IReadOnlyList<float[]> Measure(Network network, ChannelGroups groups, FilterCriterion criterion, ImageSet pictures, ulong seed)
    {
        IReadOnlyList<ChannelGroup> prunable = groups.Prunable;
        switch (criterion)
        {
            case FilterCriterion.Random:
                var random = new SeededRandom(seed, 0xf117);
                return [.. prunable.Select(g => random.Permutation(g.Channels).Select(p => (float)p).ToArray())];
            case FilterCriterion.L1Norm:
                using (no_grad())
                    return [.. prunable.Select(g => PerFilter(g, c => c.Weight.detach().abs()))];
            case FilterCriterion.Sensitivity:
                return Sensitivity(network, prunable, pictures);
            default:
                return Activations(network, prunable, criterion, pictures);
        }
    }

    /// <summary>Sums a quantity of the weights over each filter, and over the convolutions that make the same channels.</summary>
    private static float[] PerFilter(ChannelGroup group, Func<ConvLayer, Tensor> quantity)
    {
        using var scope = NewDisposeScope();
        var sums = new float[group.Channels];
        foreach (ConvLayer conv in group.Producers)
        {
            float[] filters = [.. quantity(conv).sum([1L, 2L, 3L]).data<float>()];
            for (int i = 0; i < sums.Length; i++)
                sums[i] += filters[i];
        }

        return sums;
    }

    private static float[][] Sensitivity(Network network, IReadOnlyList<ChannelGroup> groups, ImageSet pictures)
    {
        network.Body.eval();
        Tensor[][] sums = [.. groups.Select(g => g.Producers.Select(c => zeros_like(c.Weight, requires_grad: false).DetachFromDisposeScope()).ToArray())];
        Tensor[] weights = [.. groups.SelectMany(g => g.Producers).Select(c => (Tensor)c.Weight)];
        BatchLoader loader = BatchLoader.ForEvaluation(pictures, BatchSize, network.Normalization);
        for (int b = 0; b < loader.BatchCount; b++)
        {
            using var scope = NewDisposeScope();
            using Batch batch = loader.Load(0, b);
            Tensor loss = nn.functional.cross_entropy(network.Body.call(batch.Images), batch.Labels);
            var gradients = new Queue<Tensor>(autograd.grad([loss], weights));
            using (no_grad())
            {
                foreach (Tensor sum in sums.SelectMany(s => s))
                    sum.add_(gradients.Dequeue().abs());
            }
        }

        var result = new float[groups.Count][];
        for (int g = 0; g < result.Length; g++)
        {
            var sum = groups[g].Producers.Zip(sums[g]).ToDictionary(p => p.First, p => p.Second);
            result[g] = PerFilter(groups[g], c => sum[c]);
            foreach (Tensor tensor in sums[g])
                tensor.Dispose();
        }

        return result;
    }

    private static float[][] Activations(Network network, IReadOnlyList<ChannelGroup> groups, FilterCriterion criterion, ImageSet pictures)
    {
        using var quiet = no_grad();
        network.Body.eval();
        var place = new Dictionary<Layer, int>();
        for (int g = 0; g < groups.Count; g++)
            place[groups[g].Probe ?? groups[g].Producers[^1]] = g;
        // Per group: the mean of each map for each picture, and the share of each map that is not 0.
        List<float>[] means = [.. groups.Select(_ => new List<float>())];
        double[][] active = [.. groups.Select(g => new double[g.Channels])];
        BatchLoader loader = BatchLoader.ForEvaluation(pictures, BatchSize, network.Normalization);
        for (int b = 0; b < loader.BatchCount; b++)
        {
            using var scope = NewDisposeScope();
            using Batch batch = loader.Load(0, b);
            Run(network.Body, batch.Images, (layer, y) =>
            {
                if (!place.TryGetValue(layer, out int g))
                    return;
                // Magnitudes: sums of residual blocks need not be rectified.
                means[g].AddRange(y.abs().mean([2L, 3L]).data<float>());
                float[] shares = [.. y.ne(0).to(float32).mean([2L, 3L]).sum([0L]).data<float>()];
                for (int c = 0; c < shares.Length; c++)
                    active[g][c] += shares[c];
            });
        }

        return [.. groups.Select((group, g) => Enumerable.Range(0, group.Channels).Select(c =>
        {
            float[] values = [.. Enumerable.Range(0, pictures.Count).Select(p => means[g][p * group.Channels + c])];
            return criterion switch
            {
                FilterCriterion.MeanActivation => values.Average(),
                FilterCriterion.Apoz => (float)(active[g][c] / pictures.Count),
                FilterCriterion.Entropy => Entropy(values),
                _ => Entropy(values) * values.Average(),
            };
        }).ToArray())];
    }

    /// <summary>Entropy in bits of a histogram between the least and the largest value.</summary>
    internal static float Entropy(ReadOnlySpan<float> values)
    {
        float low = float.MaxValue, high = float.MinValue;
        foreach (float v in values)
            (low, high) = (Math.Min(low, v), Math.Max(high, v));
        if (!(high > low))
            return 0;
        var counts = new int[Bins];
        foreach (float v in values)
            counts[Math.Min(Bins - 1, (int)((v - low) / (high - low) * Bins))]++;
        double entropy = 0;
        foreach (int count in counts)
        {
            double p = count / (double)values.Length;
            entropy -= count == 0 ? 0 : p * Math.Log2(p);
        }

        return (float)entropy;
    }

    /// <summary>Runs a network and shows the output of every layer.</summary>
    private static Tensor Run(Layer layer, Tensor x, Action<Layer, Tensor> show)
    {
        Tensor y;
        switch (layer)
        {
            case SequenceLayer s:
                return s.Inner.Aggregate(x, (at, inner) => Run(inner, at, show));
            case ResidualLayer r:
                y = Run(r.Body, x, show) + (r.Shortcut is null ? x : Run(r.Shortcut, x, show));
                y = r.Rectify ? nn.functional.relu(y) : y;
                break;
            default:
                y = layer.call(x);
                break;
        }

        show(layer, y);
        return y;
    }
}
