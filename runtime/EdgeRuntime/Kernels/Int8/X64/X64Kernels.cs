using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>The int8 kernels for x64, best first; none elsewhere, so that the board's program leaves them out.</summary>
internal static class X64Kernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
        X86Base.IsSupported ? [.. X64Conv2D.Entries, .. X64DepthwiseConv2D.Entries, .. Avx512SumKernel.Entries, .. Avx2SumKernel.Entries] : [];
}
