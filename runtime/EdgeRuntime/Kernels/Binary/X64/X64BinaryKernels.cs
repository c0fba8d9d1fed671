using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.X64;

/// <summary>The binary kernels for x64, best first; none elsewhere, so that the board's program leaves them out.</summary>
internal static class X64BinaryKernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } = X86Base.IsSupported
        ? [
            X64BinaryConv2D<Popcounts512>.Entry("binary.conv2d.avx512", OperatorKind.BinaryConv2D, CpuFeatures.Avx512),
            X64BinaryConv2D<Popcounts512>.Entry("binary.fully-connected.avx512", OperatorKind.BinaryFullyConnected, CpuFeatures.Avx512),
            X64BinaryConv2D<Popcounts256>.Entry("binary.conv2d.avx2", OperatorKind.BinaryConv2D, CpuFeatures.Avx2),
            X64BinaryConv2D<Popcounts256>.Entry("binary.fully-connected.avx2", OperatorKind.BinaryFullyConnected, CpuFeatures.Avx2),
        ]
        : [];
}
