using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// 3x3 depthwise convolution in NEON with dot product, 8 channels. The three inputs of a column are zipped to four bytes for each channel (row 0, row 1, row 2,
/// row 2 again; the fourth weight is 0), so that one sdot multiplies a column of four channels: 6 sdot for 8 outputs, and 4 zips for each new column, which
/// stays in registers for all windows that hold it.
/// </summary>
internal readonly unsafe struct NeonDpDepthwise3x3Tile : IDepthwise3x3Tile
{
    public static bool HasBlockRounding => true;

    public static bool AllowsMinimumWeight => true;

    public static int WeightBytes(int taps, int width) => 3 * 4 * width;

    /// <summary>Column by column; in a column channel by channel: rows 0, 1, 2 and a zero.</summary>
    public static int WeightOffset(int tap, int channel, int width) => (tap % 3 * 4 * width) + (channel * 4) + (tap / 3);

    public static void Stride1<TRounding>(DepthwiseRow* row)
        where TRounding : struct, IRounding
    {
        byte* p0 = row->Row0, p1 = row->Row1, p2 = row->Row2, outside = row->Outside;
        nint d0 = row->Step0, d1 = row->Step1, d2 = row->Step2;
        int* constants = (int*)row->Constants;
        Weights(constants, out Vector128<sbyte> w00, out Vector128<sbyte> w01, out Vector128<sbyte> w10, out Vector128<sbyte> w11, out Vector128<sbyte> w20, out Vector128<sbyte> w21);
        Vector128<short> zeroPoint = row->Limits.ZeroPoint;
        Vector64<sbyte> low = row->Limits.Low.GetLower(), high = row->Limits.High.GetLower();
        sbyte* y = row->Output;
        nint outputStep = row->OutputStep;
        int count = row->Count;
        int outsideAt = row->RightOutside ? 1 : 0;
        Vector128<sbyte> a0, a1, b0, b1, c0, c1;
        if (row->LeftOutside)
        {
            Column(outside, outside, outside, out a0, out a1);
        }
        else
        {
            Column(p0, p1, p2, out a0, out a1);
            p0 += d0;
            p1 += d1;
            p2 += d2;
        }

        Column(p0, p1, p2, out b0, out b1);
        p0 += d0;
        p1 += d1;
        p2 += d2;

        // Three pixels a turn: the columns change their places in the window without a move. The last pixel is left over.
        for (; count > 3; count -= 3)
        {
            Column(p0, p1, p2, out c0, out c1);
            Pixel<TRounding>(a0, a1, b0, b1, c0, c1, w00, w01, w10, w11, w20, w21, constants, zeroPoint, low, high, y);
            Column(p0 + d0, p1 + d1, p2 + d2, out a0, out a1);
            Pixel<TRounding>(b0, b1, c0, c1, a0, a1, w00, w01, w10, w11, w20, w21, constants, zeroPoint, low, high, y + outputStep);
            Column(p0 + (2 * d0), p1 + (2 * d1), p2 + (2 * d2), out b0, out b1);
            Pixel<TRounding>(c0, c1, a0, a1, b0, b1, w00, w01, w10, w11, w20, w21, constants, zeroPoint, low, high, y + (2 * outputStep));
            p0 += 3 * d0;
            p1 += 3 * d1;
            p2 += 3 * d2;
            y += 3 * outputStep;
        }

        for (; count != 0; count--, y += outputStep)
        {
            if (count == outsideAt)
                p0 = p1 = p2 = outside;
            Column(p0, p1, p2, out c0, out c1);
            p0 += d0;
            p1 += d1;
            p2 += d2;
            Pixel<TRounding>(a0, a1, b0, b1, c0, c1, w00, w01, w10, w11, w20, w21, constants, zeroPoint, low, high, y);
            a0 = b0;
            a1 = b1;
            b0 = c0;
            b1 = c1;
        }
    }

    public static void Stride2<TRounding>(DepthwiseRow* row)
        where TRounding : struct, IRounding
    {
        byte* p0 = row->Row0, p1 = row->Row1, p2 = row->Row2, outside = row->Outside;
        nint d0 = row->Step0, d1 = row->Step1, d2 = row->Step2;
        int* constants = (int*)row->Constants;
        Weights(constants, out Vector128<sbyte> w00, out Vector128<sbyte> w01, out Vector128<sbyte> w10, out Vector128<sbyte> w11, out Vector128<sbyte> w20, out Vector128<sbyte> w21);
        Vector128<short> zeroPoint = row->Limits.ZeroPoint;
        Vector64<sbyte> low = row->Limits.Low.GetLower(), high = row->Limits.High.GetLower();
        sbyte* y = row->Output;
        nint outputStep = row->OutputStep;
        int count = row->Count;
        int outsideAt = row->RightOutside ? 1 : 0;
        Vector128<sbyte> a0, a1, b0, b1, c0, c1;
        if (row->LeftOutside)
        {
            Column(outside, outside, outside, out a0, out a1);
        }
        else
        {
            Column(p0, p1, p2, out a0, out a1);
            p0 += d0;
            p1 += d1;
            p2 += d2;
        }

        // Two pixels a turn: the last column of one is the first of the next. The last pixel is left over.
        for (; count > 2; count -= 2)
        {
            Column(p0, p1, p2, out b0, out b1);
            Column(p0 + d0, p1 + d1, p2 + d2, out c0, out c1);
            Pixel<TRounding>(a0, a1, b0, b1, c0, c1, w00, w01, w10, w11, w20, w21, constants, zeroPoint, low, high, y);
            Column(p0 + (2 * d0), p1 + (2 * d1), p2 + (2 * d2), out b0, out b1);
            Column(p0 + (3 * d0), p1 + (3 * d1), p2 + (3 * d2), out a0, out a1);
            Pixel<TRounding>(c0, c1, b0, b1, a0, a1, w00, w01, w10, w11, w20, w21, constants, zeroPoint, low, high, y + outputStep);
            p0 += 4 * d0;
            p1 += 4 * d1;
            p2 += 4 * d2;
            y += 2 * outputStep;
        }

        for (; count != 0; count--, y += outputStep)
        {
            Column(p0, p1, p2, out b0, out b1);
            p0 += d0;
            p1 += d1;
            p2 += d2;
            if (count == outsideAt)
                p0 = p1 = p2 = outside;
            Column(p0, p1, p2, out c0, out c1);
            p0 += d0;
            p1 += d1;
            p2 += d2;
            Pixel<TRounding>(a0, a1, b0, b1, c0, c1, w00, w01, w10, w11, w20, w21, constants, zeroPoint, low, high, y);
            a0 = c0;
            a1 = c1;
        }
    }

    /// <summary>The weights of the three columns, behind bias, multipliers and shifts; channels 0..3 and 4..7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Weights(
        int* constants,
        out Vector128<sbyte> w00,
        out Vector128<sbyte> w01,
        out Vector128<sbyte> w10,
        out Vector128<sbyte> w11,
        out Vector128<sbyte> w20,
        out Vector128<sbyte> w21)
    {
        sbyte* w = (sbyte*)(constants + 24);
        w00 = AdvSimd.LoadVector128(w);
        w01 = AdvSimd.LoadVector128(w + 16);
        w10 = AdvSimd.LoadVector128(w + 32);
        w11 = AdvSimd.LoadVector128(w + 48);
        w20 = AdvSimd.LoadVector128(w + 64);
        w21 = AdvSimd.LoadVector128(w + 80);
    }

    /// <summary>Rows 0, 1, 2, 2 of a column for channels 0..3 and 4..7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(byte* p0, byte* p1, byte* p2, out Vector128<sbyte> v0, out Vector128<sbyte> v1)
    {
        Vector128<byte> r0 = AdvSimd.LoadVector64(p0).ToVector128Unsafe();
        Vector128<byte> r1 = AdvSimd.LoadVector64(p1).ToVector128Unsafe();
        Vector128<byte> r2 = AdvSimd.LoadVector64(p2).ToVector128Unsafe();
        Vector128<short> x = AdvSimd.Arm64.ZipLow(r0, r1).AsInt16();
        Vector128<short> z = AdvSimd.Arm64.ZipLow(r2, r2).AsInt16();
        v0 = AdvSimd.Arm64.ZipLow(x, z).AsSByte();
        v1 = AdvSimd.Arm64.ZipHigh(x, z).AsSByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pixel<TRounding>(
        Vector128<sbyte> a0,
        Vector128<sbyte> a1,
        Vector128<sbyte> b0,
        Vector128<sbyte> b1,
        Vector128<sbyte> c0,
        Vector128<sbyte> c1,
        Vector128<sbyte> w00,
        Vector128<sbyte> w01,
        Vector128<sbyte> w10,
        Vector128<sbyte> w11,
        Vector128<sbyte> w20,
        Vector128<sbyte> w21,
        int* constants,
        Vector128<short> zeroPoint,
        Vector64<sbyte> low,
        Vector64<sbyte> high,
        sbyte* y)
        where TRounding : struct, IRounding
    {
        Vector128<int> s0 = Dp.DotProduct(AdvSimd.LoadVector128(constants), a0, w00);
        Vector128<int> s1 = Dp.DotProduct(AdvSimd.LoadVector128(constants + 4), a1, w01);
        s0 = Dp.DotProduct(s0, b0, w10);
        s1 = Dp.DotProduct(s1, b1, w11);
        s0 = Dp.DotProduct(s0, c0, w20);
        s1 = Dp.DotProduct(s1, c1, w21);
        s0 = NeonRequantization.Scale<TRounding>(s0, AdvSimd.LoadVector128(constants + 8), AdvSimd.LoadVector128(constants + 16));
        s1 = NeonRequantization.Scale<TRounding>(s1, AdvSimd.LoadVector128(constants + 12), AdvSimd.LoadVector128(constants + 20));
        AdvSimd.Store(y, NeonRequantization.Limit<TRounding>(NeonRequantization.NarrowUnzipped<TRounding>(s0, s1, zeroPoint), low, high));
    }
}
