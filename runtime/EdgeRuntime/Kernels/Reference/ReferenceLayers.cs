using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Reference kernels of convolutions, fully connected layers, pooling, means and softmax.</summary>
internal static unsafe class ReferenceLayers
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        ReferenceKernels.Int8(OperatorKind.Conv2D, r => Conv2DKernel<sbyte, int, Int8Products>.Of(r, Int8(r))),
        ReferenceKernels.Float32(OperatorKind.Conv2D, r => Conv2DKernel<float, float, Float32Products>.Of(r, Float32(r))),
        ReferenceKernels.Int8(OperatorKind.FullyConnected, r => Conv2DKernel<sbyte, int, Int8Products>.Of(r, Int8(r))),
        ReferenceKernels.Float32(OperatorKind.FullyConnected, r => Conv2DKernel<float, float, Float32Products>.Of(r, Float32(r))),
        ReferenceKernels.Int8(OperatorKind.DepthwiseConv2D, r => DepthwiseConv2DKernel<sbyte, int, Int8Products>.Of(r, Int8(r))),
        ReferenceKernels.Float32(OperatorKind.DepthwiseConv2D, r => DepthwiseConv2DKernel<float, float, Float32Products>.Of(r, Float32(r))),
        ReferenceKernels.Int8(OperatorKind.MaxPool2D, r =>
        {
            (int low, int high) = ActivationRange.Int8(r.Options<Pool2DOptions>().Activation, r.Output().Quantization!);
            return new Pool2DKernel<sbyte, int, Int8Maximum>(r, new Int8Maximum(low, high));
        }),
        ReferenceKernels.Int8(OperatorKind.AveragePool2D, r =>
        {
            (int low, int high) = ActivationRange.Int8(r.Options<Pool2DOptions>().Activation, r.Output().Quantization!);
            return new Pool2DKernel<sbyte, int, Int8Average>(r, new Int8Average(low, high));
        }),
        ReferenceKernels.Float32(OperatorKind.MaxPool2D, r =>
        {
            (float low, float high) = ActivationRange.Float32(r.Options<Pool2DOptions>().Activation);
            return new Pool2DKernel<float, float, Float32Maximum>(r, new Float32Maximum(low, high));
        }),
        ReferenceKernels.Float32(OperatorKind.AveragePool2D, r =>
        {
            (float low, float high) = ActivationRange.Float32(r.Options<Pool2DOptions>().Activation);
            return new Pool2DKernel<float, float, Float32Average>(r, new Float32Average(low, high));
        }),
        ReferenceKernels.Int8(OperatorKind.Mean, r =>
        {
            Quantization x = r.Input(0).Quantization!;
            Quantization y = r.Output().Quantization!;
            int count = (int)(r.Input(0).Shape.ElementCount / r.Output().Shape.ElementCount);
            return new MeanKernel<sbyte, int, Int8Mean>(r, new Int8Mean(x.ZeroPoint, y.ZeroPoint, MeanScaling.Of(x, y, count)));
        }),
        ReferenceKernels.Float32(OperatorKind.Mean, r => new MeanKernel<float, float, Float32Average>(r, new Float32Average(float.NegativeInfinity, float.PositiveInfinity))),
        ReferenceKernels.Int8(OperatorKind.Softmax, r => new Int8SoftmaxKernel(r)),
        ReferenceKernels.Float32(OperatorKind.Softmax, r => new Float32SoftmaxKernel(r)),
    ];

    private static Int8Products Int8(KernelRequest request)
    {
        int channels = request.Node.Kind == OperatorKind.DepthwiseConv2D ? request.Input(1).Shape[3] : request.Input(1).Shape[0];
        return new Int8Products((int*)request.Constant(2), request.Input(0).Quantization!.ZeroPoint, OutputScaling.Of(request, channels, ActivationOf(request)));
    }

    private static Float32Products Float32(KernelRequest request)
    {
        (float low, float high) = ActivationRange.Float32(ActivationOf(request));
        return new Float32Products((float*)request.Constant(2), low, high);
    }

    private static Activation ActivationOf(KernelRequest request) =>
        request.Node.Options is Conv2DOptions convolution ? convolution.Activation : request.Options<ActivationOptions>().Activation;
}
