using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Entries of int8 pooling and Mean, for any core with 128-bit vectors.</summary>
internal static class Int8Pooling
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new("int8.averagepool2d.channels.vector128", OperatorKind.AveragePool2D, CpuFeatures.None, SupportsAverage, r => Create(r, (low, high) => new ChannelAverage(low, high))),
        new("int8.maxpool2d.channels.vector128", OperatorKind.MaxPool2D, CpuFeatures.None, HasChannels, r => Create(r, (low, high) => new ChannelMaximum(low, high))),
        new("int8.mean.channels.vector128", OperatorKind.Mean, CpuFeatures.None, r => IsInt8(r) && ChannelMeanKernel.Supports(r), CreateMean),
    ];

    private static bool IsInt8(KernelRequest r) => Vector128.IsHardwareAccelerated && r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8;

    private static bool HasChannels(KernelRequest r) => IsInt8(r) && r.Input(0).Shape[3] >= ChannelSums.Width;

    private static bool SupportsAverage(KernelRequest r)
    {
        Pool2DOptions o = r.Options<Pool2DOptions>();
        return HasChannels(r) && (long)o.FilterHeight * o.FilterWidth <= ChannelAverage.MaxCount;
    }

    private static ChannelPool2DKernel<TPooling> Create<TPooling>(KernelRequest r, Func<int, int, TPooling> pooling)
        where TPooling : struct, IChannelPooling
    {
        (int low, int high) = ActivationRange.Int8(r.Options<Pool2DOptions>().Activation, r.Output().Quantization!);
        return new ChannelPool2DKernel<TPooling>(r, pooling(low, high));
    }

    private static ChannelMeanKernel CreateMean(KernelRequest r)
    {
        Quantization x = r.Input(0).Quantization!;
        Quantization y = r.Output().Quantization!;
        int count = (int)(r.Input(0).Shape.ElementCount / r.Output().Shape.ElementCount);
        return new ChannelMeanKernel(r, new Int8Mean(x.ZeroPoint, y.ZeroPoint, MeanScaling.Of(x, y, count)));
    }
}
