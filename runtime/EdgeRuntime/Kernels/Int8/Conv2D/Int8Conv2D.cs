using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Entries of int8 Conv2D and FullyConnected.</summary>
internal static unsafe class Int8Conv2D
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        .. Gemm<NeonDpGemmTile>("neon-dp", CpuFeatures.AdvSimd | CpuFeatures.Dp),
        .. Gemm<NeonGemmTile<PairedProducts>>("neon", CpuFeatures.AdvSimd),
        .. Gemm<NeonGemmTile<SingleProducts>>("neon-single", CpuFeatures.AdvSimd),
    ];

    private static KernelEntry[] Gemm<TTile>(string instructions, CpuFeatures requires)
        where TTile : struct, IGemmTile =>
    [
        new($"int8.conv2d.gemm.{instructions}", OperatorKind.Conv2D, requires, r => r.Options<Conv2DOptions>().Groups == 1 && Supports<TTile>(r), Create<TTile>),
        new($"int8.fullyconnected.gemm.{instructions}", OperatorKind.FullyConnected, requires, Supports<TTile>, Create<TTile>),
    ];

    private static bool Supports<TTile>(KernelRequest r)
        where TTile : struct, IGemmTile =>
        r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Constant(1) != null && (!r.HasInput(2) || r.Constant(2) != null)
        && (TTile.AllowsMinimumWeight || !GemmPanels.HoldsMinimumPair((sbyte*)r.Constant(1), r.Input(1).Shape.ElementCount));

    private static Kernel Create<TTile>(KernelRequest r)
        where TTile : struct, IGemmTile
    {
        Activation activation = r.Node.Options is Conv2DOptions o ? o.Activation : r.Options<ActivationOptions>().Activation;
        OutputScaling scaling = OutputScaling.Of(r, r.Input(1).Shape[0], activation);
        return ChannelScaling.Create(scaling, new Factory<TTile>(r, scaling));
    }

    /// <summary>Whether windows are single pixels next to each other, so that the picture itself is the matrix.</summary>
    private static bool IsMatrix(KernelRequest r, Conv2DOptions options)
    {
        (WindowAxis rows, WindowAxis columns) = WindowAxis.Of(r.Input(0).Shape, r.Input(1).Shape, options);
        return rows is { Filter: 1, Stride: 1, PadBefore: 0 } && columns is { Filter: 1, Stride: 1, PadBefore: 0 }
            && rows.Output == rows.Input && columns.Output == columns.Input;
    }

    private sealed class Factory<TTile>(KernelRequest r, OutputScaling scaling) : IRoundedKernelFactory
        where TTile : struct, IGemmTile
    {
        public Kernel Create<TRounding>()
            where TRounding : struct, IRounding =>
            r.Node.Options is Conv2DOptions { DilationHeight: 1, DilationWidth: 1 } o && !IsMatrix(r, o)
                ? new BandConv2DKernel<TTile, TRounding>(r, scaling)
                : new GemmConv2DKernel<TTile, TRounding>(r, scaling);
    }
}
