using EdgeRuntime.Kernels.Binary.Conv2D;
using EdgeRuntime.Kernels.Binary.Movement;
using EdgeRuntime.Kernels.Binary.Pool;
using EdgeRuntime.Kernels.Binary.Signs;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary;

/// <summary>Kernels of the binary operators, best first.</summary>
internal static class BinaryKernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        .. NeonBinaryConv2DEntries.Entries,
        .. X64.X64BinaryKernels.Entries,
        PopcountBinaryConv2D.Entry("binary.conv2d.popcount", OperatorKind.BinaryConv2D),
        PopcountBinaryConv2D.Entry("binary.fully-connected.popcount", OperatorKind.BinaryFullyConnected),
        MagnitudeBinaryConv2D.Entry,
        WordBinaryConv2D.Entry("binary.conv2d.words", OperatorKind.BinaryConv2D),
        WordBinaryConv2D.Entry("binary.fully-connected.words", OperatorKind.BinaryFullyConnected),
        SlicedDepthwiseConv2D.Entry,
        new("binary.binarize.int8.neon", OperatorKind.Binarize, CpuFeatures.AdvSimd, r => r.Input(0).Type == DataType.Int8, r => new NeonBinarize<NeonInt8Signs>(r, new SignRule(r, 0, 1, 2))),
        new("binary.binarize.float32.neon", OperatorKind.Binarize, CpuFeatures.AdvSimd, r => r.Input(0).Type == DataType.Float32, Float32Signs),
        new("binary.binarize.int8.avx2", OperatorKind.Binarize, CpuFeatures.Avx2, r => r.Input(0).Type == DataType.Int8, r => new VectorBinarize<X64Int8Signs>(r)),
        new("binary.binarize.float32.avx2", OperatorKind.Binarize, CpuFeatures.Avx2, r => r.Input(0).Type == DataType.Float32, r => new VectorBinarize<X64Float32Signs>(r)),
        new("binary.unbinarize.vectors", OperatorKind.Unbinarize, CpuFeatures.None, _ => true, r => new VectorUnbinarize(r)),
        new("binary.max-pool2d.words", OperatorKind.BinaryMaxPool2D, CpuFeatures.None, _ => true, r => new WordBinaryPool(r)),
        new("binary.average-pool2d.words", OperatorKind.BinaryAveragePool2D, CpuFeatures.None, _ => true, r => new WordBinaryPool(r)),
        .. WordMovement.Entries,
        Reference("binary.conv2d", OperatorKind.BinaryConv2D, r => new BinaryConv2DReference(r)),
        Reference("binary.depthwise-conv2d", OperatorKind.BinaryDepthwiseConv2D, r => new BinaryConv2DReference(r)),
        Reference("binary.fully-connected", OperatorKind.BinaryFullyConnected, r => new BinaryConv2DReference(r)),
        Reference("binary.binarize", OperatorKind.Binarize, r => new BinarizeReference(r)),
        Reference("binary.unbinarize", OperatorKind.Unbinarize, Unbinarize),
        Reference("binary.max-pool2d", OperatorKind.BinaryMaxPool2D, r => new BinaryPoolReference(r)),
        Reference("binary.average-pool2d", OperatorKind.BinaryAveragePool2D, r => new BinaryPoolReference(r)),
    ];

    private static Kernel Float32Signs(KernelRequest r)
    {
        var rule = new SignRule(r, 0, 1, 2);
        return rule.IsZero ? new NeonBinarize<NeonFloat32ZeroSigns>(r, rule) : new NeonBinarize<NeonFloat32Signs>(r, rule);
    }

    private static Kernel Unbinarize(KernelRequest r) => r.Output().Quantization is { } q && r.Output().Type == DataType.Int8
        ? new UnbinarizeReference<sbyte>(r, SignValues.Int8(1, q), SignValues.Int8(-1, q))
        : new UnbinarizeReference<float>(r, 1, -1);

    private static KernelEntry Reference(string name, OperatorKind kind, Func<KernelRequest, Kernel> create) =>
        new(name + ".reference", kind, CpuFeatures.None, _ => true, create) { IsReference = true };
}
