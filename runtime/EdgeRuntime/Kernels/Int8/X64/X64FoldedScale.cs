using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// Requantization of 16 accumulators in AVX-512 with both roundings and the zero point folded into one offset. With m the multiplier, s the right shift and z the zero point,
/// <code>floor((floor((x m + 2^30) / 2^31) + 2^(s-1)) / 2^s) + z = floor((x m + 2^30 + 2^(30+s) + z 2^(31+s)) / 2^(31+s))</code>
/// since a division of a floor is the floor of the whole division: a product, an addition and a shift in 64 bits. Rounding halves away from zero subtracts 2^31 more
/// where the product is negative. Even and odd channels are computed apart; the shift of odd ones leaves them in the upper halves, where they belong.
/// </summary>
internal readonly struct X64FoldedScale
{
    /// <summary>Largest right shift for which no sum leaves 64 bits: |x m| &lt; 2^62, |z 2^(31+s)| &lt;= 2^60.</summary>
    public const int MostShift = 22;

    private readonly Vector512<int> even;
    private readonly Vector512<int> odd;
    private readonly Vector512<long> evenOffset;
    private readonly Vector512<long> oddOffset;
    private readonly Vector512<ulong> evenShift;
    private readonly Vector512<ulong> oddShift;

    /// <param name="multiplier">Multipliers of 16 channels.</param>
    /// <param name="shift">Shifts, -<see cref="MostShift"/>..-1.</param>
    /// <param name="zeroPoint">Zero point of the output.</param>
    public X64FoldedScale(Vector512<int> multiplier, Vector512<int> shift, int zeroPoint)
    {
        Vector512<ulong> right = (-shift).AsUInt64();
        Vector512<ulong> evenRight = right & Vector512.Create(0xFFFFFFFFUL), oddRight = right >>> 32;
        even = multiplier;
        odd = (multiplier.AsInt64() >>> 32).AsInt32();
        evenOffset = Offset(evenRight, zeroPoint);
        oddOffset = Offset(oddRight, zeroPoint);
        evenShift = evenRight + Vector512.Create(31UL);
        oddShift = oddRight - Vector512<ulong>.One;
    }

    /// <summary>Whether a layer can be computed so: every shift is to the right, and not further than <see cref="MostShift"/>.</summary>
    public static bool Allows(OutputScaling scaling)
    {
        foreach (QuantizedMultiplier m in scaling.Multipliers)
        {
            if (m.Multiplier != 0 && m.Shift is >= 0 or < -MostShift)
                return false;
        }

        return true;
    }

    /// <summary>Outputs of 16 accumulators, not yet limited to int8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Apply<TRounding>(Vector512<int> x)
        where TRounding : struct, IRounding
    {
        Vector512<long> first = Avx512F.Multiply(x, even);
        Vector512<long> second = Avx512F.Multiply((x.AsInt64() >>> 32).AsInt32(), odd);
        if (TRounding.Mode == RoundingMode.AwayFromZero)
        {
            Vector512<long> sign = Vector512.Create(-1L << 31);
            first = Vector512.ConditionalSelect(Vector512.LessThan(first, Vector512<long>.Zero), first + sign, first);
            second = Vector512.ConditionalSelect(Vector512.LessThan(second, Vector512<long>.Zero), second + sign, second);
        }

        first = Avx512F.ShiftRightArithmeticVariable(first + evenOffset, evenShift);
        second = Avx512F.ShiftRightArithmeticVariable(second + oddOffset, oddShift);
        return Vector512.ConditionalSelect(Vector512.Create(0x00000000FFFFFFFFL).AsInt32(), first.AsInt32(), second.AsInt32());
    }

    private static Vector512<long> Offset(Vector512<ulong> right, int zeroPoint)
    {
        Vector512<long> half = Avx512F.ShiftLeftLogicalVariable(Vector512.Create(1L << 30), right);
        Vector512<long> zero = Avx512F.ShiftLeftLogicalVariable(Vector512.Create((long)zeroPoint << 31), right);
        return half + zero + Vector512.Create(1L << 30);
    }
}
