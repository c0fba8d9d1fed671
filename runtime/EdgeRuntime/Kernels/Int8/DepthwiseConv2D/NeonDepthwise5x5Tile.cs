using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// 5x5 depthwise convolution in NEON without dot product: four pixels of 8 channels. For each row of the filter its five weights are loaded once, and each column once for all pixels
/// whose windows hold it: 13 loads (16 with stride 2) for 20 products. smull and smlal add the products of two taps in int16 (<see cref="PairedProducts"/>), saddw adds those to int32.
/// Each instruction is done for all four pixels before the next, so that an in-order core need not wait for results. The two strides repeat their frame: one method for both, inlined
/// with the stride as a constant, took 1.4 times as long on A72.
/// </summary>
internal readonly unsafe struct NeonDepthwise5x5Tile<TSums> : IDepthwise5x5Tile
    where TSums : struct, IProductSums
{
    private const int Filter = 5;

    public static bool HasBlockRounding => true;

    public static bool AllowsMinimumWeight => !TSums.InPairs;

    public static int WeightBytes(int taps, int width) => taps * width;

    public static int WeightOffset(int tap, int channel, int width) => (tap * width) + channel;

    public static void Stride1<TRounding>(DepthwisePixels* pixels)
        where TRounding : struct, IRounding
    {
        byte* window = pixels->Window;
        sbyte* y = pixels->Output;
        nint pitch = pixels->Pitch;
        nint step = pixels->Channels;
        nint outputStep = step;
        int left = pixels->Count;
        if (left < DepthwisePixels.Tile)
        {
            y = pixels->Parts;
            outputStep = DepthwiseBlocks.Narrow;
        }

        int* constants = (int*)pixels->Constants;
        while (true)
        {
            Start(constants, out Vector128<int> c00, out Vector128<int> c01, out Vector128<int> c10, out Vector128<int> c11);
            Vector128<int> c20 = c00, c21 = c01, c30 = c10, c31 = c11;
            Vector128<short> t0 = Vector128<short>.Zero, t1 = t0, t2 = t0, t3 = t0;
            sbyte* w = (sbyte*)(constants + 24);
            byte* row = window;
            for (int r = Filter; r != 0; r--, row += pitch, w += Filter * 8)
            {
                sbyte* x = (sbyte*)row;
                Vector64<sbyte> x0 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> w0 = AdvSimd.LoadVector64(w);
                Vector64<sbyte> x1 = AdvSimd.LoadVector64(x + step);
                Vector64<sbyte> w1 = AdvSimd.LoadVector64(w + 8);
                x += 2 * step;
                Vector64<sbyte> x2 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> w2 = AdvSimd.LoadVector64(w + 16);
                Vector64<sbyte> x3 = AdvSimd.LoadVector64(x + step);
                Vector64<sbyte> w3 = AdvSimd.LoadVector64(w + 24);
                x += 2 * step;
                Vector64<sbyte> x4 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> w4 = AdvSimd.LoadVector64(w + 32);
                Vector64<sbyte> x5 = AdvSimd.LoadVector64(x + step);
                x += 2 * step;
                Vector64<sbyte> x6 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> x7 = AdvSimd.LoadVector64(x + step);
                NextTwo(x0, x1, x2, x3, w0, x1, x2, x3, x4, w1, t0, t1, t2, t3, out Vector128<short> p0, out Vector128<short> p1, out Vector128<short> p2, out Vector128<short> p3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
                NextTwo(x2, x3, x4, x5, w2, x3, x4, x5, x6, w3, p0, p1, p2, p3, out Vector128<short> q0, out Vector128<short> q1, out Vector128<short> q2, out Vector128<short> q3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
                NextOne(x4, x5, x6, x7, w4, q0, q1, q2, q3, out t0, out t1, out t2, out t3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
            }

            Widen(t0, t1, t2, t3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
            Store<TRounding>(constants, in pixels->Limits, c00, c01, c10, c11, c20, c21, c30, c31, y, outputStep);
            left -= DepthwisePixels.Tile;
            if (left <= 0)
                break;

            // The last tile begins earlier, and does pixels again that the one before it did.
            int forward = Math.Min(left, DepthwisePixels.Tile);
            window += forward * step;
            y += forward * step;
        }

        if (left < 0 && pixels->Count < DepthwisePixels.Tile)
            DepthwisePixels.StoreParts(pixels);
    }

    public static void Stride2<TRounding>(DepthwisePixels* pixels)
        where TRounding : struct, IRounding
    {
        byte* window = pixels->Window;
        sbyte* y = pixels->Output;
        nint pitch = pixels->Pitch;
        nint step = pixels->Channels;
        nint outputStep = step;
        int left = pixels->Count;
        if (left < DepthwisePixels.Tile)
        {
            y = pixels->Parts;
            outputStep = DepthwiseBlocks.Narrow;
        }

        int* constants = (int*)pixels->Constants;
        while (true)
        {
            Start(constants, out Vector128<int> c00, out Vector128<int> c01, out Vector128<int> c10, out Vector128<int> c11);
            Vector128<int> c20 = c00, c21 = c01, c30 = c10, c31 = c11;
            Vector128<short> t0 = Vector128<short>.Zero, t1 = t0, t2 = t0, t3 = t0;
            sbyte* w = (sbyte*)(constants + 24);
            byte* row = window;
            for (int r = Filter; r != 0; r--, row += pitch, w += Filter * 8)
            {
                sbyte* x = (sbyte*)row;
                Vector64<sbyte> x0 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> w0 = AdvSimd.LoadVector64(w);
                Vector64<sbyte> x1 = AdvSimd.LoadVector64(x + step);
                Vector64<sbyte> w1 = AdvSimd.LoadVector64(w + 8);
                x += 2 * step;
                Vector64<sbyte> x2 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> w2 = AdvSimd.LoadVector64(w + 16);
                Vector64<sbyte> x3 = AdvSimd.LoadVector64(x + step);
                Vector64<sbyte> w3 = AdvSimd.LoadVector64(w + 24);
                x += 2 * step;
                Vector64<sbyte> x4 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> w4 = AdvSimd.LoadVector64(w + 32);
                Vector64<sbyte> x5 = AdvSimd.LoadVector64(x + step);
                x += 2 * step;
                Vector64<sbyte> x6 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> x7 = AdvSimd.LoadVector64(x + step);
                x += 2 * step;
                NextTwo(x0, x2, x4, x6, w0, x1, x3, x5, x7, w1, t0, t1, t2, t3, out Vector128<short> p0, out Vector128<short> p1, out Vector128<short> p2, out Vector128<short> p3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
                Vector64<sbyte> x8 = AdvSimd.LoadVector64(x);
                Vector64<sbyte> x9 = AdvSimd.LoadVector64(x + step);
                Vector64<sbyte> x10 = AdvSimd.LoadVector64(x + (2 * step));
                NextTwo(x2, x4, x6, x8, w2, x3, x5, x7, x9, w3, p0, p1, p2, p3, out Vector128<short> q0, out Vector128<short> q1, out Vector128<short> q2, out Vector128<short> q3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
                NextOne(x4, x6, x8, x10, w4, q0, q1, q2, q3, out t0, out t1, out t2, out t3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
            }

            Widen(t0, t1, t2, t3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
            Store<TRounding>(constants, in pixels->Limits, c00, c01, c10, c11, c20, c21, c30, c31, y, outputStep);
            left -= DepthwisePixels.Tile;
            if (left <= 0)
                break;
            int forward = Math.Min(left, DepthwisePixels.Tile);
            window += 2 * forward * step;
            y += forward * step;
        }

        if (left < 0 && pixels->Count < DepthwisePixels.Tile)
            DepthwisePixels.StoreParts(pixels);
    }

    /// <summary>Biases of two pixels: those of the others are copies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start(int* constants, out Vector128<int> c00, out Vector128<int> c01, out Vector128<int> c10, out Vector128<int> c11)
    {
        c00 = AdvSimd.LoadVector128(constants);
        c01 = AdvSimd.LoadVector128(constants + 4);
        c10 = c00;
        c11 = c01;
    }

    /// <summary>
    /// The products of two taps of four pixels (x: under the tap v; z: under the tap w) in place of those before them, which are added to the sums meanwhile: additions run beside
    /// multiplications, which take one of two pipes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NextTwo(
        Vector64<sbyte> x0,
        Vector64<sbyte> x1,
        Vector64<sbyte> x2,
        Vector64<sbyte> x3,
        Vector64<sbyte> v,
        Vector64<sbyte> z0,
        Vector64<sbyte> z1,
        Vector64<sbyte> z2,
        Vector64<sbyte> z3,
        Vector64<sbyte> w,
        Vector128<short> t0,
        Vector128<short> t1,
        Vector128<short> t2,
        Vector128<short> t3,
        out Vector128<short> y0,
        out Vector128<short> y1,
        out Vector128<short> y2,
        out Vector128<short> y3,
        ref Vector128<int> c00,
        ref Vector128<int> c01,
        ref Vector128<int> c10,
        ref Vector128<int> c11,
        ref Vector128<int> c20,
        ref Vector128<int> c21,
        ref Vector128<int> c30,
        ref Vector128<int> c31)
    {
        if (!TSums.InPairs)
        {
            NextOne(x0, x1, x2, x3, v, t0, t1, t2, t3, out Vector128<short> p0, out Vector128<short> p1, out Vector128<short> p2, out Vector128<short> p3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
            NextOne(z0, z1, z2, z3, w, p0, p1, p2, p3, out y0, out y1, out y2, out y3, ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31);
            return;
        }

        Vector128<short> u0 = AdvSimd.MultiplyWideningLower(x0, v);
        c01 = AdvSimd.AddWideningUpper(c01, t0);
        Vector128<short> u1 = AdvSimd.MultiplyWideningLower(x1, v);
        c11 = AdvSimd.AddWideningUpper(c11, t1);
        Vector128<short> u2 = AdvSimd.MultiplyWideningLower(x2, v);
        c21 = AdvSimd.AddWideningUpper(c21, t2);
        Vector128<short> u3 = AdvSimd.MultiplyWideningLower(x3, v);
        c31 = AdvSimd.AddWideningUpper(c31, t3);
        Vector64<short> l0 = t0.GetLower();
        Vector64<short> l1 = t1.GetLower();
        Vector64<short> l2 = t2.GetLower();
        Vector64<short> l3 = t3.GetLower();
        y0 = AdvSimd.MultiplyWideningLowerAndAdd(u0, z0, w);
        c00 = AdvSimd.AddWideningLower(c00, l0);
        y1 = AdvSimd.MultiplyWideningLowerAndAdd(u1, z1, w);
        c10 = AdvSimd.AddWideningLower(c10, l1);
        y2 = AdvSimd.MultiplyWideningLowerAndAdd(u2, z2, w);
        c20 = AdvSimd.AddWideningLower(c20, l2);
        y3 = AdvSimd.MultiplyWideningLowerAndAdd(u3, z3, w);
        c30 = AdvSimd.AddWideningLower(c30, l3);
    }

    /// <summary>The products of one tap of four pixels in place of those before them, which are added to the sums meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NextOne(
        Vector64<sbyte> x0,
        Vector64<sbyte> x1,
        Vector64<sbyte> x2,
        Vector64<sbyte> x3,
        Vector64<sbyte> w,
        Vector128<short> t0,
        Vector128<short> t1,
        Vector128<short> t2,
        Vector128<short> t3,
        out Vector128<short> y0,
        out Vector128<short> y1,
        out Vector128<short> y2,
        out Vector128<short> y3,
        ref Vector128<int> c00,
        ref Vector128<int> c01,
        ref Vector128<int> c10,
        ref Vector128<int> c11,
        ref Vector128<int> c20,
        ref Vector128<int> c21,
        ref Vector128<int> c30,
        ref Vector128<int> c31)
    {
        y0 = AdvSimd.MultiplyWideningLower(x0, w);
        c01 = AdvSimd.AddWideningUpper(c01, t0);
        y1 = AdvSimd.MultiplyWideningLower(x1, w);
        c11 = AdvSimd.AddWideningUpper(c11, t1);
        y2 = AdvSimd.MultiplyWideningLower(x2, w);
        c21 = AdvSimd.AddWideningUpper(c21, t2);
        y3 = AdvSimd.MultiplyWideningLower(x3, w);
        c31 = AdvSimd.AddWideningUpper(c31, t3);
        Vector64<short> l0 = t0.GetLower();
        Vector64<short> l1 = t1.GetLower();
        Vector64<short> l2 = t2.GetLower();
        Vector64<short> l3 = t3.GetLower();
        c00 = AdvSimd.AddWideningLower(c00, l0);
        c10 = AdvSimd.AddWideningLower(c10, l1);
        c20 = AdvSimd.AddWideningLower(c20, l2);
        c30 = AdvSimd.AddWideningLower(c30, l3);
    }

    /// <summary>
    /// Adds int16 to int32; upper halves first, and all lower halves before the first is used: each then is the last use of its register, and keeps it. Otherwise the compiler copies.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(
        Vector128<short> t0,
        Vector128<short> t1,
        Vector128<short> t2,
        Vector128<short> t3,
        ref Vector128<int> c00,
        ref Vector128<int> c01,
        ref Vector128<int> c10,
        ref Vector128<int> c11,
        ref Vector128<int> c20,
        ref Vector128<int> c21,
        ref Vector128<int> c30,
        ref Vector128<int> c31)
    {
        c01 = AdvSimd.AddWideningUpper(c01, t0);
        c11 = AdvSimd.AddWideningUpper(c11, t1);
        c21 = AdvSimd.AddWideningUpper(c21, t2);
        c31 = AdvSimd.AddWideningUpper(c31, t3);
        Vector64<short> l0 = t0.GetLower();
        Vector64<short> l1 = t1.GetLower();
        Vector64<short> l2 = t2.GetLower();
        Vector64<short> l3 = t3.GetLower();
        c00 = AdvSimd.AddWideningLower(c00, l0);
        c10 = AdvSimd.AddWideningLower(c10, l1);
        c20 = AdvSimd.AddWideningLower(c20, l2);
        c30 = AdvSimd.AddWideningLower(c30, l3);
    }

    /// <summary>Requantizes and stores four pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TRounding>(
        int* constants,
        in OutputLimits limits,
        Vector128<int> c00,
        Vector128<int> c01,
        Vector128<int> c10,
        Vector128<int> c11,
        Vector128<int> c20,
        Vector128<int> c21,
        Vector128<int> c30,
        Vector128<int> c31,
        sbyte* y,
        nint outputStep)
        where TRounding : struct, IRounding
    {
        Vector128<int> m0 = AdvSimd.LoadVector128(constants + 8);
        Vector128<int> m1 = AdvSimd.LoadVector128(constants + 12);
        Vector128<int> s0 = AdvSimd.LoadVector128(constants + 16);
        Vector128<int> s1 = AdvSimd.LoadVector128(constants + 20);
        if (TRounding.Mode != RoundingMode.Fused)
        {
            NeonRequantization.Multiply<TRounding>(ref c00, ref c01, ref c10, ref c11, m0, m1, m0, m1, s0, s1, s0, s1);
            NeonRequantization.Multiply<TRounding>(ref c20, ref c21, ref c30, ref c31, m0, m1, m0, m1, s0, s1, s0, s1);
            NeonRequantization.Round<TRounding>(ref c00, ref c01, ref c10, ref c11, s0, s1, s0, s1);
            NeonRequantization.Round<TRounding>(ref c20, ref c21, ref c30, ref c31, s0, s1, s0, s1);
        }

        Vector128<short> zeroPoint = limits.ZeroPoint;
        Vector64<sbyte> low = limits.Low.GetLower();
        Vector64<sbyte> high = limits.High.GetLower();
        Vector128<short> r0 = NeonRequantization.Finish<TRounding>(c00, c01, m0, m1, s0, s1, zeroPoint);
        Vector128<short> r1 = NeonRequantization.Finish<TRounding>(c10, c11, m0, m1, s0, s1, zeroPoint);
        Vector128<short> r2 = NeonRequantization.Finish<TRounding>(c20, c21, m0, m1, s0, s1, zeroPoint);
        Vector128<short> r3 = NeonRequantization.Finish<TRounding>(c30, c31, m0, m1, s0, s1, zeroPoint);
        AdvSimd.Store(y, NeonRequantization.Limit<TRounding>(r0, low, high));
        AdvSimd.Store(y + outputStep, NeonRequantization.Limit<TRounding>(r1, low, high));
        y += 2 * outputStep;
        AdvSimd.Store(y, NeonRequantization.Limit<TRounding>(r2, low, high));
        AdvSimd.Store(y + outputStep, NeonRequantization.Limit<TRounding>(r3, low, high));
    }
}
