using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Entries of int8 DepthwiseConv2D.</summary>
internal static unsafe class Int8DepthwiseConv2D
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        Entry<NeonDepthwise3x3Tile>("3x3.neon", CpuFeatures.AdvSimd),
        Entry<NeonDepthwiseTile>("any.neon", CpuFeatures.AdvSimd),
    ];

    private static KernelEntry Entry<TTile>(string variant, CpuFeatures requires)
        where TTile : struct, IDepthwiseTile =>
        new($"int8.depthwiseconv2d.{variant}", OperatorKind.DepthwiseConv2D, requires, Supports<TTile>, Create<TTile>);

    private static bool Supports<TTile>(KernelRequest r)
        where TTile : struct, IDepthwiseTile
    {
        Shape w = r.Input(1).Shape;
        return r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Constant(1) != null && (!r.HasInput(2) || r.Constant(2) != null)
            && r.Input(0).Shape[3] == w[3] && DepthwiseBlocks.Covers(w[3])
            && (TTile.Taps == 0 || (w[1] == 3 && w[2] == 3))
            && (TTile.AllowsMinimumWeight || !GemmPanels.HoldsMinimum((sbyte*)r.Constant(1), w.ElementCount));
    }

    private static Kernel Create<TTile>(KernelRequest r)
        where TTile : struct, IDepthwiseTile
    {
        OutputScaling scaling = OutputScaling.Of(r, r.Input(1).Shape[3], r.Options<Conv2DOptions>().Activation);
        return ChannelScaling.Mode(scaling) switch
        {
            RoundingMode.Upwards => new DepthwiseConv2DKernel<TTile, RoundUpwards>(r, scaling),
            RoundingMode.AwayFromZero => new DepthwiseConv2DKernel<TTile, RoundAwayFromZero>(r, scaling),
            _ => new DepthwiseConv2DKernel<TTile, RoundGeneral>(r, scaling),
        };
    }
}
