using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Entries of int8 DepthwiseConv2D.</summary>
internal static unsafe class Int8DepthwiseConv2D
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        Entry3x3<NeonDpDepthwise3x3Tile>("neon-dp", CpuFeatures.AdvSimd | CpuFeatures.Dp),
        Entry3x3<NeonDepthwise3x3Tile<PairedProducts>>("neon", CpuFeatures.AdvSimd),
        Entry3x3<NeonDepthwise3x3Tile<SingleProducts>>("neon-single", CpuFeatures.AdvSimd),
        Entry5x5<NeonDepthwise5x5Tile<PairedProducts>>("neon", CpuFeatures.AdvSimd),
        Entry5x5<NeonDepthwise5x5Tile<SingleProducts>>("neon-single", CpuFeatures.AdvSimd),
        Entry<NeonDepthwiseTile<PairedProducts>>("neon", CpuFeatures.AdvSimd),
        Entry<NeonDepthwiseTile<SingleProducts>>("neon-single", CpuFeatures.AdvSimd),
    ];

    private static KernelEntry Entry3x3<TTile>(string instructions, CpuFeatures requires)
        where TTile : struct, IDepthwise3x3Tile =>
        new($"int8.depthwiseconv2d.3x3.{instructions}", OperatorKind.DepthwiseConv2D, requires, r => Supports<TTile>(r) && Depthwise3x3Kernel<TTile, RoundGeneral>.Supports(r), Create3x3<TTile>);

    private static KernelEntry Entry5x5<TTile>(string instructions, CpuFeatures requires)
        where TTile : struct, IDepthwise5x5Tile =>
        new($"int8.depthwiseconv2d.5x5.{instructions}", OperatorKind.DepthwiseConv2D, requires, r => Supports<TTile>(r) && Depthwise5x5Kernel<TTile, RoundGeneral>.Supports(r), Create5x5<TTile>);

    private static KernelEntry Entry<TTile>(string instructions, CpuFeatures requires)
        where TTile : struct, IDepthwiseTile =>
        new($"int8.depthwiseconv2d.any.{instructions}", OperatorKind.DepthwiseConv2D, requires, r => Supports<TTile>(r) && DepthwiseBlocks.Covers(r.Input(1).Shape[3]), Create<TTile>);

    private static bool Supports<TTile>(KernelRequest r)
        where TTile : struct, IDepthwiseWeights =>
        r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Constant(1) != null && (!r.HasInput(2) || r.Constant(2) != null)
        && r.Input(0).Shape[3] == r.Input(1).Shape[3]
        && (TTile.AllowsMinimumWeight || !DepthwiseBlocks.HoldsMinimumPair((sbyte*)r.Constant(1), r.Input(1).Shape[3], r.Input(1).Shape[1] * r.Input(1).Shape[2]));

    private static OutputScaling Scaling(KernelRequest r) => OutputScaling.Of(r, r.Input(1).Shape[3], r.Options<Conv2DOptions>().Activation);

    private static Kernel Create3x3<TTile>(KernelRequest r)
        where TTile : struct, IDepthwise3x3Tile => ChannelScaling.Create(Scaling(r), new Factory3x3<TTile>(r));

    private static Kernel Create5x5<TTile>(KernelRequest r)
        where TTile : struct, IDepthwise5x5Tile => ChannelScaling.Create(Scaling(r), new Factory5x5<TTile>(r));

    private static Kernel Create<TTile>(KernelRequest r)
        where TTile : struct, IDepthwiseTile => ChannelScaling.Create(Scaling(r), new Factory<TTile>(r));

    private sealed class Factory3x3<TTile>(KernelRequest r) : IRoundedKernelFactory
        where TTile : struct, IDepthwise3x3Tile
    {
        public Kernel Create<TRounding>()
            where TRounding : struct, IRounding => new Depthwise3x3Kernel<TTile, TRounding>(r, Scaling(r));
    }

    private sealed class Factory5x5<TTile>(KernelRequest r) : IRoundedKernelFactory
        where TTile : struct, IDepthwise5x5Tile
    {
        public Kernel Create<TRounding>()
            where TRounding : struct, IRounding => new Depthwise5x5Kernel<TTile, TRounding>(r, Scaling(r));
    }

    private sealed class Factory<TTile>(KernelRequest r) : IRoundedKernelFactory
        where TTile : struct, IDepthwiseTile
    {
        public Kernel Create<TRounding>()
            where TRounding : struct, IRounding => new DepthwiseConv2DKernel<TTile, TRounding>(r, Scaling(r));
    }
}
