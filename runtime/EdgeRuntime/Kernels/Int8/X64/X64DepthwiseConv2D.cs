using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>Entries of int8 DepthwiseConv2D on x64.</summary>
internal static unsafe class X64DepthwiseConv2D
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new(
            "int8.depthwiseconv2d.3x3.avx512-vnni",
            OperatorKind.DepthwiseConv2D,
            CpuFeatures.Avx512 | CpuFeatures.Vnni,
            r => Avx512Vbmi.IsSupported && Supports(r) && VnniDepthwise3x3Kernel<GeneralOutput512>.Supports(r),
            CreateVnni),
        new("int8.depthwiseconv2d.3x3.avx2", OperatorKind.DepthwiseConv2D, CpuFeatures.Avx2, r => IsSmall(r.Input(1).Shape) && Supports(r), Create<Avx2Depthwise3x3Tile>),
        new("int8.depthwiseconv2d.any.avx2", OperatorKind.DepthwiseConv2D, CpuFeatures.Avx2, Supports, Create<Avx2DepthwiseTile>),
    ];

    private static bool IsSmall(Shape weights) => weights[1] == 3 && weights[2] == 3;

    private static bool Supports(KernelRequest r)
    {
        int channels = r.Input(1).Shape[3];
        return r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Constant(1) != null && (!r.HasInput(2) || r.Constant(2) != null)
            && r.Input(0).Shape[3] == channels && DepthwiseBlocks.Covers(channels);
    }

    private static Kernel CreateVnni(KernelRequest r)
    {
        OutputScaling scaling = OutputScaling.Of(r, r.Input(1).Shape[3], r.Options<Conv2DOptions>().Activation);
        return X64FoldedScale.Allows(scaling) ? ChannelScaling.Create(scaling, new VnniFactory(r, scaling)) : new VnniDepthwise3x3Kernel<GeneralOutput512>(r, scaling);
    }

    private static Kernel Create<TTile>(KernelRequest r)
        where TTile : struct, IDepthwiseTile
    {
        OutputScaling scaling = OutputScaling.Of(r, r.Input(1).Shape[3], r.Options<Conv2DOptions>().Activation);
        return X64Rounding.AllowsUpwards(scaling)
            ? new DepthwiseConv2DKernel<TTile, RoundUpwards>(r, scaling)
            : new DepthwiseConv2DKernel<TTile, RoundGeneral>(r, scaling);
    }

    private sealed class VnniFactory(KernelRequest r, OutputScaling scaling) : IRoundedKernelFactory
    {
        public Kernel Create<TRounding>()
            where TRounding : struct, IRounding =>
            TRounding.Mode == RoundingMode.General ? new VnniDepthwise3x3Kernel<GeneralOutput512>(r, scaling) : new VnniDepthwise3x3Kernel<FoldedOutput512<TRounding>>(r, scaling);
    }
}
