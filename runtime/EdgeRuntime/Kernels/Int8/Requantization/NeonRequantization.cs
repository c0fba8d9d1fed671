using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Requantization in NEON registers: sqrdmulh is TensorFlow Lite's first rounding, srshl with a fix-up of negative halves its second
/// (see <see cref="RoundingMode"/>); fmla is both at once where a <see cref="FusedScaling"/> exists.
/// </summary>
internal static class NeonRequantization
{
    /// <summary>Four accumulators of four channels, scaled; not yet narrowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Scale<TRounding>(Vector128<int> x, Vector128<int> multiplier, Vector128<int> shift)
        where TRounding : struct, IRounding
    {
        if (TRounding.Mode == RoundingMode.Fused)
            return AdvSimd.FusedMultiplyAdd(shift.AsSingle(), x.AsSingle(), multiplier.AsSingle()).AsInt32();
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

    /// <summary>
    /// Two times four scaled values as int16, with the zero point; saturation loses nothing that the limits of int8 keep. Fused values fit, and hold the zero point.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow<TRounding>(Vector128<int> low, Vector128<int> high, Vector128<short> zeroPoint)
        where TRounding : struct, IRounding
    {
        Vector128<short> narrow = NarrowUpper<TRounding>(NarrowLower<TRounding>(low), high);
        return TRounding.Mode == RoundingMode.Fused ? narrow : AdvSimd.AddSaturate(narrow, zeroPoint);
    }

    /// <summary>
    /// The same for Cortex-A76 and later, where one permutation takes as long as one of two narrowing instructions; on Cortex-A72 it takes three times that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> NarrowUnzipped<TRounding>(Vector128<int> low, Vector128<int> high, Vector128<short> zeroPoint)
        where TRounding : struct, IRounding
    {
        if (!TRounding.FitsShort)
            return Narrow<TRounding>(low, high, zeroPoint);
        Vector128<short> narrow = AdvSimd.Arm64.UnzipEven(low.AsInt16(), high.AsInt16());
        return TRounding.Mode == RoundingMode.Fused ? narrow : AdvSimd.AddSaturate(narrow, zeroPoint);
    }

    /// <summary>
    /// <see cref="Narrow{TRounding}(Vector128{int}, Vector128{int}, Vector128{short})"/> of values that <see cref="Multiply"/> and <see cref="Round"/> went over; of accumulators themselves in fused mode.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Finish<TRounding>(
        Vector128<int> low,
        Vector128<int> high,
        Vector128<int> m0,
        Vector128<int> m1,
        Vector128<int> s0,
        Vector128<int> s1,
        Vector128<short> zeroPoint)
        where TRounding : struct, IRounding =>
        TRounding.Mode == RoundingMode.Fused
            ? Narrow<TRounding>(Scale<TRounding>(low, m0, s0), Scale<TRounding>(high, m1, s1), zeroPoint)
            : Narrow<TRounding>(low, high, zeroPoint);

    /// <summary>
    /// A row of 16 accumulators as outputs, on Cortex-A76 and later. Factors and offsets are loaded for each row: loads cost nothing beside arithmetic there, and a multiply-add overwrites its
    /// addend, of which a copy would have to be made.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<sbyte> FusedRow<TRounding>(
        int* constants,
        Vector128<int> x0,
        Vector128<int> x1,
        Vector128<int> x2,
        Vector128<int> x3,
        Vector128<sbyte> least,
        Vector128<sbyte> most)
        where TRounding : struct, IRounding
    {
        x0 = Scale<TRounding>(x0, AdvSimd.LoadVector128(constants + 16), AdvSimd.LoadVector128(constants + 32));
        x1 = Scale<TRounding>(x1, AdvSimd.LoadVector128(constants + 20), AdvSimd.LoadVector128(constants + 36));
        x2 = Scale<TRounding>(x2, AdvSimd.LoadVector128(constants + 24), AdvSimd.LoadVector128(constants + 40));
        x3 = Scale<TRounding>(x3, AdvSimd.LoadVector128(constants + 28), AdvSimd.LoadVector128(constants + 44));
        return Limit<TRounding>(NarrowUnzipped<TRounding>(x0, x1, default), NarrowUnzipped<TRounding>(x2, x3, default), least, most);
    }

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
        where TRounding : struct, IRounding =>
        Limit<TRounding>(Narrow<TRounding>(x0, x1, zeroPoint), Narrow<TRounding>(x2, x3, zeroPoint), least, most);

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
        Vector64<short> n00 = NarrowLower<TRounding>(c00);
        Vector64<short> n01 = NarrowLower<TRounding>(c02);
        Vector64<short> n10 = NarrowLower<TRounding>(c10);
        Vector64<short> n11 = NarrowLower<TRounding>(c12);
        Vector128<short> r00 = NarrowUpper<TRounding>(n00, c01);
        Vector128<short> r01 = NarrowUpper<TRounding>(n01, c03);
        Vector128<short> r10 = NarrowUpper<TRounding>(n10, c11);
        Vector128<short> r11 = NarrowUpper<TRounding>(n11, c13);
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

    /// <summary>
    /// Two rows of 16 accumulators as outputs in fused mode, instruction by instruction for both rows. Each row has its own copy of the offsets, s and t: a multiply-add overwrites them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FusedRows<TRounding>(
        Vector128<int> c00,
        Vector128<int> c01,
        Vector128<int> c02,
        Vector128<int> c03,
        Vector128<int> c10,
        Vector128<int> c11,
        Vector128<int> c12,
        Vector128<int> c13,
        Vector128<int> m0,
        Vector128<int> m1,
        Vector128<int> m2,
        Vector128<int> m3,
        Vector128<int> s0,
        Vector128<int> s1,
        Vector128<int> s2,
        Vector128<int> s3,
        Vector128<int> t0,
        Vector128<int> t1,
        Vector128<int> t2,
        Vector128<int> t3,
        Vector128<sbyte> least,
        Vector128<sbyte> most,
        out Vector128<sbyte> y0,
        out Vector128<sbyte> y1)
        where TRounding : struct, IRounding
    {
        Vector128<int> f00 = Scale<TRounding>(c00, m0, s0);
        Vector128<int> f02 = Scale<TRounding>(c02, m2, s2);
        Vector128<int> f10 = Scale<TRounding>(c10, m0, t0);
        Vector128<int> f12 = Scale<TRounding>(c12, m2, t2);
        Vector128<int> f01 = Scale<TRounding>(c01, m1, s1);
        Vector128<int> f03 = Scale<TRounding>(c03, m3, s3);
        Vector128<int> f11 = Scale<TRounding>(c11, m1, t1);
        Vector128<int> f13 = Scale<TRounding>(c13, m3, t3);
        Vector64<short> n00 = AdvSimd.ExtractNarrowingLower(f00);
        Vector64<short> n01 = AdvSimd.ExtractNarrowingLower(f02);
        Vector64<short> n10 = AdvSimd.ExtractNarrowingLower(f10);
        Vector64<short> n11 = AdvSimd.ExtractNarrowingLower(f12);
        Vector128<short> r00 = AdvSimd.ExtractNarrowingUpper(n00, f01);
        Vector128<short> r01 = AdvSimd.ExtractNarrowingUpper(n01, f03);
        Vector128<short> r10 = AdvSimd.ExtractNarrowingUpper(n10, f11);
        Vector128<short> r11 = AdvSimd.ExtractNarrowingUpper(n11, f13);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector64<short> NarrowLower<TRounding>(Vector128<int> x)
        where TRounding : struct, IRounding =>
        TRounding.FitsShort ? AdvSimd.ExtractNarrowingLower(x) : AdvSimd.ExtractNarrowingSaturateLower(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> NarrowUpper<TRounding>(Vector64<short> lower, Vector128<int> x)
        where TRounding : struct, IRounding =>
        TRounding.FitsShort ? AdvSimd.ExtractNarrowingUpper(lower, x) : AdvSimd.ExtractNarrowingSaturateUpper(lower, x);
}
