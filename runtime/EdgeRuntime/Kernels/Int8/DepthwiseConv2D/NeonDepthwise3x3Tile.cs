using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// 3x3 depthwise convolution in NEON without dot product, 8 channels: smull and smlal add the products of two taps in int16
/// (<see cref="PairedProducts"/>); pairs of those are added in int32. Each column of three inputs is loaded once and stays in registers for all windows that hold it. The sums of one
/// pixel are requantized between the products of the next, so that the in-order core has work while it waits for results.
/// </summary>
internal readonly unsafe struct NeonDepthwise3x3Tile<TSums> : IDepthwise3x3Tile
    where TSums : struct, IProductSums
{
    public static bool HasBlockRounding => true;

    public static bool AllowsMinimumWeight => !TSums.InPairs;

    public static int WeightBytes(int taps, int width) => taps * width;

    public static int WeightOffset(int tap, int channel, int width) => (tap * width) + channel;

    public static void Stride1<TRounding>(DepthwiseRow* row)
        where TRounding : struct, IRounding
    {
        byte* p0 = row->Row0, p1 = row->Row1, p2 = row->Row2, outside = row->Outside;
        nint d0 = row->Step0, d1 = row->Step1, d2 = row->Step2;
        int* constants = (int*)row->Constants;
        sbyte* w = (sbyte*)(constants + 24);
        Vector64<sbyte> w0 = AdvSimd.LoadVector64(w);
        Vector64<sbyte> w1 = AdvSimd.LoadVector64(w + 8);
        Vector64<sbyte> w2 = AdvSimd.LoadVector64(w + 16);
        Vector64<sbyte> w3 = AdvSimd.LoadVector64(w + 24);
        Vector64<sbyte> w4 = AdvSimd.LoadVector64(w + 32);
        Vector64<sbyte> w5 = AdvSimd.LoadVector64(w + 40);
        Vector64<sbyte> w6 = AdvSimd.LoadVector64(w + 48);
        Vector64<sbyte> w7 = AdvSimd.LoadVector64(w + 56);
        Vector64<sbyte> w8 = AdvSimd.LoadVector64(w + 64);
        Vector128<short> zeroPoint = row->Limits.ZeroPoint;
        Vector64<sbyte> low = row->Limits.Low.GetLower(), high = row->Limits.High.GetLower();
        sbyte* y = row->Output;
        nint outputStep = row->OutputStep;
        int count = row->Count;
        int outsideAt = row->RightOutside ? 1 : 0;
        Vector128<int> s0 = Vector128<int>.Zero, s1 = Vector128<int>.Zero;
        Vector64<sbyte> a0, a1, a2, b0, b1, b2, c0, c1, c2;
        if (row->LeftOutside)
        {
            a0 = a1 = a2 = AdvSimd.LoadVector64((sbyte*)outside);
        }
        else
        {
            a0 = AdvSimd.LoadVector64((sbyte*)p0);
            a1 = AdvSimd.LoadVector64((sbyte*)p1);
            a2 = AdvSimd.LoadVector64((sbyte*)p2);
            p0 += d0;
            p1 += d1;
            p2 += d2;
        }

        b0 = AdvSimd.LoadVector64((sbyte*)p0);
        b1 = AdvSimd.LoadVector64((sbyte*)p1);
        b2 = AdvSimd.LoadVector64((sbyte*)p2);
        p0 += d0;
        p1 += d1;
        p2 += d2;
        if (count == outsideAt)
            p0 = p1 = p2 = outside;
        c0 = AdvSimd.LoadVector64((sbyte*)p0);
        c1 = AdvSimd.LoadVector64((sbyte*)p1);
        c2 = AdvSimd.LoadVector64((sbyte*)p2);
        p0 += d0;
        p1 += d1;
        p2 += d2;
        Pixel<TRounding>(a0, a1, a2, b0, b1, b2, c0, c1, c2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y);
        a0 = b0;
        a1 = b1;
        a2 = b2;
        b0 = c0;
        b1 = c1;
        b2 = c2;
        count--;

        // Three pixels a turn: the columns change their places in the window without a move. The last pixel is left over.
        for (; count > 3; count -= 3)
        {
            c0 = AdvSimd.LoadVector64((sbyte*)p0);
            c1 = AdvSimd.LoadVector64((sbyte*)p1);
            c2 = AdvSimd.LoadVector64((sbyte*)p2);
            Pixel<TRounding>(a0, a1, a2, b0, b1, b2, c0, c1, c2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y);
            a0 = AdvSimd.LoadVector64((sbyte*)(p0 + d0));
            a1 = AdvSimd.LoadVector64((sbyte*)(p1 + d1));
            a2 = AdvSimd.LoadVector64((sbyte*)(p2 + d2));
            Pixel<TRounding>(b0, b1, b2, c0, c1, c2, a0, a1, a2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y + outputStep);
            b0 = AdvSimd.LoadVector64((sbyte*)(p0 + (2 * d0)));
            b1 = AdvSimd.LoadVector64((sbyte*)(p1 + (2 * d1)));
            b2 = AdvSimd.LoadVector64((sbyte*)(p2 + (2 * d2)));
            Pixel<TRounding>(c0, c1, c2, a0, a1, a2, b0, b1, b2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y + (2 * outputStep));
            p0 += 3 * d0;
            p1 += 3 * d1;
            p2 += 3 * d2;
            y += 3 * outputStep;
        }

        for (; count != 0; count--, y += outputStep)
        {
            if (count == outsideAt)
                p0 = p1 = p2 = outside;
            c0 = AdvSimd.LoadVector64((sbyte*)p0);
            c1 = AdvSimd.LoadVector64((sbyte*)p1);
            c2 = AdvSimd.LoadVector64((sbyte*)p2);
            p0 += d0;
            p1 += d1;
            p2 += d2;
            Pixel<TRounding>(a0, a1, a2, b0, b1, b2, c0, c1, c2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y);
            a0 = b0;
            a1 = b1;
            a2 = b2;
            b0 = c0;
            b1 = c1;
            b2 = c2;
        }

        Finish<TRounding>(constants, zeroPoint, low, high, s0, s1, y);
    }

    public static void Stride2<TRounding>(DepthwiseRow* row)
        where TRounding : struct, IRounding
    {
        byte* p0 = row->Row0, p1 = row->Row1, p2 = row->Row2, outside = row->Outside;
        nint d0 = row->Step0, d1 = row->Step1, d2 = row->Step2;
        int* constants = (int*)row->Constants;
        sbyte* w = (sbyte*)(constants + 24);
        Vector64<sbyte> w0 = AdvSimd.LoadVector64(w);
        Vector64<sbyte> w1 = AdvSimd.LoadVector64(w + 8);
        Vector64<sbyte> w2 = AdvSimd.LoadVector64(w + 16);
        Vector64<sbyte> w3 = AdvSimd.LoadVector64(w + 24);
        Vector64<sbyte> w4 = AdvSimd.LoadVector64(w + 32);
        Vector64<sbyte> w5 = AdvSimd.LoadVector64(w + 40);
        Vector64<sbyte> w6 = AdvSimd.LoadVector64(w + 48);
        Vector64<sbyte> w7 = AdvSimd.LoadVector64(w + 56);
        Vector64<sbyte> w8 = AdvSimd.LoadVector64(w + 64);
        Vector128<short> zeroPoint = row->Limits.ZeroPoint;
        Vector64<sbyte> low = row->Limits.Low.GetLower(), high = row->Limits.High.GetLower();
        sbyte* y = row->Output;
        nint outputStep = row->OutputStep;
        int count = row->Count;
        int outsideAt = row->RightOutside ? 1 : 0;
        Vector128<int> s0 = Vector128<int>.Zero, s1 = Vector128<int>.Zero;
        Vector64<sbyte> a0, a1, a2, b0, b1, b2, c0, c1, c2;
        if (row->LeftOutside)
        {
            a0 = a1 = a2 = AdvSimd.LoadVector64((sbyte*)outside);
        }
        else
        {
            a0 = AdvSimd.LoadVector64((sbyte*)p0);
            a1 = AdvSimd.LoadVector64((sbyte*)p1);
            a2 = AdvSimd.LoadVector64((sbyte*)p2);
            p0 += d0;
            p1 += d1;
            p2 += d2;
        }

        b0 = AdvSimd.LoadVector64((sbyte*)p0);
        b1 = AdvSimd.LoadVector64((sbyte*)p1);
        b2 = AdvSimd.LoadVector64((sbyte*)p2);
        p0 += d0;
        p1 += d1;
        p2 += d2;
        if (count == outsideAt)
            p0 = p1 = p2 = outside;
        c0 = AdvSimd.LoadVector64((sbyte*)p0);
        c1 = AdvSimd.LoadVector64((sbyte*)p1);
        c2 = AdvSimd.LoadVector64((sbyte*)p2);
        p0 += d0;
        p1 += d1;
        p2 += d2;
        Pixel<TRounding>(a0, a1, a2, b0, b1, b2, c0, c1, c2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y);
        a0 = c0;
        a1 = c1;
        a2 = c2;
        count--;

        // Two pixels a turn: the last column of one is the first of the next. The last pixel is left over.
        for (; count > 2; count -= 2)
        {
            b0 = AdvSimd.LoadVector64((sbyte*)p0);
            b1 = AdvSimd.LoadVector64((sbyte*)p1);
            b2 = AdvSimd.LoadVector64((sbyte*)p2);
            c0 = AdvSimd.LoadVector64((sbyte*)(p0 + d0));
            c1 = AdvSimd.LoadVector64((sbyte*)(p1 + d1));
            c2 = AdvSimd.LoadVector64((sbyte*)(p2 + d2));
            Pixel<TRounding>(a0, a1, a2, b0, b1, b2, c0, c1, c2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y);
            b0 = AdvSimd.LoadVector64((sbyte*)(p0 + (2 * d0)));
            b1 = AdvSimd.LoadVector64((sbyte*)(p1 + (2 * d1)));
            b2 = AdvSimd.LoadVector64((sbyte*)(p2 + (2 * d2)));
            a0 = AdvSimd.LoadVector64((sbyte*)(p0 + (3 * d0)));
            a1 = AdvSimd.LoadVector64((sbyte*)(p1 + (3 * d1)));
            a2 = AdvSimd.LoadVector64((sbyte*)(p2 + (3 * d2)));
            Pixel<TRounding>(c0, c1, c2, b0, b1, b2, a0, a1, a2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y + outputStep);
            p0 += 4 * d0;
            p1 += 4 * d1;
            p2 += 4 * d2;
            y += 2 * outputStep;
        }

        for (; count != 0; count--, y += outputStep)
        {
            b0 = AdvSimd.LoadVector64((sbyte*)p0);
            b1 = AdvSimd.LoadVector64((sbyte*)p1);
            b2 = AdvSimd.LoadVector64((sbyte*)p2);
            p0 += d0;
            p1 += d1;
            p2 += d2;
            if (count == outsideAt)
                p0 = p1 = p2 = outside;
            c0 = AdvSimd.LoadVector64((sbyte*)p0);
            c1 = AdvSimd.LoadVector64((sbyte*)p1);
            c2 = AdvSimd.LoadVector64((sbyte*)p2);
            p0 += d0;
            p1 += d1;
            p2 += d2;
            Pixel<TRounding>(a0, a1, a2, b0, b1, b2, c0, c1, c2, w0, w1, w2, w3, w4, w5, w6, w7, w8, constants, zeroPoint, low, high, ref s0, ref s1, y);
            a0 = c0;
            a1 = c1;
            a2 = c2;
        }

        Finish<TRounding>(constants, zeroPoint, low, high, s0, s1, y);
    }

    /// <summary>
    /// The sums of a pixel whose window's columns are a, b and c (w: row by row), in place of those of the pixel before, which are requantized and stored at y.
    /// Before the first pixel that stores something arbitrary where the first pixel's outputs will be.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pixel<TRounding>(
        Vector64<sbyte> a0,
        Vector64<sbyte> a1,
        Vector64<sbyte> a2,
        Vector64<sbyte> b0,
        Vector64<sbyte> b1,
        Vector64<sbyte> b2,
        Vector64<sbyte> c0,
        Vector64<sbyte> c1,
        Vector64<sbyte> c2,
        Vector64<sbyte> w0,
        Vector64<sbyte> w1,
        Vector64<sbyte> w2,
        Vector64<sbyte> w3,
        Vector64<sbyte> w4,
        Vector64<sbyte> w5,
        Vector64<sbyte> w6,
        Vector64<sbyte> w7,
        Vector64<sbyte> w8,
        int* constants,
        Vector128<short> zeroPoint,
        Vector64<sbyte> low,
        Vector64<sbyte> high,
        ref Vector128<int> s0,
        ref Vector128<int> s1,
        sbyte* y)
        where TRounding : struct, IRounding
    {
        // The rare general rounding takes too many registers to be mixed with the products.
        Vector128<int> r0 = s0, r1 = s1;
        if (TRounding.Mode == RoundingMode.General)
            Finish<TRounding>(constants, zeroPoint, low, high, s0, s1, y);
        Vector128<short> t0 = AdvSimd.MultiplyWideningLower(a0, w0);
        Vector128<short> t1 = AdvSimd.MultiplyWideningLower(a2, w6);
        Vector128<short> t2 = AdvSimd.MultiplyWideningLower(b1, w4);
        Vector128<short> t3 = AdvSimd.MultiplyWideningLower(c0, w2);
        Vector128<short> t4 = AdvSimd.MultiplyWideningLower(c2, w8);
        if (TRounding.Mode == RoundingMode.Fused)
        {
            r0 = NeonRequantization.Scale<TRounding>(r0, AdvSimd.LoadVector128(constants + 8), AdvSimd.LoadVector128(constants + 16));
            r1 = NeonRequantization.Scale<TRounding>(r1, AdvSimd.LoadVector128(constants + 12), AdvSimd.LoadVector128(constants + 20));
        }
        else if (TRounding.Mode != RoundingMode.General)
        {
            r0 = AdvSimd.MultiplyRoundedDoublingSaturateHigh(r0, AdvSimd.LoadVector128(constants + 8));
            r1 = AdvSimd.MultiplyRoundedDoublingSaturateHigh(r1, AdvSimd.LoadVector128(constants + 12));
        }

        s1 = AdvSimd.LoadVector128(constants + 4);
        s0 = AdvSimd.LoadVector128(constants);
        if (!TSums.InPairs)
        {
            s1 += AdvSimd.AddWideningUpper(t0, t1);
            s0 += AdvSimd.AddWideningLower(t0.GetLower(), t1.GetLower());
            s1 += AdvSimd.AddWideningUpper(t2, t3);
            s0 += AdvSimd.AddWideningLower(t2.GetLower(), t3.GetLower());
        }

        t0 = ProductSums.Lower<TSums>(t0, a1, w3);
        t1 = ProductSums.Lower<TSums>(t1, b0, w1);
        t2 = ProductSums.Lower<TSums>(t2, b2, w7);
        t3 = ProductSums.Lower<TSums>(t3, c1, w5);
        s1 = AdvSimd.AddWideningUpper(s1, t4);
        s0 = AdvSimd.AddWideningLower(s0, t4.GetLower());
        if (TRounding.Mode == RoundingMode.AwayFromZero)
        {
            r0 = AdvSimd.ShiftRightArithmeticAdd(r0, r0, 31);
            r1 = AdvSimd.ShiftRightArithmeticAdd(r1, r1, 31);
        }

        if (TRounding.Mode is RoundingMode.Upwards or RoundingMode.AwayFromZero)
        {
            r0 = AdvSimd.ShiftArithmeticRounded(r0, AdvSimd.LoadVector128(constants + 16));
            r1 = AdvSimd.ShiftArithmeticRounded(r1, AdvSimd.LoadVector128(constants + 20));
        }

        Vector128<short> n = NeonRequantization.Narrow<TRounding>(r0, r1, zeroPoint);
        Vector128<int> p1 = AdvSimd.AddWideningUpper(t0, t1);
        Vector128<int> p0 = AdvSimd.AddWideningLower(t0.GetLower(), t1.GetLower());
        Vector128<int> q1 = AdvSimd.AddWideningUpper(t2, t3);
        Vector128<int> q0 = AdvSimd.AddWideningLower(t2.GetLower(), t3.GetLower());
        s1 += p1;
        s0 += p0;
        s1 += q1;
        s0 += q0;
        if (TRounding.Mode != RoundingMode.General)
            AdvSimd.Store(y, NeonRequantization.Limit<TRounding>(n, low, high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TRounding>(int* constants, Vector128<short> zeroPoint, Vector64<sbyte> low, Vector64<sbyte> high, Vector128<int> s0, Vector128<int> s1, sbyte* y)
        where TRounding : struct, IRounding
    {
        s0 = NeonRequantization.Scale<TRounding>(s0, AdvSimd.LoadVector128(constants + 8), AdvSimd.LoadVector128(constants + 16));
        s1 = NeonRequantization.Scale<TRounding>(s1, AdvSimd.LoadVector128(constants + 12), AdvSimd.LoadVector128(constants + 20));
        AdvSimd.Store(y, NeonRequantization.Limit<TRounding>(NeonRequantization.Narrow<TRounding>(s0, s1, zeroPoint), low, high));
    }
}
