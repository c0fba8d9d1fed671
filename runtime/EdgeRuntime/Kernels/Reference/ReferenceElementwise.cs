using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Reference kernels of elementwise operators.</summary>
internal static class ReferenceElementwise
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        ReferenceKernels.Int8(OperatorKind.Add, r => Int8Sum(r, 1)),
        ReferenceKernels.Int8(OperatorKind.Sub, r => Int8Sum(r, -1)),
        ReferenceKernels.Int8(OperatorKind.Mul, Int8Product),
        ReferenceKernels.Float32(OperatorKind.Add, r => Float32Sum(r, 1)),
        ReferenceKernels.Float32(OperatorKind.Sub, r => Float32Sum(r, -1)),
        ReferenceKernels.Float32(OperatorKind.Mul, Float32Product),
        ReferenceKernels.Float32(OperatorKind.Relu, r => new FloatClampKernel(r, 0, float.PositiveInfinity)),
    ];

    private static BinaryKernel<sbyte, Int8Sum> Int8Sum(KernelRequest r, int sign)
    {
        var scaling = new Int8SumScaling(r.Input(0).Quantization!, r.Input(1).Quantization!, r.Output().Quantization!, ActivationOf(r));
        return new BinaryKernel<sbyte, Int8Sum>(r, new Int8Sum(scaling, sign));
    }

    private static BinaryKernel<sbyte, Int8Product> Int8Product(KernelRequest r) =>
        new(r, new Int8Product(r.Input(0).Quantization!, r.Input(1).Quantization!, r.Output().Quantization!, ActivationOf(r)));

    private static BinaryKernel<float, Float32Sum> Float32Sum(KernelRequest r, float sign)
    {
        (float low, float high) = ActivationRange.Float32(ActivationOf(r));
        return new BinaryKernel<float, Float32Sum>(r, new Float32Sum(sign, low, high));
    }

    private static BinaryKernel<float, Float32Product> Float32Product(KernelRequest r)
    {
        (float low, float high) = ActivationRange.Float32(ActivationOf(r));
        return new BinaryKernel<float, Float32Product>(r, new Float32Product(low, high));
    }

    private static Activation ActivationOf(KernelRequest request) => request.Options<ActivationOptions>().Activation;
}
