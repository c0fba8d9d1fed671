namespace EdgeRuntime.Compression;

/// <summary>How the range of an activation is chosen from its distribution.</summary>
public enum CalibrationMethod
{
    /// <summary>Everything that was seen.</summary>
    MinMax,

    /// <summary>All but one in 10,000 values at each end.</summary>
    Percentile,

    /// <summary>The range with the least mean squared error of 8-bit rounding and clipping.</summary>
    MeanSquaredError,

    /// <summary>The range whose quantized distribution diverges least from the original (Migacz 2017).</summary>
    KullbackLeibler,
}

/// <summary>Chooses the real range that an int8 activation stands for. The range always contains 0, which padding needs.</summary>
public static class RangeEstimation
{
    private const double PercentileTail = 1e-4;
    private const int Steps = 100;
    private const int Levels = 256;

    /// <summary>The range of an activation.</summary>
    /// <exception cref="CompressionException">The histogram is empty.</exception>
    public static (float Low, float High) Estimate(ActivationHistogram histogram, CalibrationMethod method)
    {
        if (histogram.Count == 0)
            throw new CompressionException("the calibration set is empty; at least 1 picture is needed");
        (double low, double high) = method switch
        {
            CalibrationMethod.Percentile => Percentile(histogram),
            CalibrationMethod.MeanSquaredError => Search(histogram, SquaredError),
            CalibrationMethod.KullbackLeibler => Search(histogram, Divergence),
            _ => (histogram.Min, histogram.Max),
        };
        return ((float)Math.Min(0, low), (float)Math.Max(0, high));
    }

    private static (double Low, double High) Percentile(ActivationHistogram histogram)
    {
        long tail = (long)(histogram.Count * PercentileTail);
        int low = 0, high = ActivationHistogram.Bins - 1;
        for (long seen = histogram.Counts[low]; seen <= tail; seen += histogram.Counts[low])
            low++;
        for (long seen = histogram.Counts[high]; seen <= tail; seen += histogram.Counts[high])
            high--;
        double half = histogram.BinWidth / 2;
        return (Math.Max(histogram.Min, histogram.Centre(low) - half), Math.Min(histogram.Max, histogram.Centre(high) + half));
    }

    /// <summary>The best of ranges that are shrunk in equal steps; one-sided distributions shrink at their long side only.</summary>
    private static (double Low, double High) Search(ActivationHistogram histogram, Func<ActivationHistogram, double, double, double> cost)
    {
        (double low, double high) best = (histogram.Min, histogram.Max);
        double least = double.PositiveInfinity;
        for (int step = Steps; step >= Steps / 5; step--)
        {
            double low = Math.Min(0, (double)histogram.Min) * step / Steps;
            double high = Math.Max(0, (double)histogram.Max) * step / Steps;
            if (high <= low)
                break;
            double c = cost(histogram, low, high);
            if (c < least)
                (least, best) = (c, (low, high));
        }

        return best;
    }

    private static double SquaredError(ActivationHistogram histogram, double low, double high)
    {
        double scale = (high - low) / (Levels - 1);
        double sum = 0;
        for (int i = 0; i < ActivationHistogram.Bins; i++)
        {
            if (histogram.Counts[i] == 0)
                continue;
            double x = histogram.Centre(i);
            double q = low + (Math.Round((Math.Clamp(x, low, high) - low) / scale) * scale);

            // Inside a bin values are uniform: rounding to a step wider than the bin is measured at its centre, a narrower one has scale^2 / 12.
            double error = x >= low && x <= high && scale < histogram.BinWidth ? scale * scale / 12 : (x - q) * (x - q);
            sum += histogram.Counts[i] * error;
        }

        return sum;
    }

    private static double Divergence(ActivationHistogram histogram, double low, double high)
    {
        ReadOnlySpan<long> counts = histogram.Counts;
        double scale = (high - low) / (Levels - 1);
        double[] levelSum = new double[Levels];
        int[] levelBins = new int[Levels];
        double[] reference = new double[counts.Length];
        int[] level = new int[counts.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            level[i] = -1;
            if (counts[i] == 0)
                continue;
            double x = Math.Clamp(histogram.Centre(i), low, high);
            level[i] = (int)Math.Round((x - low) / scale);
            bool inside = x == histogram.Centre(i);
            if (inside)
            {
                levelSum[level[i]] += counts[i];
                levelBins[level[i]]++;
                reference[i] += counts[i];
            }
            else
            {
                // Clipped values count as the outermost bin that is inside, as in the original: they belong to P but not to Q.
                int edge = Math.Clamp((int)((x - histogram.Centre(0)) / histogram.BinWidth), 0, counts.Length - 1);
                reference[edge] += counts[i];
            }
        }

        double total = histogram.Count;
        double inQ = levelSum.Sum();
        if (inQ == 0)
            return double.PositiveInfinity;
        double divergence = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (reference[i] == 0)
                continue;
            double p = reference[i] / total;
            double q = level[i] >= 0 && levelBins[level[i]] > 0 ? levelSum[level[i]] / levelBins[level[i]] / inQ : 1e-9;
            divergence += p * Math.Log(p / q);
        }

        return divergence;
    }
}
