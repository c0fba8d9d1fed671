using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>Entries of int8 Conv2D and FullyConnected on x64.</summary>
internal static unsafe class X64Conv2D
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        .. Gemm("avx512-vnni", CpuFeatures.Avx512 | CpuFeatures.Vnni, Create<VnniProducts, Output512<RoundUpwards>, Output512<RoundGeneral>>),
        .. Gemm("avx-vnni", CpuFeatures.Avx2 | CpuFeatures.Vnni, Create<VnniProducts, Output256<RoundUpwards>, Output256<RoundGeneral>>),
        .. Gemm("avx512", CpuFeatures.Avx512, Create<Avx2Products, Output512<RoundUpwards>, Output512<RoundGeneral>>),
        .. Gemm("avx2", CpuFeatures.Avx2, Create<Avx2Products, Output256<RoundUpwards>, Output256<RoundGeneral>>),
    ];

    private static KernelEntry[] Gemm(string instructions, CpuFeatures requires, Func<KernelRequest, Kernel> create) =>
    [
        new($"int8.conv2d.gemm.{instructions}", OperatorKind.Conv2D, requires, r => r.Options<Conv2DOptions>().Groups == 1 && Supports(r), create),
        new($"int8.fullyconnected.gemm.{instructions}", OperatorKind.FullyConnected, requires, Supports, create),
        new($"int8.depthwiseconv2d.gemm.{instructions}", OperatorKind.DepthwiseConv2D, requires, r => r.Input(0).Shape[3] == 1 && Supports(r), create),
    ];

    private static bool Supports(KernelRequest r) =>
        r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Constant(1) != null && (!r.HasInput(2) || r.Constant(2) != null);

    private static Kernel Create<TProducts, TUpwards, TGeneral>(KernelRequest r)
        where TProducts : struct, IX64Products
        where TUpwards : struct, IX64Output<TUpwards>
        where TGeneral : struct, IX64Output<TGeneral>
    {
        Activation activation = r.Node.Options is Conv2DOptions o ? o.Activation : r.Options<ActivationOptions>().Activation;
        int channels = r.Node.Kind == OperatorKind.DepthwiseConv2D ? r.Input(1).Shape[3] : r.Input(1).Shape[0];
        OutputScaling scaling = OutputScaling.Of(r, channels, activation);
        return X64Rounding.AllowsUpwards(scaling) ? new X64Conv2DKernel<TProducts, TUpwards>(r, scaling) : new X64Conv2DKernel<TProducts, TGeneral>(r, scaling);
    }
}
