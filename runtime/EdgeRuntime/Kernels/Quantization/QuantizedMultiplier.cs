using System.Runtime.CompilerServices;

namespace EdgeRuntime.Kernels;

/// <summary>
/// A real factor as multiplier / 2^31 * 2^shift, with 2^30 &lt;= multiplier &lt; 2^31 (0 for the factor 0): TensorFlow Lite's requantization with
/// double rounding. Positive shifts are applied before the multiplication, negative ones after it.
/// </summary>
/// <param name="Multiplier">Fraction in Q0.31.</param>
/// <param name="Shift">Power of two, -31..<see cref="MaxShift"/>.</param>
internal readonly record struct QuantizedMultiplier(int Multiplier, int Shift)
{
    /// <summary>Largest shift, so that 1 &lt;&lt; shift is a positive Int32. Larger factors are refused when a graph is checked.</summary>
    public const int MaxShift = 30;

    /// <summary>The nearest representation of a factor; factors below 2^-32 become 0.</summary>
    /// <param name="factor">Zero or positive, finite, below 2^<see cref="MaxShift"/>.</param>
    public static QuantizedMultiplier Of(double factor)
    {
        if (factor == 0)
            return default;
        int shift = Math.ILogB(factor) + 1;
        long fraction = (long)Math.Round(Math.ScaleB(factor, 31 - shift), MidpointRounding.AwayFromZero);
        if (fraction == 1L << 31)
        {
            fraction >>= 1;
            shift++;
        }

        return shift < -31 ? default : new QuantizedMultiplier((int)fraction, shift);
    }

    /// <summary>Whether <see cref="Of"/> can represent a factor.</summary>
    public static bool Represents(double factor) => factor >= 0 && factor < 1 << MaxShift;

    /// <summary>x times the factor: doubling high multiply, then division by a power of two, each rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Apply(int x) => Shift >= 0
        ? FixedPoint.DoublingHighMultiply(x << Shift, Multiplier)
        : FixedPoint.RoundingDivide(FixedPoint.DoublingHighMultiply(x, Multiplier), -Shift);
}
