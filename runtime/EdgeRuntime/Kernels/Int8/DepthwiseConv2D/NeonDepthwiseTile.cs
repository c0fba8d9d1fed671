using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Depthwise convolution of any window in NEON without dot product, 16 (or 8) channels of one pixel at a time: smull and smlal add the products of two taps in int16
/// (<see cref="PairedProducts"/>), saddw adds those to int32; weights are read for every pixel.
/// </summary>
internal readonly unsafe struct NeonDepthwiseTile<TSums> : IDepthwiseTile
    where TSums : struct, IProductSums
{
    public static bool HasBlockRounding => true;

    public static bool AllowsMinimumWeight => !TSums.InPairs;

    public static int WeightBytes(int taps, int width) => ((taps + 1) & ~1) * width;

    public static int WeightOffset(int tap, int channel, int width) => (tap * width) + channel;

    public static void Wide<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding
    {
        int* constants = (int*)run->Constants;
        byte** taps = run->Taps;
        int pairs = (run->TapCount + 1) / 2;
        Vector128<short> zeroPoint = run->Limits.ZeroPoint;
        Vector128<sbyte> low = run->Limits.Low;
        Vector128<sbyte> high = run->Limits.High;
        nint x = run->Channel;
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
            sbyte* w = (sbyte*)(constants + 48);
            byte** tap = taps;
            for (int i = pairs; i != 0; i--)
            {
                Vector128<sbyte> x0 = AdvSimd.LoadVector128((sbyte*)tap[0] + x);
                Vector128<sbyte> x1 = AdvSimd.LoadVector128((sbyte*)tap[1] + x);
                Vector128<short> h = AdvSimd.MultiplyWideningUpper(x0, AdvSimd.LoadVector128(w));
                Vector128<short> l = AdvSimd.MultiplyWideningLower(x0.GetLower(), AdvSimd.LoadVector64(w));
                if (!TSums.InPairs)
                {
                    c3 = AdvSimd.AddWideningUpper(c3, h);
                    c1 = AdvSimd.AddWideningUpper(c1, l);
                    c2 = AdvSimd.AddWideningLower(c2, h.GetLower());
                    c0 = AdvSimd.AddWideningLower(c0, l.GetLower());
                }

                h = ProductSums.Upper<TSums>(h, x1, AdvSimd.LoadVector128(w + 16));
                l = ProductSums.Lower<TSums>(l, x1.GetLower(), AdvSimd.LoadVector64(w + 16));
                c3 = AdvSimd.AddWideningUpper(c3, h);
                c1 = AdvSimd.AddWideningUpper(c1, l);
                c2 = AdvSimd.AddWideningLower(c2, h.GetLower());
                c0 = AdvSimd.AddWideningLower(c0, l.GetLower());
                tap += 2;
                w += 32;
            }

            x += step;
            c0 = NeonRequantization.Scale<TRounding>(c0, AdvSimd.LoadVector128(constants + 16), AdvSimd.LoadVector128(constants + 32));
            c1 = NeonRequantization.Scale<TRounding>(c1, AdvSimd.LoadVector128(constants + 20), AdvSimd.LoadVector128(constants + 36));
            c2 = NeonRequantization.Scale<TRounding>(c2, AdvSimd.LoadVector128(constants + 24), AdvSimd.LoadVector128(constants + 40));
            c3 = NeonRequantization.Scale<TRounding>(c3, AdvSimd.LoadVector128(constants + 28), AdvSimd.LoadVector128(constants + 44));
            Vector128<short> r0 = NeonRequantization.Narrow<TRounding>(c0, c1, zeroPoint);
            Vector128<short> r1 = NeonRequantization.Narrow<TRounding>(c2, c3, zeroPoint);
            AdvSimd.Store(y, NeonRequantization.Limit<TRounding>(r0, r1, low, high));
            y += outputStep;
        }
        while (--count != 0);
    }

    public static void Narrow<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding
    {
        int* constants = (int*)run->Constants;
        byte** taps = run->Taps;
        int pairs = (run->TapCount + 1) / 2;
        Vector128<short> zeroPoint = run->Limits.ZeroPoint;
        Vector64<sbyte> low = run->Limits.Low.GetLower();
        Vector64<sbyte> high = run->Limits.High.GetLower();
        nint x = run->Channel;
        nint step = run->InputStep;
        nint outputStep = run->OutputStep;
        sbyte* y = run->Output;
        int count = run->Count;
        do
        {
            Vector128<int> c0 = AdvSimd.LoadVector128(constants);
            Vector128<int> c1 = AdvSimd.LoadVector128(constants + 4);
            sbyte* w = (sbyte*)(constants + 24);
            byte** tap = taps;
            for (int i = pairs; i != 0; i--)
            {
                Vector64<sbyte> x0 = AdvSimd.LoadVector64((sbyte*)tap[0] + x);
                Vector64<sbyte> x1 = AdvSimd.LoadVector64((sbyte*)tap[1] + x);
                Vector128<short> l = AdvSimd.MultiplyWideningLower(x0, AdvSimd.LoadVector64(w));
                if (!TSums.InPairs)
                {
                    c1 = AdvSimd.AddWideningUpper(c1, l);
                    c0 = AdvSimd.AddWideningLower(c0, l.GetLower());
                }

                l = ProductSums.Lower<TSums>(l, x1, AdvSimd.LoadVector64(w + 8));
                c1 = AdvSimd.AddWideningUpper(c1, l);
                c0 = AdvSimd.AddWideningLower(c0, l.GetLower());
                tap += 2;
                w += 16;
            }

            x += step;
            c0 = NeonRequantization.Scale<TRounding>(c0, AdvSimd.LoadVector128(constants + 8), AdvSimd.LoadVector128(constants + 16));
            c1 = NeonRequantization.Scale<TRounding>(c1, AdvSimd.LoadVector128(constants + 12), AdvSimd.LoadVector128(constants + 20));
            AdvSimd.Store(y, NeonRequantization.Limit<TRounding>(NeonRequantization.Narrow<TRounding>(c0, c1, zeroPoint), low, high));
            y += outputStep;
        }
        while (--count != 0);
    }
}
