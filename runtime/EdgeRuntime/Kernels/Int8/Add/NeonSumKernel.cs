using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// int8 Add of two tensors of one shape in NEON, 16 elements a step. The input with the larger scale has the factor 1/2, so that its share of the sum is
/// (x - zero point) shifted left by 19 bits; the other's is scaled, unless both scales are equal. The sum is scaled to the output with the rounding that
/// <typeparamref name="TRounding"/> names. Four vectors go through each instruction together, so that an in-order core need not wait for results.
/// </summary>
internal sealed unsafe class NeonSumKernel<TRounding> : BlockedSumKernel
    where TRounding : struct, IRounding
{
    private const int StepElements = 16;

    /// <summary>A first shift within int16 (a difference of two int8 times 2^4 or 2^5), then the widening shift by the largest amount there is.</summary>
    private const int WideningShift = 15;

    private readonly int half;
    private readonly bool bothHalves;

    public NeonSumKernel(KernelRequest request, Int8SumScaling scaling)
        : base(request, scaling)
    {
        half = IsHalf(scaling.First) ? 0 : 1;
        bothHalves = IsHalf(scaling.First) && IsHalf(scaling.Second);
    }

    protected override int Step => StepElements;

    protected override void Sum(sbyte* a, sbyte* b, sbyte* y, int elements)
    {
        sbyte* halved = half == 0 ? a : b;
        sbyte* other = half == 0 ? b : a;
        if (bothHalves)
            SumHalves(halved, other, y, elements);
        else
            SumScaled(halved, other, y, elements);
    }

    private void SumHalves(sbyte* a, sbyte* b, sbyte* y, int elements)
    {
        ZeroPoints(half == 0 ? Scaling.FirstZeroPoint : Scaling.SecondZeroPoint, out Vector128<sbyte> zeroA, out Vector64<sbyte> zeroLowA);
        ZeroPoints(half == 0 ? Scaling.SecondZeroPoint : Scaling.FirstZeroPoint, out Vector128<sbyte> zeroB, out Vector64<sbyte> zeroLowB);
        Vector128<int> outMultiplier = Vector128.Create(Scaling.Output.Multiplier);
        Vector128<int> outShift = Vector128.Create(Scaling.Output.Multiplier == 0 ? -1 : Scaling.Output.Shift);
        Vector128<short> zeroPoint = Vector128.Create((short)Scaling.OutputZeroPoint);
        Vector128<sbyte> least = Vector128.Create((sbyte)Scaling.Low), most = Vector128.Create((sbyte)Scaling.High);
        for (; elements != 0; elements -= StepElements, a += StepElements, b += StepElements, y += StepElements)
        {
            Difference(a, zeroA, zeroLowA, 4, out Vector128<short> a0, out Vector128<short> a1);
            Difference(b, zeroB, zeroLowB, 4, out Vector128<short> b0, out Vector128<short> b1);

            // |a - z| + |b - z| shifted by 4 is at most 510 * 16: the sum fits before it is widened.
            Widen(a0 + b0, a1 + b1, out Vector128<int> s0, out Vector128<int> s1, out Vector128<int> s2, out Vector128<int> s3);
            Store(y, s0, s1, s2, s3, outMultiplier, outShift, zeroPoint, least, most);
        }
    }

    private void SumScaled(sbyte* a, sbyte* b, sbyte* y, int elements)
    {
        QuantizedMultiplier factor = half == 0 ? Scaling.Second : Scaling.First;
        ZeroPoints(half == 0 ? Scaling.FirstZeroPoint : Scaling.SecondZeroPoint, out Vector128<sbyte> zeroA, out Vector64<sbyte> zeroLowA);
        ZeroPoints(half == 0 ? Scaling.SecondZeroPoint : Scaling.FirstZeroPoint, out Vector128<sbyte> zeroB, out Vector64<sbyte> zeroLowB);
        Vector128<int> multiplier = Vector128.Create(factor.Multiplier);

        // A factor below 1/2 shifts right by 1 or more; a factor of 0 gives 0 whatever the shift is.
        Vector128<int> shift = Vector128.Create(factor.Multiplier == 0 ? -1 : factor.Shift);
        Vector128<int> outMultiplier = Vector128.Create(Scaling.Output.Multiplier);
        Vector128<int> outShift = Vector128.Create(Scaling.Output.Multiplier == 0 ? -1 : Scaling.Output.Shift);
        Vector128<short> zeroPoint = Vector128.Create((short)Scaling.OutputZeroPoint);
        Vector128<sbyte> least = Vector128.Create((sbyte)Scaling.Low), most = Vector128.Create((sbyte)Scaling.High);
        for (; elements != 0; elements -= StepElements, a += StepElements, b += StepElements, y += StepElements)
        {
            Difference(b, zeroB, zeroLowB, 5, out Vector128<short> b0, out Vector128<short> b1);
            Difference(a, zeroA, zeroLowA, 4, out Vector128<short> a0, out Vector128<short> a1);
            Widen(b0, b1, out Vector128<int> t0, out Vector128<int> t1, out Vector128<int> t2, out Vector128<int> t3);
            NeonRequantization.Multiply<RoundAwayFromZero>(
                ref t0, ref t1, ref t2, ref t3, multiplier, multiplier, multiplier, multiplier, shift, shift, shift, shift);
            Widen(a0, a1, out Vector128<int> s0, out Vector128<int> s1, out Vector128<int> s2, out Vector128<int> s3);
            NeonRequantization.Round<RoundAwayFromZero>(ref t0, ref t1, ref t2, ref t3, shift, shift, shift, shift);
            Store(y, s0 + t0, s1 + t1, s2 + t2, s3 + t3, outMultiplier, outShift, zeroPoint, least, most);
        }
    }

    /// <summary>A zero point in all lanes, twice: taking the lower half of a register that lives on costs a copy.</summary>
    private static void ZeroPoints(int zeroPoint, out Vector128<sbyte> all, out Vector64<sbyte> low) =>
        (all, low) = (Vector128.Create((sbyte)zeroPoint), Vector64.Create((sbyte)zeroPoint));

    /// <summary>(x - zero point) * 2^shift of 16 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Difference(sbyte* x, Vector128<sbyte> zeroPoint, Vector64<sbyte> zeroPointLow, [ConstantExpected(Max = (byte)15)] byte shift, out Vector128<short> low, out Vector128<short> high)
    {
        Vector128<sbyte> v = AdvSimd.LoadVector128(x);
        high = AdvSimd.SubtractWideningUpper(v, zeroPoint);
        low = AdvSimd.SubtractWideningLower(v.GetLower(), zeroPointLow);
        high = AdvSimd.ShiftLeftLogical(high, shift);
        low = AdvSimd.ShiftLeftLogical(low, shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(Vector128<short> low, Vector128<short> high, out Vector128<int> y0, out Vector128<int> y1, out Vector128<int> y2, out Vector128<int> y3)
    {
        y1 = AdvSimd.ShiftLeftLogicalWideningUpper(low, WideningShift);
        y3 = AdvSimd.ShiftLeftLogicalWideningUpper(high, WideningShift);
        y0 = AdvSimd.ShiftLeftLogicalWideningLower(low.GetLower(), WideningShift);
        y2 = AdvSimd.ShiftLeftLogicalWideningLower(high.GetLower(), WideningShift);
    }

    /// <summary>Scales sums to the output and stores them. The constants are arguments, since those in a structure would be read from memory for each use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        sbyte* y,
        Vector128<int> s0,
        Vector128<int> s1,
        Vector128<int> s2,
        Vector128<int> s3,
        Vector128<int> multiplier,
        Vector128<int> shift,
        Vector128<short> zeroPoint,
        Vector128<sbyte> least,
        Vector128<sbyte> most)
    {
        NeonRequantization.Multiply<TRounding>(
            ref s0, ref s1, ref s2, ref s3, multiplier, multiplier, multiplier, multiplier, shift, shift, shift, shift);
        NeonRequantization.Round<TRounding>(ref s0, ref s1, ref s2, ref s3, shift, shift, shift, shift);
        AdvSimd.Store(y, NeonRequantization.Narrow<TRounding>(s0, s1, s2, s3, zeroPoint, least, most));
    }
}
