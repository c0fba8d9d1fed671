using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Float32;

/// <summary>The vectorized float32 kernels, widest first. Those of a PC are left out of the board's program.</summary>
internal static class Float32Kernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } = X86Base.IsSupported
        ? [
            .. Of<Lanes512, Vector512<float>>("avx512", CpuFeatures.Avx512),
            .. Of<Lanes256, Vector256<float>>("avx2", CpuFeatures.Avx2),
            .. Of<Lanes128, Vector128<float>>("vector128", CpuFeatures.Avx2),
        ]
        : [.. Of<Lanes128, Vector128<float>>("neon", CpuFeatures.AdvSimd)];

    private static KernelEntry[] Of<TLanes, TVector>(string instructions, CpuFeatures requires)
        where TLanes : struct, IFloat32Lanes<TVector>
        where TVector : unmanaged =>
    [
        new($"float32.conv2d.gemm.{instructions}", OperatorKind.Conv2D, requires, r => r.Options<Conv2DOptions>().Groups == 1 && HasConstants(r), r => new Float32Conv2DKernel<TLanes, TVector>(r)),
        new($"float32.fullyconnected.gemm.{instructions}", OperatorKind.FullyConnected, requires, HasConstants, r => new Float32Conv2DKernel<TLanes, TVector>(r)),
        new(
            $"float32.depthwiseconv2d.channels.{instructions}",
            OperatorKind.DepthwiseConv2D,
            requires,
            r => IsFloat(r) && Float32DepthwiseKernel<TLanes, TVector>.Supports(r),
            r => new Float32DepthwiseKernel<TLanes, TVector>(r)),
        Elementwise<Sum32, TLanes, TVector>(OperatorKind.Add, instructions, requires),
        Elementwise<Difference32, TLanes, TVector>(OperatorKind.Sub, instructions, requires),
        Elementwise<Product32, TLanes, TVector>(OperatorKind.Mul, instructions, requires),
        Pool<Sum32, TLanes, TVector>(OperatorKind.AveragePool2D, instructions, requires),
        Pool<Maximum32, TLanes, TVector>(OperatorKind.MaxPool2D, instructions, requires),
    ];

    private static KernelEntry Elementwise<TOperation, TLanes, TVector>(OperatorKind kind, string instructions, CpuFeatures requires)
        where TOperation : struct, IFloat32Operation
        where TLanes : struct, IFloat32Lanes<TVector>
        where TVector : unmanaged =>
        new(
            $"float32.{kind.ToString().ToLowerInvariant()}.{instructions}",
            kind,
            requires,
            r => IsFloat(r) && Float32ElementwiseKernel<TOperation, TLanes, TVector>.Supports(r),
            r => new Float32ElementwiseKernel<TOperation, TLanes, TVector>(r));

    private static KernelEntry Pool<TOperation, TLanes, TVector>(OperatorKind kind, string instructions, CpuFeatures requires)
        where TOperation : struct, IFloat32Operation
        where TLanes : struct, IFloat32Lanes<TVector>
        where TVector : unmanaged =>
        new(
            $"float32.{kind.ToString().ToLowerInvariant()}.channels.{instructions}",
            kind,
            requires,
            r => IsFloat(r) && Float32Pool2DKernel<TOperation, TLanes, TVector>.Supports(r),
            r => new Float32Pool2DKernel<TOperation, TLanes, TVector>(r));

    private static bool IsFloat(KernelRequest r) => r.Input(0).Type == DataType.Float32 && r.Output().Type == DataType.Float32;

    private static unsafe bool HasConstants(KernelRequest r) => IsFloat(r) && r.Constant(1) != null && (!r.HasInput(2) || r.Constant(2) != null);
}
