namespace EdgeRuntime.Compression;

/// <summary>Weights that share k values: the centroids, ascending, and the index of each weight's centroid.</summary>
/// <param name="Centroids">At most k different values, ascending.</param>
/// <param name="Assignment">For each weight the index of its centroid, the nearest one.</param>
public sealed record SharedWeights(float[] Centroids, byte[] Assignment)
{
    /// <summary>Sum over the weights of the squared distance to their centroid.</summary>
    public double SquaredError(ReadOnlySpan<float> weights)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double d = weights[i] - (double)Centroids[Assignment[i]];
            sum += d * d;
        }

        return sum;
    }
}

/// <summary>
/// One-dimensional k-means (Lloyd's iteration) over the weights of a layer: the second stage of Deep Compression (Han, Mao and Dally 2016).
/// Works on the sorted weights, where a cluster is a range, so that an iteration costs k log n.
/// </summary>
public static class WeightClustering
{
    /// <summary>Most centroids: a code is one byte.</summary>
    public const int MaxCentroids = 256;

    private const int MaxIterations = 300;

    /// <summary>Clusters weights into at most <paramref name="count"/> shared values.</summary>
    /// <param name="weights">The weights that remain after pruning, finite.</param>
    /// <param name="count">Number of centroids, 1..256.</param>
    /// <param name="initialization">Where the iteration starts.</param>
    /// <param name="seed">For <see cref="CentroidInitialization.Random"/>.</param>
    /// <exception cref="CompressionException">The count is out of range, there are no weights, or one is not finite.</exception>
    public static SharedWeights Cluster(ReadOnlySpan<float> weights, int count, CentroidInitialization initialization, int seed = 0)
    {
        if (count is < 1 or > MaxCentroids)
            throw new CompressionException($"{count} shared values were asked for; the limits are 1 and {MaxCentroids}");
        if (weights.IsEmpty)
            throw new CompressionException("there is no weight to cluster; was the whole layer pruned?");
        foreach (float w in weights)
        {
            if (!float.IsFinite(w))
                throw new CompressionException($"a weight is {w}; weights must be finite");
        }

        float[] sorted = weights.ToArray();
        Array.Sort(sorted);
        double[] prefix = new double[sorted.Length + 1];
        for (int i = 0; i < sorted.Length; i++)
            prefix[i + 1] = prefix[i] + sorted[i];

        double[] centroids = Iterate(sorted, prefix, Start(sorted, count, initialization, seed));
        float[] values = [.. centroids.Select(c => (float)c).Distinct()];
        return new SharedWeights(values, Assign(weights, values));
    }

    /// <summary>The index of the nearest centroid for each weight; of two equally near ones the lower.</summary>
    /// <param name="weights">Any weights.</param>
    /// <param name="centroids">Ascending, 1..256 values.</param>
    public static byte[] Assign(ReadOnlySpan<float> weights, ReadOnlySpan<float> centroids)
    {
        byte[] assignment = new byte[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            int at = centroids.BinarySearch(weights[i]);
            if (at < 0)
            {
                at = ~at;
                if (at == centroids.Length || (at > 0 && (double)weights[i] - centroids[at - 1] <= (double)centroids[at] - weights[i]))
                    at--;
            }

            assignment[i] = (byte)at;
        }

        return assignment;
    }

    private static double[] Start(float[] sorted, int count, CentroidInitialization initialization, int seed)
    {
        double[] start = new double[count];
        var random = new Random(seed);
        for (int k = 0; k < count; k++)
        {
            double at = count == 1 ? 0.5 : k / (count - 1.0);
            start[k] = initialization switch
            {
                CentroidInitialization.Linear => sorted[0] + (at * ((double)sorted[^1] - sorted[0])),
                CentroidInitialization.Density => sorted[(int)(at * (sorted.Length - 1))],
                _ => sorted[random.Next(sorted.Length)],
            };
        }

        Array.Sort(start);
        return start;
    }

    private static double[] Iterate(float[] sorted, double[] prefix, double[] centroids)
    {
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            bool moved = false;
            int begin = 0;
            double[] next = [.. centroids];
            for (int k = 0; k < centroids.Length; k++)
            {
                int end = k + 1 == centroids.Length
                    ? sorted.Length
                    : Math.Max(begin, FirstAbove(sorted, (centroids[k] + centroids[k + 1]) / 2));
                if (end > begin)
                    next[k] = (prefix[end] - prefix[begin]) / (end - begin);
                moved |= next[k] != centroids[k];
                begin = end;
            }

            centroids = next;
            if (!moved)
                break;
        }

        return centroids;
    }

    private static int FirstAbove(float[] sorted, double limit)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] > limit)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
