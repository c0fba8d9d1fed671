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

    /// <summary>
    /// The first rounding of <see cref="Scale"/> for 16 channels. Done for several rows before <see cref="Round"/>, it keeps an in-order core busy, which would
    /// otherwise wait for each instruction's result.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TRounding>(
        ref Vector128<int> x0,
        ref Vector128<int> x1,
        ref Vector128<int> x2,
        ref Vector128<int> x3,
        Vector128<int> m0,
        Vector128<int> m1,
        Vector128<int> m2,
        Vector128<int> m3,
        Vector128<int> s0,
        Vector128<int> s1,
        Vector128<int> s2,
        Vector128<int> s3)
        where TRounding : struct, IRounding
    {
        if (TRounding.Mode == RoundingMode.General)
        {
            x0 = AdvSimd.ShiftArithmetic(x0, AdvSimd.Max(s0, Vector128<int>.Zero));
            x1 = AdvSimd.ShiftArithmetic(x1, AdvSimd.Max(s1, Vector128<int>.Zero));
            x2 = AdvSimd.ShiftArithmetic(x2, AdvSimd.Max(s2, Vector128<int>.Zero));
            x3 = AdvSimd.ShiftArithmetic(x3, AdvSimd.Max(s3, Vector128<int>.Zero));
        }

        x0 = AdvSimd.MultiplyRoundedDoublingSaturateHigh(x0, m0);
        x1 = AdvSimd.MultiplyRoundedDoublingSaturateHigh(x1, m1);
        x2 = AdvSimd.MultiplyRoundedDoublingSaturateHigh(x2, m2);
        x3 = AdvSimd.MultiplyRoundedDoublingSaturateHigh(x3, m3);
    }

    /// <summary>The second rounding of <see cref="Scale"/> for 16 channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round<TRounding>(
        ref Vector128<int> x0,
        ref Vector128<int> x1,
        ref Vector128<int> x2,
        ref Vector128<int> x3,
        Vector128<int> s0,
        Vector128<int> s1,
        Vector128<int> s2,
        Vector128<int> s3)
        where TRounding : struct, IRounding
    {
        if (TRounding.Mode == RoundingMode.General)
        {
            s0 = AdvSimd.Min(s0, Vector128<int>.Zero);
            s1 = AdvSimd.Min(s1, Vector128<int>.Zero);
            s2 = AdvSimd.Min(s2, Vector128<int>.Zero);
            s3 = AdvSimd.Min(s3, Vector128<int>.Zero);

            // The sign of x where the exponent is not 0 (then the shift is negative and keeps x's top bit).
            x0 = AdvSimd.ShiftRightArithmeticAdd(x0, x0 & s0, 31);
            x1 = AdvSimd.ShiftRightArithmeticAdd(x1, x1 & s1, 31);
            x2 = AdvSimd.ShiftRightArithmeticAdd(x2, x2 & s2, 31);
            x3 = AdvSimd.ShiftRightArithmeticAdd(x3, x3 & s3, 31);
        }
        else if (TRounding.Mode == RoundingMode.AwayFromZero)
        {
            x0 = AdvSimd.ShiftRightArithmeticAdd(x0, x0, 31);
            x1 = AdvSimd.ShiftRightArithmeticAdd(x1, x1, 31);
            x2 = AdvSimd.ShiftRightArithmeticAdd(x2, x2, 31);
            x3 = AdvSimd.ShiftRightArithmeticAdd(x3, x3, 31);
        }

        x0 = AdvSimd.ShiftArithmeticRounded(x0, s0);
        x1 = AdvSimd.ShiftArithmeticRounded(x1, s1);
        x2 = AdvSimd.ShiftArithmeticRounded(x2, s2);
        x3 = AdvSimd.ShiftArithmeticRounded(x3, s3);
    }

    /// <summary>Two times four scaled values as int16, plus the zero point; saturation loses nothing that the limits of int8 keep.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow(Vector128<int> low, Vector128<int> high, Vector128<short> zeroPoint) =>
        AdvSimd.AddSaturate(AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high), zeroPoint);

    /// <summary>16 scaled values as outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow<TRounding>(
        Vector128<int> x0,
        Vector128<int> x1,
        Vector128<int> x2,
        Vector128<int> x3,
        Vector128<short> zeroPoint,
        Vector128<sbyte> least,
        Vector128<sbyte> most)
        where TRounding : struct, IRounding
    {
        Vector64<short> n0 = AdvSimd.ExtractNarrowingSaturateLower(x0);
        Vector64<short> n1 = AdvSimd.ExtractNarrowingSaturateLower(x2);
        Vector128<short> r0 = AdvSimd.ExtractNarrowingSaturateUpper(n0, x1);
        Vector128<short> r1 = AdvSimd.ExtractNarrowingSaturateUpper(n1, x3);
        r0 = AdvSimd.AddSaturate(r0, zeroPoint);
        r1 = AdvSimd.AddSaturate(r1, zeroPoint);
        return Limit<TRounding>(r0, r1, least, most);
    }

    /// <summary>Two rows of 16 scaled values as outputs, instruction by instruction for both rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NarrowRows<TRounding>(
        Vector128<int> c00,
        Vector128<int> c01,
        Vector128<int> c02,
        Vector128<int> c03,
        Vector128<int> c10,
        Vector128<int> c11,
        Vector128<int> c12,
        Vector128<int> c13,
        Vector128<short> zeroPoint,
        Vector128<sbyte> least,
        Vector128<sbyte> most,
        out Vector128<sbyte> y0,
        out Vector128<sbyte> y1)
        where TRounding : struct, IRounding
    {
        Vector64<short> n00 = AdvSimd.ExtractNarrowingSaturateLower(c00);
        Vector64<short> n01 = AdvSimd.ExtractNarrowingSaturateLower(c02);
        Vector64<short> n10 = AdvSimd.ExtractNarrowingSaturateLower(c10);
        Vector64<short> n11 = AdvSimd.ExtractNarrowingSaturateLower(c12);
        Vector128<short> r00 = AdvSimd.ExtractNarrowingSaturateUpper(n00, c01);
        Vector128<short> r01 = AdvSimd.ExtractNarrowingSaturateUpper(n01, c03);
        Vector128<short> r10 = AdvSimd.ExtractNarrowingSaturateUpper(n10, c11);
        Vector128<short> r11 = AdvSimd.ExtractNarrowingSaturateUpper(n11, c13);
        r00 = AdvSimd.AddSaturate(r00, zeroPoint);
        r01 = AdvSimd.AddSaturate(r01, zeroPoint);
        r10 = AdvSimd.AddSaturate(r10, zeroPoint);
        r11 = AdvSimd.AddSaturate(r11, zeroPoint);
        Vector64<sbyte> b0 = AdvSimd.ExtractNarrowingSaturateLower(r00);
        Vector64<sbyte> b1 = AdvSimd.ExtractNarrowingSaturateLower(r10);
        y0 = AdvSimd.ExtractNarrowingSaturateUpper(b0, r01);
        y1 = AdvSimd.ExtractNarrowingSaturateUpper(b1, r11);
        if (!TRounding.HasLimits)
            return;
        y0 = AdvSimd.Max(y0, least);
        y1 = AdvSimd.Max(y1, least);
        y0 = AdvSimd.Min(y0, most);
        y1 = AdvSimd.Min(y1, most);
    }

    /// <summary>16 outputs from two halves of 8, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Limit<TRounding>(Vector128<short> low, Vector128<short> high, Vector128<sbyte> least, Vector128<sbyte> most)
        where TRounding : struct, IRounding
    {
        Vector128<sbyte> y = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high);
        return TRounding.HasLimits ? AdvSimd.Min(AdvSimd.Max(y, least), most) : y;
    }

    /// <summary>8 outputs, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector64<sbyte> Limit<TRounding>(Vector128<short> x, Vector64<sbyte> least, Vector64<sbyte> most)
        where TRounding : struct, IRounding
    {
        Vector64<sbyte> y = AdvSimd.ExtractNarrowingSaturateLower(x);
        return TRounding.HasLimits ? AdvSimd.Min(AdvSimd.Max(y, least), most) : y;
    }
}
