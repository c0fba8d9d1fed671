using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// 3x3 depthwise convolution in NEON without dot product, 16 (or 8) channels of one pixel at a time: smull and smlal add the products of two taps in int16
/// (which they fit when no weight is -128), saddw adds those to int32. All 9 weight vectors stay in registers, their lower halves a second time, since taking
/// the lower half of a live register costs a copy.
/// </summary>
internal readonly unsafe struct NeonDepthwise3x3Tile : IDepthwiseTile
{
    public static bool AllowsMinimumWeight => false;

    public static int Taps => 9;

    public static int WeightBytes(int taps, int width) => taps * width;

    public static int WeightOffset(int tap, int channel, int width) => (tap * width) + channel;

    public static void Wide<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding
    {
        byte** taps = run->Taps;
        nint x = run->Channel;
        byte* p0 = taps[0], p1 = taps[1], p2 = taps[2], p3 = taps[3], p4 = taps[4], p5 = taps[5], p6 = taps[6], p7 = taps[7], p8 = taps[8];
        int* constants = (int*)run->Constants;
        sbyte* w = (sbyte*)(constants + 48);
        Vector128<sbyte> w0 = AdvSimd.LoadVector128(w);
        Vector128<sbyte> w1 = AdvSimd.LoadVector128(w + 16);
        Vector128<sbyte> w2 = AdvSimd.LoadVector128(w + 32);
        Vector128<sbyte> w3 = AdvSimd.LoadVector128(w + 48);
        Vector128<sbyte> w4 = AdvSimd.LoadVector128(w + 64);
        Vector128<sbyte> w5 = AdvSimd.LoadVector128(w + 80);
        Vector128<sbyte> w6 = AdvSimd.LoadVector128(w + 96);
        Vector128<sbyte> w7 = AdvSimd.LoadVector128(w + 112);
        Vector128<sbyte> w8 = AdvSimd.LoadVector128(w + 128);
        Vector64<sbyte> v0 = AdvSimd.LoadVector64(w);
        Vector64<sbyte> v1 = AdvSimd.LoadVector64(w + 16);
        Vector64<sbyte> v2 = AdvSimd.LoadVector64(w + 32);
        Vector64<sbyte> v3 = AdvSimd.LoadVector64(w + 48);
        Vector64<sbyte> v4 = AdvSimd.LoadVector64(w + 64);
        Vector64<sbyte> v5 = AdvSimd.LoadVector64(w + 80);
        Vector64<sbyte> v6 = AdvSimd.LoadVector64(w + 96);
        Vector64<sbyte> v7 = AdvSimd.LoadVector64(w + 112);
        Vector64<sbyte> v8 = AdvSimd.LoadVector64(w + 128);
        Vector128<short> zeroPoint = run->Limits.ZeroPoint;
        Vector128<sbyte> low = run->Limits.Low;
        Vector128<sbyte> high = run->Limits.High;
        nint step = run->InputStep;
        nint outputStep = run->OutputStep;
        sbyte* y = run->Output;
        int count = run->Count;
        do
        {
            Vector128<int> c0 = AdvSimd.LoadVector128(constants);
            Vector128<int> c1 = AdvSimd.LoadVector128(constants + 4);
            Vector128<int> c2 = AdvSimd.LoadVector128(constants + 8);
            Vector128<int> c3 = AdvSimd.LoadVector128(constants + 12);
            Vector128<sbyte> x0 = AdvSimd.LoadVector128((sbyte*)p0 + x);
            Vector128<sbyte> x1 = AdvSimd.LoadVector128((sbyte*)p1 + x);
            Vector128<sbyte> x2 = AdvSimd.LoadVector128((sbyte*)p2 + x);
            Vector128<sbyte> x3 = AdvSimd.LoadVector128((sbyte*)p3 + x);
            Vector128<short> h0 = AdvSimd.MultiplyWideningUpper(x0, w0);
            Vector128<short> h2 = AdvSimd.MultiplyWideningUpper(x2, w2);
            Vector128<short> l0 = AdvSimd.MultiplyWideningLower(x0.GetLower(), v0);
            Vector128<short> l2 = AdvSimd.MultiplyWideningLower(x2.GetLower(), v2);
            h0 = AdvSimd.MultiplyWideningUpperAndAdd(h0, x1, w1);
            h2 = AdvSimd.MultiplyWideningUpperAndAdd(h2, x3, w3);
            l0 = AdvSimd.MultiplyWideningLowerAndAdd(l0, x1.GetLower(), v1);
            l2 = AdvSimd.MultiplyWideningLowerAndAdd(l2, x3.GetLower(), v3);
            c3 = AdvSimd.AddWideningUpper(c3, h0);
            c1 = AdvSimd.AddWideningUpper(c1, l0);
            c2 = AdvSimd.AddWideningLower(c2, h0.GetLower());
            c0 = AdvSimd.AddWideningLower(c0, l0.GetLower());
            c3 = AdvSimd.AddWideningUpper(c3, h2);
            c1 = AdvSimd.AddWideningUpper(c1, l2);
            c2 = AdvSimd.AddWideningLower(c2, h2.GetLower());
            c0 = AdvSimd.AddWideningLower(c0, l2.GetLower());
            Vector128<sbyte> x4 = AdvSimd.LoadVector128((sbyte*)p4 + x);
            Vector128<sbyte> x5 = AdvSimd.LoadVector128((sbyte*)p5 + x);
            Vector128<sbyte> x6 = AdvSimd.LoadVector128((sbyte*)p6 + x);
            Vector128<sbyte> x7 = AdvSimd.LoadVector128((sbyte*)p7 + x);
            Vector128<short> h4 = AdvSimd.MultiplyWideningUpper(x4, w4);
            Vector128<short> h6 = AdvSimd.MultiplyWideningUpper(x6, w6);
            Vector128<short> l4 = AdvSimd.MultiplyWideningLower(x4.GetLower(), v4);
            Vector128<short> l6 = AdvSimd.MultiplyWideningLower(x6.GetLower(), v6);
            h4 = AdvSimd.MultiplyWideningUpperAndAdd(h4, x5, w5);
            h6 = AdvSimd.MultiplyWideningUpperAndAdd(h6, x7, w7);
            l4 = AdvSimd.MultiplyWideningLowerAndAdd(l4, x5.GetLower(), v5);
            l6 = AdvSimd.MultiplyWideningLowerAndAdd(l6, x7.GetLower(), v7);
            c3 = AdvSimd.AddWideningUpper(c3, h4);
            c1 = AdvSimd.AddWideningUpper(c1, l4);
            c2 = AdvSimd.AddWideningLower(c2, h4.GetLower());
            c0 = AdvSimd.AddWideningLower(c0, l4.GetLower());
            c3 = AdvSimd.AddWideningUpper(c3, h6);
            c1 = AdvSimd.AddWideningUpper(c1, l6);
            c2 = AdvSimd.AddWideningLower(c2, h6.GetLower());
            c0 = AdvSimd.AddWideningLower(c0, l6.GetLower());
            Vector128<sbyte> x8 = AdvSimd.LoadVector128((sbyte*)p8 + x);
            Vector128<short> h8 = AdvSimd.MultiplyWideningUpper(x8, w8);
            Vector128<short> l8 = AdvSimd.MultiplyWideningLower(x8.GetLower(), v8);
            c3 = AdvSimd.AddWideningUpper(c3, h8);
            c1 = AdvSimd.AddWideningUpper(c1, l8);
            c2 = AdvSimd.AddWideningLower(c2, h8.GetLower());
            c0 = AdvSimd.AddWideningLower(c0, l8.GetLower());
            x += step;
            c0 = NeonRequantization.Scale<TRounding>(c0, AdvSimd.LoadVector128(constants + 16), AdvSimd.LoadVector128(constants + 32));
            c1 = NeonRequantization.Scale<TRounding>(c1, AdvSimd.LoadVector128(constants + 20), AdvSimd.LoadVector128(constants + 36));
            c2 = NeonRequantization.Scale<TRounding>(c2, AdvSimd.LoadVector128(constants + 24), AdvSimd.LoadVector128(constants + 40));
            c3 = NeonRequantization.Scale<TRounding>(c3, AdvSimd.LoadVector128(constants + 28), AdvSimd.LoadVector128(constants + 44));
            Vector128<short> r0 = NeonRequantization.Narrow(c0, c1, zeroPoint);
            Vector128<short> r1 = NeonRequantization.Narrow(c2, c3, zeroPoint);
            AdvSimd.Store(y, NeonRequantization.Limit(r0, r1, low, high));
            y += outputStep;
        }
        while (--count != 0);
    }

    public static void Narrow<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding
    {
        byte** taps = run->Taps;
        nint x = run->Channel;
        byte* p0 = taps[0], p1 = taps[1], p2 = taps[2], p3 = taps[3], p4 = taps[4], p5 = taps[5], p6 = taps[6], p7 = taps[7], p8 = taps[8];
        int* constants = (int*)run->Constants;
        sbyte* w = (sbyte*)(constants + 24);
        Vector64<sbyte> v0 = AdvSimd.LoadVector64(w);
        Vector64<sbyte> v1 = AdvSimd.LoadVector64(w + 8);
        Vector64<sbyte> v2 = AdvSimd.LoadVector64(w + 16);
        Vector64<sbyte> v3 = AdvSimd.LoadVector64(w + 24);
        Vector64<sbyte> v4 = AdvSimd.LoadVector64(w + 32);
        Vector64<sbyte> v5 = AdvSimd.LoadVector64(w + 40);
        Vector64<sbyte> v6 = AdvSimd.LoadVector64(w + 48);
        Vector64<sbyte> v7 = AdvSimd.LoadVector64(w + 56);
        Vector64<sbyte> v8 = AdvSimd.LoadVector64(w + 64);
        Vector128<short> zeroPoint = run->Limits.ZeroPoint;
        Vector64<sbyte> low = run->Limits.Low.GetLower();
        Vector64<sbyte> high = run->Limits.High.GetLower();
        nint step = run->InputStep;
        nint outputStep = run->OutputStep;
        sbyte* y = run->Output;
        int count = run->Count;
        do
        {
            Vector128<int> c0 = AdvSimd.LoadVector128(constants);
            Vector128<int> c1 = AdvSimd.LoadVector128(constants + 4);
            Vector64<sbyte> x0 = AdvSimd.LoadVector64((sbyte*)p0 + x);
            Vector64<sbyte> x1 = AdvSimd.LoadVector64((sbyte*)p1 + x);
            Vector64<sbyte> x2 = AdvSimd.LoadVector64((sbyte*)p2 + x);
            Vector64<sbyte> x3 = AdvSimd.LoadVector64((sbyte*)p3 + x);
            Vector128<short> l0 = AdvSimd.MultiplyWideningLower(x0, v0);
            Vector128<short> l2 = AdvSimd.MultiplyWideningLower(x2, v2);
            l0 = AdvSimd.MultiplyWideningLowerAndAdd(l0, x1, v1);
            l2 = AdvSimd.MultiplyWideningLowerAndAdd(l2, x3, v3);
            c1 = AdvSimd.AddWideningUpper(c1, l0);
            c0 = AdvSimd.AddWideningLower(c0, l0.GetLower());
            c1 = AdvSimd.AddWideningUpper(c1, l2);
            c0 = AdvSimd.AddWideningLower(c0, l2.GetLower());
            Vector64<sbyte> x4 = AdvSimd.LoadVector64((sbyte*)p4 + x);
            Vector64<sbyte> x5 = AdvSimd.LoadVector64((sbyte*)p5 + x);
            Vector64<sbyte> x6 = AdvSimd.LoadVector64((sbyte*)p6 + x);
            Vector64<sbyte> x7 = AdvSimd.LoadVector64((sbyte*)p7 + x);
            Vector128<short> l4 = AdvSimd.MultiplyWideningLower(x4, v4);
            Vector128<short> l6 = AdvSimd.MultiplyWideningLower(x6, v6);
            l4 = AdvSimd.MultiplyWideningLowerAndAdd(l4, x5, v5);
            l6 = AdvSimd.MultiplyWideningLowerAndAdd(l6, x7, v7);
            c1 = AdvSimd.AddWideningUpper(c1, l4);
            c0 = AdvSimd.AddWideningLower(c0, l4.GetLower());
            c1 = AdvSimd.AddWideningUpper(c1, l6);
            c0 = AdvSimd.AddWideningLower(c0, l6.GetLower());
            Vector64<sbyte> x8 = AdvSimd.LoadVector64((sbyte*)p8 + x);
            Vector128<short> l8 = AdvSimd.MultiplyWideningLower(x8, v8);
            c1 = AdvSimd.AddWideningUpper(c1, l8);
            c0 = AdvSimd.AddWideningLower(c0, l8.GetLower());
            x += step;
            c0 = NeonRequantization.Scale<TRounding>(c0, AdvSimd.LoadVector128(constants + 8), AdvSimd.LoadVector128(constants + 16));
            c1 = NeonRequantization.Scale<TRounding>(c1, AdvSimd.LoadVector128(constants + 12), AdvSimd.LoadVector128(constants + 20));
            AdvSimd.Store(y, NeonRequantization.Limit(NeonRequantization.Narrow(c0, c1, zeroPoint), low, high));
            y += outputStep;
        }
        while (--count != 0);
    }
}
