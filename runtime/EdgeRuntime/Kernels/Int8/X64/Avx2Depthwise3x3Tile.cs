using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>Depthwise 3x3 convolution in AVX2, with the weights of a block read once for all pixels of a run; the ninth tap is paired with zeros.</summary>
internal readonly unsafe struct Avx2Depthwise3x3Tile : IDepthwiseTile
{
    public static bool AllowsMinimumWeight => true;

    public static int Taps => 9;

    public static int WeightBytes(int taps, int width) => Avx2Depthwise.WeightBytes(taps, width);

    public static int WeightOffset(int tap, int channel, int width) => Avx2Depthwise.WeightOffset(tap, channel, width);

    public static void Wide<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding
    {
        int* constants = (int*)run->Constants;
        byte* w = (byte*)(constants + 48);
        Vector256<short> a01 = Avx2Depthwise.Wide(w), b01 = Avx2Depthwise.Wide(w + 16);
        Vector256<short> a23 = Avx2Depthwise.Wide(w + 32), b23 = Avx2Depthwise.Wide(w + 48);
        Vector256<short> a45 = Avx2Depthwise.Wide(w + 64), b45 = Avx2Depthwise.Wide(w + 80);
        Vector256<short> a67 = Avx2Depthwise.Wide(w + 96), b67 = Avx2Depthwise.Wide(w + 112);
        Vector256<short> a8 = Avx2Depthwise.Wide(w + 128), b8 = Avx2Depthwise.Wide(w + 144);
        var firstScale = new X64Scale256(Avx2Depthwise.First(constants + 16), Avx2Depthwise.First(constants + 32));
        var secondScale = new X64Scale256(Avx2Depthwise.Second(constants + 16), Avx2Depthwise.Second(constants + 32));
        Vector256<int> firstBias = Avx2Depthwise.First(constants), secondBias = Avx2Depthwise.Second(constants);
        OutputLimits limits = run->Limits;
        byte** taps = run->Taps;
        byte* t0 = taps[0], t1 = taps[1], t2 = taps[2], t3 = taps[3], t4 = taps[4], t5 = taps[5], t6 = taps[6], t7 = taps[7], t8 = taps[8];
        nint x = run->Channel, step = run->InputStep, outputStep = run->OutputStep;
        sbyte* y = run->Output;
        for (int i = run->Count; i != 0; i--)
        {
            Vector256<short> x0 = Avx2Depthwise.Wide(t0 + x), x1 = Avx2Depthwise.Wide(t1 + x);
            Vector256<int> first = Avx2Depthwise.AddFirst(firstBias, x0, x1, a01), second = Avx2Depthwise.AddSecond(secondBias, x0, x1, b01);
            x0 = Avx2Depthwise.Wide(t2 + x);
            x1 = Avx2Depthwise.Wide(t3 + x);
            first = Avx2Depthwise.AddFirst(first, x0, x1, a23);
            second = Avx2Depthwise.AddSecond(second, x0, x1, b23);
            x0 = Avx2Depthwise.Wide(t4 + x);
            x1 = Avx2Depthwise.Wide(t5 + x);
            first = Avx2Depthwise.AddFirst(first, x0, x1, a45);
            second = Avx2Depthwise.AddSecond(second, x0, x1, b45);
            x0 = Avx2Depthwise.Wide(t6 + x);
            x1 = Avx2Depthwise.Wide(t7 + x);
            first = Avx2Depthwise.AddFirst(first, x0, x1, a67);
            second = Avx2Depthwise.AddSecond(second, x0, x1, b67);
            x0 = Avx2Depthwise.Wide(t8 + x);
            first = Avx2Depthwise.AddFirst(first, x0, Vector256<short>.Zero, a8);
            second = Avx2Depthwise.AddSecond(second, x0, Vector256<short>.Zero, b8);
            Vector128.Store(Avx2Depthwise.Finish<TRounding>(first, second, firstScale, secondScale, limits), y);
            x += step;
            y += outputStep;
        }
    }

    public static void Narrow<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding => Avx2Depthwise.RunNarrow<TRounding>(run);
}
