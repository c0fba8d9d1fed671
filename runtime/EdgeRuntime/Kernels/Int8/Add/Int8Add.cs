using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Entries of int8 Add.</summary>
internal static class Int8Add
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new("int8.add.neon-dp", OperatorKind.Add, CpuFeatures.AdvSimd | CpuFeatures.Dp, BlockedSumKernel.Supports, Create<PermutedFloats>),
        new("int8.add.neon", OperatorKind.Add, CpuFeatures.AdvSimd, BlockedSumKernel.Supports, Create<ConvertedFloats>),
    ];

    private static Kernel Create<TFloats>(KernelRequest r)
        where TFloats : struct, ISumFloats
    {
        Int8SumScaling scaling = BlockedSumKernel.ScalingOf(r);
        bool limited = scaling.Low > sbyte.MinValue || scaling.High < sbyte.MaxValue;
        if (FusedSumScaling.TryFind(scaling, TFloats.HasOrigin, out FusedSumScaling fused))
            return limited ? new NeonFusedSumKernel<TFloats, RoundFusedLimited>(r, scaling, fused) : new NeonFusedSumKernel<TFloats, RoundFused>(r, scaling, fused);

        // The output's factor is below 1: it never shifts left.
        if (scaling.Low >= scaling.OutputZeroPoint)
            return limited ? new NeonSumKernel<RoundUpwardsLimited>(r, scaling) : new NeonSumKernel<RoundUpwards>(r, scaling);
        return scaling.Output.Shift < 0 && !limited ? new NeonSumKernel<RoundAwayFromZero>(r, scaling) : new NeonSumKernel<RoundGeneral>(r, scaling);
    }
}
