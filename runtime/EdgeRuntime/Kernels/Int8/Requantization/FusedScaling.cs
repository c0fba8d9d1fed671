namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Requantization of one channel by a single fused multiply-add in float32, bit exact with the two roundings that it replaces.
/// <para>
/// An accumulator x starts at the bits of the float <see cref="Origin"/> in [2^23, 2^24), where neighbouring floats are neighbouring integers: its bits then are those of the float
/// Origin + x, without a conversion. Factor * (Origin + x) + Offset is rounded once, to an integer, since Offset brings the sum near 1.5 * 2^23; the low 16 bits of the
/// sum are the output, zero point included.
/// </para>
/// <para>
/// The output is a staircase of x, so the two ways agree everywhere when they agree on both sides of each of the at most 255 steps. That leaves an interval for the fraction of
/// Factor * Origin, about Factor / 128 wide, and of the millions of origins that a channel may have some meet it. Where none does (factors below about 2^-11, which come with
/// so many products that requantization hardly counts), or where accumulators reach too far, there is no such scaling.
/// </para>
/// </summary>
/// <param name="Origin">What is added to accumulators: an integer from 2^23 to 2^24 - 1.</param>
/// <param name="Factor">Multiplier.</param>
/// <param name="Offset">Addend: an integer.</param>
internal readonly record struct FusedScaling(int Origin, float Factor, float Offset)
{
    private const int FirstOrigin = 1 << 23;
    private const int Middle = 3 << 22;

    // Sums with the interval's ends are rounded to 2^-28 at worst.
    private const double Margin = 1e-8;
    private const int LargestExponent = 20;

    // About one origin in 200 fits.
    private const int Tries = 8192;

    /// <summary>The bits of the origin as a float, to be added to a bias.</summary>
    public int OriginBits => BitConverter.SingleToInt32Bits(Origin);

    /// <summary>Finds a scaling that is exact for all accumulators of a channel, of a layer whose lower limit is at least its zero point.</summary>
    /// <param name="multiplier">The channel's multiplier, without a left shift.</param>
    /// <param name="scaling">Zero point and limits.</param>
    /// <param name="least">Least accumulator that any input gives, bias included.</param>
    /// <param name="most">Largest accumulator that any input gives.</param>
    /// <param name="found">The scaling.</param>
    public static bool TryFind(QuantizedMultiplier multiplier, OutputScaling scaling, long least, long most, out FusedScaling found)
    {
        found = default;
        long firstOrigin = FirstOrigin - least;
        long lastOrigin = (2 * FirstOrigin) - 1 - most;
        if (firstOrigin > lastOrigin || firstOrigin >= 2 * FirstOrigin || lastOrigin < FirstOrigin || multiplier.Shift > 0 || multiplier.Shift < -LargestExponent)
            return false;
        firstOrigin = Math.Max(firstOrigin, FirstOrigin);
        lastOrigin = Math.Min(lastOrigin, (2 * FirstOrigin) - 1);
        if (multiplier.Multiplier == 0)
        {
            found = new FusedScaling((int)firstOrigin, 0, Middle + scaling.ZeroPoint);
            return true;
        }

        // The nearest float first. One beside it may fit where that one does not: its slope is less exact, but the steps it must keep are where chance put them.
        float nearest = (float)Math.ScaleB(multiplier.Multiplier, multiplier.Shift - 31);
        foreach (float factor in (ReadOnlySpan<float>)[nearest, MathF.BitIncrement(nearest), MathF.BitDecrement(nearest)])
        {
            (double low, double high) = Interval(multiplier, scaling, least, most, factor);

            // Outputs must fit 16 bits before they are limited.
            bool fits = low < high && (least * (double)factor) + low + scaling.ZeroPoint >= short.MinValue && (most * (double)factor) + high + scaling.ZeroPoint <= short.MaxValue;
            if (fits && TryFindOrigin(factor, low, high, firstOrigin, lastOrigin, out long origin, out long whole))
            {
                found = new FusedScaling((int)origin, factor, Middle + scaling.ZeroPoint - whole);
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds an origin whose product with the factor lies between two bounds above a whole number.</summary>
    private static bool TryFindOrigin(float factor, double low, double high, long firstOrigin, long lastOrigin, out long origin, out long whole)
    {
        // For each whole number there is one origin whose product with the factor lies next above it.
        double inverse = 1.0 / factor;
        whole = (long)Math.Ceiling((firstOrigin * (double)factor) - low);
        long last = Math.Min((long)Math.Floor((lastOrigin * (double)factor) - high), whole + Tries);
        for (; whole <= last; whole++)
        {
            origin = (long)((whole + low) * inverse) + 1;
            double fraction = (origin * (double)factor) - whole;
            if (fraction > low && fraction < high && origin >= firstOrigin && origin <= lastOrigin)
                return true;
        }

        origin = 0;
        return false;
    }

    /// <summary>Between which values factor * origin must lie, above a whole number, for each step of the staircase to be in its place.</summary>
    private static (double Low, double High) Interval(QuantizedMultiplier multiplier, OutputScaling scaling, long least, long most, float factor)
    {
        // The output reaches zero point + t when the doubling high product reaches t * 2^exponent, less half of a power that is not 1:
        // when x * multiplier reaches the threshold, and from x = step on.
        int exponent = -multiplier.Shift;
        long half = exponent == 0 ? 0 : 1L << (exponent - 1);
        int t = scaling.Low - scaling.ZeroPoint + 1;
        long threshold = ((((long)t << exponent) - half) << 31) - (1L << 30);
        (long step, long rest) = Math.DivRem(threshold, multiplier.Multiplier);
        (long width, long widthRest) = Math.DivRem(1L << (31 + exponent), multiplier.Multiplier);
        if (rest > 0)
        {
            step++;
            rest -= multiplier.Multiplier;
        }

        double low = double.MinValue;
        double high = double.MaxValue;
        for (; t <= scaling.High - scaling.ZeroPoint; t++)
        {
            if (step > least)
                high = Math.Min(high, t - 0.5 - ((Math.Min(step, most + 1) - 1) * (double)factor));
            if (step <= most)
                low = Math.Max(low, t - 0.5 - (Math.Max(step, least) * (double)factor));
            step += width;
            rest += widthRest;
            if (rest > 0)
            {
                step++;
                rest -= multiplier.Multiplier;
            }
        }

        return (low + Margin, high - Margin);
    }
}
