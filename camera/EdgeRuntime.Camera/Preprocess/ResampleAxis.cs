namespace EdgeRuntime.Camera;

/// <summary>
/// Filter weights of one axis: output i is the sum over k of <c>Weight(i, k) * source[First[i] + k]</c>, in fixed point. The weights of one
/// output sum to exactly <see cref="One"/> and none is negative, so that a constant picture stays constant and no accumulator can overflow.
/// </summary>
internal sealed class ResampleAxis
{
    /// <summary>Weights of the vertical pass have 8 fraction bits: a byte times a weight, summed, fits 16 bits.</summary>
    public const int VerticalBits = 8;

    /// <summary>Weights of the horizontal pass have 14 fraction bits: 16-bit sums times weights, summed, fit 31 bits.</summary>
    public const int HorizontalBits = 14;

    private readonly int[] first;
    private readonly ushort[] weights;

    private ResampleAxis(int[] first, int[] counts, ushort[] weights, int maxTaps, int one)
    {
        this.first = first;
        Counts = counts;
        this.weights = weights;
        MaxTaps = maxTaps;
        One = one;
    }

    public int Length => first.Length;

    public ReadOnlySpan<int> First => first;

    /// <summary>Taps of each output, without zeros at either end; at least 1.</summary>
    public int[] Counts { get; }

    public int MaxTaps { get; }

    public int One { get; }

    /// <summary>First source sample that any output uses.</summary>
    public int Low => first.Min();

    /// <summary>One past the last source sample that any output uses.</summary>
    public int High => Enumerable.Range(0, Length).Max(i => first[i] + Counts[i]);

    public ReadOnlySpan<ushort> Weights(int output) => weights.AsSpan(output * MaxTaps, Counts[output]);

    /// <param name="filter">Shape of the filter.</param>
    /// <param name="sourceLength">Samples of the source along this axis.</param>
    /// <param name="start">Where the first output begins, in source samples.</param>
    /// <param name="step">Source samples per output.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="bits">Fraction bits of the weights.</param>
    public static ResampleAxis Create(ResizeFilter filter, int sourceLength, double start, double step, int outputs, int bits)
    {
        var first = new int[outputs];
        var quantized = new ushort[outputs][];
        for (int i = 0; i < outputs; i++)
        {
            double centre = start + ((i + 0.5) * step);
            (int low, double[] weights) = Sample(filter, sourceLength, centre, step);
            ushort[] fixedPoint = Quantize(weights, 1 << bits);
            int leading = Array.FindIndex(fixedPoint, w => w != 0);
            int last = Array.FindLastIndex(fixedPoint, w => w != 0);
            first[i] = low + leading;
            quantized[i] = fixedPoint[leading..(last + 1)];
        }

        int maxTaps = quantized.Max(w => w.Length);
        var all = new ushort[outputs * maxTaps];
        for (int i = 0; i < outputs; i++)
            quantized[i].CopyTo(all, i * maxTaps);
        return new ResampleAxis(first, Array.ConvertAll(quantized, w => w.Length), all, maxTaps, 1 << bits);
    }

    private static (int First, double[] Weights) Sample(ResizeFilter filter, int sourceLength, double centre, double step)
    {
        if (filter == ResizeFilter.Nearest)
            return (Math.Clamp((int)Math.Floor(centre), 0, sourceLength - 1), [1]);
        bool area = filter == ResizeFilter.Area && step > 1;
        double reach = area ? step / 2 : filter == ResizeFilter.Antialias ? Math.Max(1, step) : 1;
        int low = Math.Clamp((int)Math.Floor(centre - reach), 0, sourceLength - 1);
        int high = Math.Clamp((int)Math.Ceiling(centre + reach), low + 1, sourceLength);
        var weights = new double[high - low];
        for (int k = 0; k < weights.Length; k++)
        {
            double left = low + k;
            weights[k] = area
                ? Math.Max(0, Math.Min(left + 1, centre + reach) - Math.Max(left, centre - reach))
                : Math.Max(0, 1 - (Math.Abs(left + 0.5 - centre) / reach));
        }

        return (low, weights);
    }

    // Each weight is the difference of two rounded running sums: the total is exact, and long filters lose no small weights on the whole.
    private static ushort[] Quantize(double[] weights, int one)
    {
        double sum = weights.Sum(), running = 0;
        var result = new ushort[weights.Length];
        int before = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            running += weights[k];
            int now = k == weights.Length - 1 ? one : (int)Math.Floor((running / sum * one) + 0.5);
            result[k] = (ushort)(now - before);
            before = now;
        }

        return result;
    }
}
