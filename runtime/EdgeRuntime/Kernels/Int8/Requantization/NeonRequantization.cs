using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Requantization in NEON registers: sqrdmulh is TensorFlow Lite's first rounding, srshl with a fix-up of negative halves its second
/// (see <see cref="RoundingMode"/>).
/// </summary>
internal static class NeonRequantization
{
    /// <summary>Four accumulators of four channels, scaled; not yet narrowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Scale<TRounding>(Vector128<int> x, Vector128<int> multiplier, Vector128<int> shift)
        where TRounding : struct, IRounding
    {
        if (TRounding.Mode == RoundingMode.General)
        {
            x = AdvSimd.ShiftArithmetic(x, AdvSimd.Max(shift, Vector128<int>.Zero));
            x = AdvSimd.MultiplyRoundedDoublingSaturateHigh(x, multiplier);
            Vector128<int> right = AdvSimd.Min(shift, Vector128<int>.Zero);

            // The sign of x where the exponent is not 0 (then right is negative and keeps x's top bit).
            x = AdvSimd.ShiftRightArithmeticAdd(x, x & right, 31);
            return AdvSimd.ShiftArithmeticRounded(x, right);
        }

        x = AdvSimd.MultiplyRoundedDoublingSaturateHigh(x, multiplier);
        if (TRounding.Mode == RoundingMode.AwayFromZero)
            x = AdvSimd.ShiftRightArithmeticAdd(x, x, 31);
        return AdvSimd.ShiftArithmeticRounded(x, shift);
    }

    /// <summary>Two times four scaled values as int16, plus the zero point; saturation loses nothing that the limits of int8 keep.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow(Vector128<int> low, Vector128<int> high, Vector128<short> zeroPoint) =>
        AdvSimd.AddSaturate(AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high), zeroPoint);

    /// <summary>16 outputs from two halves of 8, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Limit(Vector128<short> low, Vector128<short> high, Vector128<sbyte> least, Vector128<sbyte> most) =>
        AdvSimd.Min(AdvSimd.Max(AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high), least), most);

    /// <summary>8 outputs, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector64<sbyte> Limit(Vector128<short> x, Vector64<sbyte> least, Vector64<sbyte> most) =>
        AdvSimd.Min(AdvSimd.Max(AdvSimd.ExtractNarrowingSaturateLower(x), least), most);

    /// <summary>Stores the first <paramref name="count"/> (1..16) bytes of a vector and nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(sbyte* destination, Vector128<sbyte> x, int count)
    {
        if (count == 16)
            AdvSimd.Store(destination, x);
        else
            StorePart(destination, x, count);
    }

    /// <summary>Stores the first <paramref name="count"/> (1..8) bytes of a vector and nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(sbyte* destination, Vector64<sbyte> x, int count)
    {
        if (count == 8)
            AdvSimd.Store(destination, x);
        else
            StorePart(destination, x.ToVector128(), count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void StorePart(sbyte* destination, Vector128<sbyte> x, int count)
    {
        sbyte* bytes = stackalloc sbyte[16];
        AdvSimd.Store(bytes, x);
        for (int i = 0; i < count; i++)
            destination[i] = bytes[i];
    }
}
