using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// Depthwise products in AVX2: the inputs of two taps, widened to 16 bits, are interleaved so that vpmaddwd sums both taps of a channel. Interleaving works on each
/// half of a vector, so the first vector of sums has channels 0..3 and 8..11, the second 4..7 and 12..15; packing puts them in order again.
/// </summary>
internal static unsafe class Avx2Depthwise
{
    /// <summary>Bytes of weights: whole pairs of taps.</summary>
    public static int WeightBytes(int taps, int width) => ((taps + 1) & ~1) * width;

    /// <summary>Place of a weight: pair by pair, in each the channels in the order of the sums, in each channel the two taps.</summary>
    public static int WeightOffset(int tap, int channel, int width)
    {
        int quarter = channel / 4;
        if (width == DepthwiseBlocks.Wide)
            quarter = ((quarter & 1) << 1) | (quarter >> 1);
        return (tap / 2 * 2 * width) + (quarter * 8) + (channel % 4 * 2) + (tap % 2);
    }

    /// <summary>16 inputs from <paramref name="x"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Wide(byte* x) => Avx2.ConvertToVector256Int16((sbyte*)x);

    /// <summary>8 inputs from <paramref name="x"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow(byte* x) => Sse41.ConvertToVector128Int16((sbyte*)x);

    /// <summary>The first vector's channels of 16 int32 constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> First(int* c) => Vector256.Create(Vector128.Load(c), Vector128.Load(c + 8));

    /// <summary>The second vector's channels of 16 int32 constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Second(int* c) => Vector256.Create(Vector128.Load(c + 4), Vector128.Load(c + 12));

    /// <summary>Adds the products of a pair of taps, first vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddFirst(Vector256<int> sum, Vector256<short> x, Vector256<short> z, Vector256<short> w) =>
        sum + Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(x, z), w);

    /// <summary>Adds the products of a pair of taps, second vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddSecond(Vector256<int> sum, Vector256<short> x, Vector256<short> z, Vector256<short> w) =>
        sum + Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(x, z), w);

    /// <summary>16 outputs from the two vectors of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Finish<TRounding>(
        Vector256<int> first, Vector256<int> second, in X64Scale256 firstScale, in X64Scale256 secondScale, in OutputLimits limits)
        where TRounding : struct, IRounding
    {
        Vector256<int> zeroPoint = Vector256.Create((int)limits.ZeroPoint.ToScalar());
        first = X64Rounding.Scale<TRounding>(first, firstScale) + zeroPoint;
        second = X64Rounding.Scale<TRounding>(second, secondScale) + zeroPoint;
        Vector256<short> words = Avx2.PackSignedSaturate(first, second);
        return Vector128.Min(Vector128.Max(Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper()), limits.Low), limits.High);
    }

    /// <summary>A run of pixels of 8 channels, any window: half of a 256-bit vector holds one of the two vectors of sums.</summary>
    public static void RunNarrow<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding
    {
        int* constants = (int*)run->Constants;
        byte** taps = run->Taps;
        int pairs = (run->TapCount + 1) / 2;
        var scale = new X64Scale256(Vector256.Load(constants + 8), Vector256.Load(constants + 16));
        Vector256<int> bias = Vector256.Load(constants);
        Vector256<int> zeroPoint = Vector256.Create((int)run->Limits.ZeroPoint.ToScalar());
        nint x = run->Channel;
        sbyte* y = run->Output;
        for (int i = run->Count; i != 0; i--)
        {
            Vector128<int> low = bias.GetLower(), high = bias.GetUpper();
            sbyte* w = (sbyte*)(constants + 24);
            byte** tap = taps;
            for (int p = pairs; p != 0; p--, tap += 2, w += 16)
            {
                Vector128<short> x0 = Narrow(tap[0] + x), x1 = Narrow(tap[1] + x);
                low += Sse2.MultiplyAddAdjacent(Sse2.UnpackLow(x0, x1), Sse41.ConvertToVector128Int16(w));
                high += Sse2.MultiplyAddAdjacent(Sse2.UnpackHigh(x0, x1), Sse41.ConvertToVector128Int16(w + 8));
            }

            Vector256<int> sums = X64Rounding.Scale<TRounding>(Vector256.Create(low, high), scale) + zeroPoint;
            Vector128<short> words = Sse2.PackSignedSaturate(sums.GetLower(), sums.GetUpper());
            Vector128<sbyte> bytes = Vector128.Min(Vector128.Max(Sse2.PackSignedSaturate(words, words), run->Limits.Low), run->Limits.High);
            *(long*)y = bytes.AsInt64().ToScalar();
            x += run->InputStep;
            y += run->OutputStep;
        }
    }
}
