using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Sums and maxima over pixels, 16 channels side by side, on any core with 128-bit vectors.</summary>
internal static unsafe class ChannelSums
{
    /// <summary>Channels of a vector.</summary>
    public const int Width = 16;

    /// <summary>Elements of int8 whose sum an int16 holds for certain.</summary>
    private const int Int16Elements = 128;

    /// <summary>Adds <paramref name="pixels"/> values of each channel, <paramref name="step"/> bytes apart, to 16 sums.</summary>
    public static void Add(sbyte* x, nint step, int pixels, int* sums)
    {
        while (pixels > 0)
        {
            int some = Math.Min(pixels, Int16Elements);
            pixels -= some;
            Vector128<short> low = Vector128<short>.Zero;
            Vector128<short> high = Vector128<short>.Zero;
            for (; some != 0; some--, x += step)
            {
                Vector128<sbyte> v = Vector128.Load(x);
                low += Vector128.WidenLower(v);
                high += Vector128.WidenUpper(v);
            }

            Accumulate(sums, low);
            Accumulate(sums + 8, high);
        }
    }

    /// <summary>The largest of <paramref name="pixels"/> values of each channel and <paramref name="largest"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Largest(Vector128<sbyte> largest, sbyte* x, nint step, int pixels)
    {
        for (; pixels != 0; pixels--, x += step)
            largest = Vector128.Max(largest, Vector128.Load(x));
        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(int* sums, Vector128<short> some)
    {
        Vector128.Store(Vector128.Load(sums) + Vector128.WidenLower(some), sums);
        Vector128.Store(Vector128.Load(sums + 4) + Vector128.WidenUpper(some), sums + 4);
    }
}
