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
        ReferenceKernels.Int8(OperatorKind.PRelu, r => new BinaryKernel<sbyte, Int8PRelu>(r, new Int8PRelu(r.Input(0).Quantization!, r.Input(1).Quantization!, r.Output().Quantization!))),
        ReferenceKernels.Float32(OperatorKind.PRelu, r => new BinaryKernel<float, Float32PRelu>(r, default)),
        ReferenceKernels.Float32(OperatorKind.BatchNorm, r => new BatchNormKernel(r)),
        .. Clamp(OperatorKind.Relu, Activation.Relu),
        .. Clamp(OperatorKind.Relu6, Activation.Relu6),
        .. Clamp(OperatorKind.ReluN1To1, Activation.ReluN1To1),
        ReferenceKernels.Int8(OperatorKind.HardSwish, r => new Int8TableKernel(r, Int8Tables.HardSwish(r.Input(0).Quantization!, r.Output().Quantization!))),
        ReferenceKernels.Float32(OperatorKind.HardSwish, r => new Float32UnaryKernel<Float32HardSwish>(r, default)),
        ReferenceKernels.Int8(OperatorKind.Logistic, r => new Int8TableKernel(r, Int8Tables.Logistic(r.Input(0).Quantization!))),
        ReferenceKernels.Float32(OperatorKind.Logistic, r => new Float32UnaryKernel<Float32Logistic>(r, default)),
        ReferenceKernels.Int8(OperatorKind.Tanh, r => new Int8TableKernel(r, Int8Tables.Tanh(r.Input(0).Quantization!))),
        ReferenceKernels.Float32(OperatorKind.Tanh, r => new Float32UnaryKernel<Float32Tanh>(r, default)),
        ReferenceKernels.Int8(OperatorKind.Requantize, r => new Int8TableKernel(r, Int8Tables.Requantize(r.Input(0).Quantization!, r.Output().Quantization!, Activation.None))),
        ReferenceKernels.Entry(OperatorKind.Quantize, "int8.quantize", DataType.Float32, DataType.Int8, r => new QuantizeKernel(r)),
        ReferenceKernels.Entry(OperatorKind.Dequantize, "int8.dequantize", DataType.Int8, DataType.Float32, r => new DequantizeKernel(r)),
    ];

    private static KernelEntry[] Clamp(OperatorKind kind, Activation activation)
    {
        (float low, float high) = ActivationRange.Float32(activation);
        return
        [
            ReferenceKernels.Int8(kind, r => new Int8TableKernel(r, Int8Tables.Requantize(r.Input(0).Quantization!, r.Output().Quantization!, activation))),
            ReferenceKernels.Float32(kind, r => new Float32UnaryKernel<Float32Clamp>(r, new Float32Clamp(low, high))),
        ];
    }

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
