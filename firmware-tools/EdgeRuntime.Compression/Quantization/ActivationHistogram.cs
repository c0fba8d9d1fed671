namespace EdgeRuntime.Compression;

/// <summary>
/// Distribution of an activation over calibration pictures: exact extremes, and a histogram of fixed bin count whose range doubles when a value falls outside, so
/// that one pass suffices.
/// </summary>
public sealed class ActivationHistogram
{
    /// <summary>Number of bins; the range is symmetric around 0 so that doubling keeps bins aligned.</summary>
    public const int Bins = 4096;

    private long[] counts = new long[Bins];
    private double limit;

    /// <summary>Least value seen.</summary>
    public float Min { get; private set; } = float.PositiveInfinity;

    /// <summary>Largest value seen.</summary>
    public float Max { get; private set; } = float.NegativeInfinity;

    /// <summary>Number of values seen.</summary>
    public long Count { get; private set; }

    /// <summary>Width of a bin.</summary>
    public double BinWidth => 2 * limit / Bins;

    /// <summary>Values per bin.</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>Centre of a bin.</summary>
    public double Centre(int bin) => -limit + ((bin + 0.5) * BinWidth);

    /// <summary>Adds values.</summary>
    /// <exception cref="CompressionException">A value is not finite.</exception>
    public void Add(ReadOnlySpan<float> values)
    {
        float low = Min, high = Max;
        foreach (float v in values)
        {
            if (!float.IsFinite(v))
                throw new CompressionException($"an activation is {v}; calibration needs finite values");
            low = MathF.Min(low, v);
            high = MathF.Max(high, v);
        }

        (Min, Max) = (low, high);
        Widen(Math.Max(Math.Abs((double)low), Math.Abs((double)high)));
        double scale = limit > 0 ? Bins / (2 * limit) : 0;
        foreach (float v in values)
            counts[Math.Clamp((int)((v + limit) * scale), 0, Bins - 1)]++;
        Count += values.Length;
    }

    private void Widen(double reach)
    {
        if (limit == 0)
            limit = reach > 0 ? reach : 1e-6;
        while (reach > limit)
        {
            // Two old bins make one new one; the old range is the middle half of the new one.
            long[] wider = new long[Bins];
            for (int i = 0; i < Bins; i++)
                wider[(Bins / 4) + (i / 2)] += counts[i];
            counts = wider;
            limit *= 2;
        }
    }
}
