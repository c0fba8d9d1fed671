using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// TensorFlow Lite's requantization on x64, exact for every accumulator, multiplier and shift: there is no sqrdmulh, so products are formed in 64 bits for even and odd lanes.
/// </summary>
internal static class X64Rounding
{
    private const long Half = 1L << 30;

    /// <summary>Whether a layer can round halves upwards: every exponent is at least 1, and negative results, where the roundings differ, end at the lower limit.</summary>
    public static bool AllowsUpwards(OutputScaling scaling)
    {
        foreach (QuantizedMultiplier m in scaling.Multipliers)
        {
            if (m.Multiplier != 0 && m.Shift >= 0)
                return false;
        }

        return scaling.Low >= scaling.ZeroPoint;
    }

    /// <summary>Eight accumulators, scaled: shift left, round(x * multiplier / 2^31), then a rounding division by a power of two.</summary>
    /// <param name="x">Accumulators.</param>
    /// <param name="c">Constants of their channels.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Scale<TRounding>(Vector256<int> x, in X64Scale256 c)
        where TRounding : struct, IRounding
    {
        if (TRounding.Mode == RoundingMode.General)
            x = Avx2.ShiftLeftLogicalVariable(x, c.Left);
        Vector256<long> half = Vector256.Create(Half);
        Vector256<long> even = Avx2.Multiply(x, c.Multiplier) + half;
        Vector256<long> odd = Avx2.Multiply((x.AsInt64() >>> 32).AsInt32(), (c.Multiplier.AsInt64() >>> 32).AsInt32()) + half;
        x = Avx2.Blend((even >>> 31).AsInt32(), (odd << 1).AsInt32(), 0b10101010);
        if (TRounding.Mode == RoundingMode.Upwards)
            return (Avx2.ShiftRightArithmeticVariable(x, c.Right - Vector256<uint>.One) - Vector256<int>.AllBitsSet) >> 1;

        // Halves away from zero: one more where the remainder exceeds the half, or the half plus one below zero.
        Vector256<int> mask = (Avx2.ShiftLeftLogicalVariable(Vector256<uint>.One, c.Right) - Vector256<uint>.One).AsInt32();
        Vector256<int> threshold = (mask >> 1) - (x >> 31);
        return Avx2.ShiftRightArithmeticVariable(x, c.Right) - Vector256.GreaterThan(x & mask, threshold);
    }

    /// <summary>As <see cref="Scale{TRounding}(Vector256{int}, in X64Scale256)"/>, sixteen at once, for any shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Scale(Vector512<int> x, in X64Scale512 c)
    {
        x = Avx512F.ShiftLeftLogicalVariable(x, c.Left);
        Vector512<long> half = Vector512.Create(Half);
        Vector512<long> even = Avx512F.Multiply(x, c.Multiplier) + half;
        Vector512<long> odd = Avx512F.Multiply((x.AsInt64() >>> 32).AsInt32(), (c.Multiplier.AsInt64() >>> 32).AsInt32()) + half;
        Vector512<int> lowHalves = Vector512.Create(0x00000000FFFFFFFFL).AsInt32();
        x = Vector512.ConditionalSelect(lowHalves, (even >>> 31).AsInt32(), (odd << 1).AsInt32());
        Vector512<int> mask = (Avx512F.ShiftLeftLogicalVariable(Vector512<uint>.One, c.Right) - Vector512<uint>.One).AsInt32();
        Vector512<int> threshold = (mask >> 1) - (x >> 31);
        return Avx512F.ShiftRightArithmeticVariable(x, c.Right) - Vector512.GreaterThan(x & mask, threshold);
    }
}

/// <summary>Multipliers and shifts of 8 channels, in the order of the lanes.</summary>
internal readonly struct X64Scale256(Vector256<int> multiplier, Vector256<int> shift)
{
    public readonly Vector256<int> Multiplier = multiplier;
    public readonly Vector256<uint> Left = Vector256.Max(shift, Vector256<int>.Zero).AsUInt32();
    public readonly Vector256<uint> Right = Vector256.Max(-shift, Vector256<int>.Zero).AsUInt32();
}

/// <summary>Multipliers and shifts of 16 channels.</summary>
internal readonly struct X64Scale512(Vector512<int> multiplier, Vector512<int> shift)
{
    public readonly Vector512<int> Multiplier = multiplier;
    public readonly Vector512<uint> Left = Vector512.Max(shift, Vector512<int>.Zero).AsUInt32();
    public readonly Vector512<uint> Right = Vector512.Max(-shift, Vector512<int>.Zero).AsUInt32();
}
