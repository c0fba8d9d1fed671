using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>Turns the accumulators of 16 consecutive channels into int8, with 256-bit or 512-bit vectors.</summary>
internal unsafe interface IX64Output<TSelf>
    where TSelf : unmanaged, IX64Output<TSelf>
{
    /// <summary>Reads 16 multipliers and 16 shifts, and prepares what they need.</summary>
    static abstract TSelf Load(int* multipliers, in X64Limits limits);

    /// <summary>The 16 outputs.</summary>
    /// <param name="low">Channels 0..7.</param>
    /// <param name="high">Channels 8..15.</param>
    Vector128<sbyte> Finish(Vector256<int> low, Vector256<int> high);
}

/// <summary>Zero point and limits of an int8 output.</summary>
internal readonly struct X64Limits(int zeroPoint, int low, int high)
{
    public readonly int ZeroPoint = zeroPoint;
    public readonly Vector128<sbyte> Low = Vector128.Create((sbyte)low);
    public readonly Vector128<sbyte> High = Vector128.Create((sbyte)high);
}

/// <inheritdoc/>
internal readonly unsafe struct Output256<TRounding> : IX64Output<Output256<TRounding>>
    where TRounding : struct, IRounding
{
    private readonly X64Scale256 first;
    private readonly X64Scale256 second;
    private readonly Vector256<int> zeroPoint;
    private readonly Vector128<sbyte> least;
    private readonly Vector128<sbyte> most;

    private Output256(int* multipliers, in X64Limits limits)
    {
        first = new X64Scale256(Vector256.Load(multipliers), Vector256.Load(multipliers + 16));
        second = new X64Scale256(Vector256.Load(multipliers + 8), Vector256.Load(multipliers + 24));
        zeroPoint = Vector256.Create(limits.ZeroPoint);
        least = limits.Low;
        most = limits.High;
    }

    public static Output256<TRounding> Load(int* multipliers, in X64Limits limits) => new(multipliers, limits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> Finish(Vector256<int> low, Vector256<int> high)
    {
        low = X64Rounding.Scale<TRounding>(low, first) + zeroPoint;
        high = X64Rounding.Scale<TRounding>(high, second) + zeroPoint;

        // The pack works on each half: 0..3 8..11 | 4..7 12..15; the permutation puts the quarters in order.
        Vector256<short> words = Avx2.Permute4x64(Avx2.PackSignedSaturate(low, high).AsInt64(), 0b11011000).AsInt16();
        return Vector128.Min(Vector128.Max(Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper()), least), most);
    }
}

/// <summary>AVX-512, any shift.</summary>
internal readonly unsafe struct GeneralOutput512 : IX64Output<GeneralOutput512>
{
    private readonly X64Scale512 scale;
    private readonly Vector512<int> zeroPoint;
    private readonly Vector128<sbyte> least;
    private readonly Vector128<sbyte> most;

    private GeneralOutput512(int* multipliers, in X64Limits limits)
    {
        scale = new X64Scale512(Vector512.Load(multipliers), Vector512.Load(multipliers + 16));
        zeroPoint = Vector512.Create(limits.ZeroPoint);
        least = limits.Low;
        most = limits.High;
    }

    public static GeneralOutput512 Load(int* multipliers, in X64Limits limits) => new(multipliers, limits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> Finish(Vector256<int> low, Vector256<int> high)
    {
        Vector512<int> x = X64Rounding.Scale(low.ToVector512Unsafe().WithUpper(high), scale) + zeroPoint;
        return Vector128.Min(Vector128.Max(Avx512F.ConvertToVector128SByteWithSaturation(x), least), most);
    }
}

/// <summary>AVX-512, where <see cref="X64FoldedScale"/> serves.</summary>
internal readonly unsafe struct FoldedOutput512<TRounding> : IX64Output<FoldedOutput512<TRounding>>
    where TRounding : struct, IRounding
{
    private readonly X64FoldedScale scale;
    private readonly Vector128<sbyte> least;
    private readonly Vector128<sbyte> most;

    private FoldedOutput512(int* multipliers, in X64Limits limits)
    {
        scale = new X64FoldedScale(Vector512.Load(multipliers), Vector512.Load(multipliers + 16), limits.ZeroPoint);
        least = limits.Low;
        most = limits.High;
    }

    public static FoldedOutput512<TRounding> Load(int* multipliers, in X64Limits limits) => new(multipliers, limits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> Finish(Vector256<int> low, Vector256<int> high)
    {
        Vector512<int> x = scale.Apply<TRounding>(low.ToVector512Unsafe().WithUpper(high));
        Vector128<sbyte> y = Avx512F.ConvertToVector128SByteWithSaturation(x);
        return TRounding.HasLimits ? Vector128.Min(Vector128.Max(y, least), most) : y;
    }
}
