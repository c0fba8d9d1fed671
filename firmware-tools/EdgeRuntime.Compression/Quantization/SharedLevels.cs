namespace EdgeRuntime.Compression;

/// <summary>
/// The integers that stand for a layer's weights where weights are shared: the 2^k values in -127..127 with the least squared error, exactly. In one dimension k-means
/// has an exact solution by dynamic programming over the sorted values (Wang and Song 2011, Ckmeans.1d.dp); here over the 255 places of a histogram.
/// </summary>
internal static class SharedLevels
{
    private const int Limit = 127;
    private const int Places = (2 * Limit) + 1;

    /// <summary>Chooses values.</summary>
    /// <param name="weights">Weights in units of their channel's scale.</param>
    /// <param name="importance">Factor of each weight's squared error: the squared scale of its channel.</param>
    /// <param name="count">Number of values, at least 1.</param>
    /// <returns>At most <paramref name="count"/> integers, rising.</returns>
    public static sbyte[] Choose(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, int count)
    {
        double[] mass = new double[Places + 1];
        double[] first = new double[Places + 1];
        double[] second = new double[Places + 1];
        for (int i = 0; i < weights.Length; i++)
        {
            double x = Math.Clamp(weights[i], -Limit, Limit);
            int place = (int)Math.Round(x) + Limit + 1;
            mass[place] += importance[i];
            first[place] += importance[i] * x;
            second[place] += importance[i] * x * x;
        }

        for (int p = 1; p <= Places; p++)
        {
            mass[p] += mass[p - 1];
            first[p] += first[p - 1];
            second[p] += second[p - 1];
        }

        (double cost, int value) Segment(int from, int to)
        {
            double m = mass[to] - mass[from], f = first[to] - first[from], s = second[to] - second[from];
            if (m <= 0)
                return (0, int.MinValue);
            double value = Math.Clamp(Math.Round(f / m), -Limit, Limit);
            return (s - (2 * value * f) + (value * value * m), (int)value);
        }

        count = Math.Min(count, Places);
        double[,] segment = new double[Places + 1, Places + 1];
        for (int from = 0; from < Places; from++)
        {
            for (int to = from + 1; to <= Places; to++)
                segment[from, to] = Segment(from, to).cost;
        }

        // best[k, p]: least error of the first p places with k values.
        double[,] best = new double[count + 1, Places + 1];
        int[,] start = new int[count + 1, Places + 1];
        for (int p = 1; p <= Places; p++)
            best[0, p] = double.PositiveInfinity;
        for (int k = 1; k <= count; k++)
        {
            for (int p = 1; p <= Places; p++)
            {
                best[k, p] = double.PositiveInfinity;
                for (int s = 0; s < p; s++)
                {
                    double c = best[k - 1, s] + segment[s, p];
                    if (c < best[k, p])
                        (best[k, p], start[k, p]) = (c, s);
                }
            }
        }

        var values = new SortedSet<sbyte>();
        int end = Places;
        for (int k = count; k > 0 && end > 0; k--)
        {
            int from = start[k, end];
            if (Segment(from, end).value is var v && v != int.MinValue)
                values.Add((sbyte)v);
            end = from;
        }

        return values.Count > 0 ? [.. values] : [0];
    }

    /// <summary>The nearest of rising values.</summary>
    public static sbyte Nearest(ReadOnlySpan<sbyte> levels, float x)
    {
        int low = 0, high = levels.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (x - levels[middle] > levels[middle + 1] - x)
                low = middle + 1;
            else
                high = middle;
        }

        return levels[low];
    }
}
