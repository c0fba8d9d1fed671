using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>Entries of int8 Conv2D and FullyConnected on x64.</summary>
internal static unsafe class X64Conv2D
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        .. Gemm("avx512-vnni", CpuFeatures.Avx512 | CpuFeatures.Vnni, Create512<VnniProducts>),
        .. Gemm("avx-vnni", CpuFeatures.Avx2 | CpuFeatures.Vnni, Create256<VnniProducts>),
        .. Gemm("avx512", CpuFeatures.Avx512, Create512<Avx2Products>),
        .. Gemm("avx2", CpuFeatures.Avx2, Create256<Avx2Products>),
    ];

    private static KernelEntry[] Gemm(string instructions, CpuFeatures requires, Func<KernelRequest, Kernel> create) =>
    [
        new($"int8.conv2d.gemm.{instructions}", OperatorKind.Conv2D, requires, r => r.Options<Conv2DOptions>().Groups == 1 && Supports(r), create),
        new($"int8.fullyconnected.gemm.{instructions}", OperatorKind.FullyConnected, requires, Supports, create),
        new($"int8.depthwiseconv2d.gemm.{instructions}", OperatorKind.DepthwiseConv2D, requires, r => r.Input(0).Shape[3] == 1 && Supports(r), create),
    ];

    private static bool Supports(KernelRequest r) =>
        r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Constant(1) != null && (!r.HasInput(2) || r.Constant(2) != null);

    private static Kernel Create256<TProducts>(KernelRequest r)
        where TProducts : struct, IX64Products
    {
        OutputScaling scaling = Scaling(r);
        return X64Rounding.AllowsUpwards(scaling)
            ? new X64Conv2DKernel<TProducts, Output256<RoundUpwards>>(r, scaling)
            : new X64Conv2DKernel<TProducts, Output256<RoundGeneral>>(r, scaling);
    }

    private static Kernel Create512<TProducts>(KernelRequest r)
        where TProducts : struct, IX64Products
    {
        OutputScaling scaling = Scaling(r);
        return X64FoldedScale.Allows(scaling)
            ? ChannelScaling.Create(scaling, new Factory<TProducts>(r, scaling))
            : new X64Conv2DKernel<TProducts, GeneralOutput512>(r, scaling);
    }

    private static OutputScaling Scaling(KernelRequest r)
    {
        Activation activation = r.Node.Options is Conv2DOptions o ? o.Activation : r.Options<ActivationOptions>().Activation;
        int channels = r.Node.Kind == OperatorKind.DepthwiseConv2D ? r.Input(1).Shape[3] : r.Input(1).Shape[0];
        return OutputScaling.Of(r, channels, activation);
    }

    private sealed class Factory<TProducts>(KernelRequest r, OutputScaling scaling) : IRoundedKernelFactory
        where TProducts : struct, IX64Products
    {
        public Kernel Create<TRounding>()
            where TRounding : struct, IRounding =>
            TRounding.Mode == RoundingMode.General
                ? new X64Conv2DKernel<TProducts, GeneralOutput512>(r, scaling)
                : new X64Conv2DKernel<TProducts, FoldedOutput512<TRounding>>(r, scaling);
    }
}
