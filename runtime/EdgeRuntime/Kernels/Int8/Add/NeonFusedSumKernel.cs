using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// int8 Add of two tensors of one shape in NEON, 16 elements a step, where a <see cref="FusedSumScaling"/> exists: two multiply-adds and an addition in float32 for four elements.
/// 18 modelled cycles a step on A76, 30 on A72, 108 on A53, where <see cref="NeonSumKernel{TRounding}"/> takes 32, 35 and 114.
/// </summary>
internal sealed unsafe class NeonFusedSumKernel<TFloats, TRounding> : BlockedSumKernel
    where TFloats : struct, ISumFloats
    where TRounding : struct, IRounding
{
    private const int StepElements = 16;

    // Four vectors of offsets, then twice four of origins. A multiply-add overwrites its addend, and a permutation what it leaves: to load them is cheaper than to copy them, and
    // only what has its own address is loaded.
    private readonly NativeBuffer constants = new(12 * sizeof(Vector128<float>));
    private readonly FusedSumScaling fused;

    public NeonFusedSumKernel(KernelRequest request, Int8SumScaling scaling, FusedSumScaling fused)
        : base(request, scaling)
    {
        this.fused = fused;
        var all = new Span<float>(constants.Pointer, 12 * Vector128<float>.Count);
        all[..16].Fill(fused.Offset);
        all[16..].Fill(fused.Origin + sbyte.MinValue);
    }

    protected override int Step => StepElements;

    protected override void Dispose(bool disposing)
    {
        constants.Dispose();
        base.Dispose(disposing);
    }

    protected override void Sum(sbyte* a, sbyte* b, sbyte* y, int elements)
    {
        Vector128<float> factorA = Vector128.Create(fused.FactorA), factorB = Vector128.Create(fused.FactorB);
        Vector128<float> origin = Vector128.Create(fused.Origin);
        Vector128<float> middle = Vector128.Create(fused.Middle);
        Vector128<sbyte> least = Vector128.Create((sbyte)Scaling.Low), most = Vector128.Create((sbyte)Scaling.High);
        float* offset = (float*)constants.Pointer;
        for (; elements != 0; elements -= StepElements, a += StepElements, b += StepElements, y += StepElements)
        {
            TFloats.Convert(
                AdvSimd.LoadVector128(a),
                AdvSimd.LoadVector128(b),
                offset + 16,
                out Vector128<float> a0,
                out Vector128<float> a1,
                out Vector128<float> a2,
                out Vector128<float> a3,
                out Vector128<float> b0,
                out Vector128<float> b1,
                out Vector128<float> b2,
                out Vector128<float> b3);
            Vector128<float> s0 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offset), b0, factorB);
            Vector128<float> s1 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offset + 4), b1, factorB);
            Vector128<float> s2 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offset + 8), b2, factorB);
            Vector128<float> s3 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offset + 12), b3, factorB);
            if (TFloats.HasOrigin)
            {
                a0 -= origin;
                a1 -= origin;
                a2 -= origin;
                a3 -= origin;
            }

            s0 = AdvSimd.FusedMultiplyAdd(s0, a0, factorA);
            s1 = AdvSimd.FusedMultiplyAdd(s1, a1, factorA);
            s2 = AdvSimd.FusedMultiplyAdd(s2, a2, factorA);
            s3 = AdvSimd.FusedMultiplyAdd(s3, a3, factorA);
            s0 += middle;
            s1 += middle;
            s2 += middle;
            s3 += middle;
            Vector128<short> low, high;
            if (TFloats.HasOrigin)
            {
                low = NeonRequantization.NarrowUnzipped<TRounding>(s0.AsInt32(), s1.AsInt32(), default);
                high = NeonRequantization.NarrowUnzipped<TRounding>(s2.AsInt32(), s3.AsInt32(), default);
            }
            else
            {
                Vector64<short> low0 = AdvSimd.ExtractNarrowingLower(s0.AsInt32());
                Vector64<short> high0 = AdvSimd.ExtractNarrowingLower(s2.AsInt32());
                low = AdvSimd.ExtractNarrowingUpper(low0, s1.AsInt32());
                high = AdvSimd.ExtractNarrowingUpper(high0, s3.AsInt32());
            }

            AdvSimd.Store(y, NeonRequantization.Limit<TRounding>(low, high, least, most));
        }
    }
}
