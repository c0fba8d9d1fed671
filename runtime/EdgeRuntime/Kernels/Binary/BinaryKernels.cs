using EdgeRuntime.Kernels.Binary.Conv2D;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary;

/// <summary>Kernels of the binary operators, best first.</summary>
internal static class BinaryKernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        .. NeonBinaryConv2DEntries.Entries,
        Reference("binary.conv2d", OperatorKind.BinaryConv2D, r => new BinaryConv2DReference(r)),
        Reference("binary.depthwise-conv2d", OperatorKind.BinaryDepthwiseConv2D, r => new BinaryConv2DReference(r)),
        Reference("binary.fully-connected", OperatorKind.BinaryFullyConnected, r => new BinaryConv2DReference(r)),
    ];

    private static KernelEntry Reference(string name, OperatorKind kind, Func<KernelRequest, Kernel> create) =>
        new(name + ".reference", kind, CpuFeatures.None, _ => true, create) { IsReference = true };
}
