using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>Depthwise convolution of any window in AVX2, with the weights read for every pixel.</summary>
internal readonly unsafe struct Avx2DepthwiseTile : IDepthwiseTile
{
    public static bool AllowsMinimumWeight => true;

    public static int Taps => 0;

    public static int WeightBytes(int taps, int width) => Avx2Depthwise.WeightBytes(taps, width);

    public static int WeightOffset(int tap, int channel, int width) => Avx2Depthwise.WeightOffset(tap, channel, width);

    public static void Wide<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding
    {
        int* constants = (int*)run->Constants;
        byte** taps = run->Taps;
        int pairs = (run->TapCount + 1) / 2;
        var firstScale = new X64Scale256(Avx2Depthwise.First(constants + 16), Avx2Depthwise.First(constants + 32));
        var secondScale = new X64Scale256(Avx2Depthwise.Second(constants + 16), Avx2Depthwise.Second(constants + 32));
        Vector256<int> firstBias = Avx2Depthwise.First(constants), secondBias = Avx2Depthwise.Second(constants);
        OutputLimits limits = run->Limits;
        nint x = run->Channel;
        sbyte* y = run->Output;
        for (int i = run->Count; i != 0; i--)
        {
            Vector256<int> first = firstBias, second = secondBias;
            byte* w = (byte*)(constants + 48);
            byte** tap = taps;
            for (int p = pairs; p != 0; p--, tap += 2, w += 32)
            {
                Vector256<short> x0 = Avx2Depthwise.Wide(tap[0] + x), x1 = Avx2Depthwise.Wide(tap[1] + x);
                first = Avx2Depthwise.AddFirst(first, x0, x1, Avx2Depthwise.Wide(w));
                second = Avx2Depthwise.AddSecond(second, x0, x1, Avx2Depthwise.Wide(w + 16));
            }

            Vector128.Store(Avx2Depthwise.Finish<TRounding>(first, second, firstScale, secondScale, limits), y);
            x += run->InputStep;
            y += run->OutputStep;
        }
    }

    public static void Narrow<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding => Avx2Depthwise.RunNarrow<TRounding>(run);
}
