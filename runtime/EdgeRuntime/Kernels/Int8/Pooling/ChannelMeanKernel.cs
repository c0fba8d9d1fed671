using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// int8 mean over neighbouring axes that are followed by channels, 16 channels side by side: [outer, averaged, channels]. A unit is one of the outer positions.
/// </summary>
internal sealed unsafe class ChannelMeanKernel : Kernel
{
    private readonly Int8Mean mean;
    private readonly int outer;
    private readonly int averaged;
    private readonly int channels;

    public ChannelMeanKernel(KernelRequest request, Int8Mean mean)
    {
        this.mean = mean;
        (outer, averaged, channels) = Split(request);
    }

    public override int Units => outer;

    /// <summary>Whether the axes are neighbours and at least 16 channels follow them.</summary>
    public static bool Supports(KernelRequest request) => Split(request).Channels >= ChannelSums.Width;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        int* sums = stackalloc int[ChannelSums.Width];
        for (int unit = begin; unit < end; unit++)
        {
            sbyte* x = (sbyte*)arguments.Inputs[0] + ((nint)unit * averaged * channels);
            sbyte* y = (sbyte*)arguments.Outputs[0] + ((nint)unit * channels);
            for (int c = 0; ; c = Math.Min(c + ChannelSums.Width, channels - ChannelSums.Width))
            {
                new Span<int>(sums, ChannelSums.Width).Clear();
                ChannelSums.Add(x + c, channels, averaged, sums);
                for (int i = 0; i < ChannelSums.Width; i++)
                    y[c + i] = mean.Finish(sums[i], averaged);
                if (c + ChannelSums.Width >= channels)
                    break;
            }
        }
    }

    /// <summary>The dimensions before, among and after the averaged axes; no channels where the axes are not neighbours.</summary>
    private static (int Outer, int Averaged, int Channels) Split(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        int[] axes = [.. request.Options<ReduceOptions>().Axes.Select(a => a < 0 ? a + x.Rank : a).Distinct().Order()];
        if (axes.Length == 0 || axes[^1] - axes[0] != axes.Length - 1)
            return (0, 0, 0);
        int[] dims = x.Dimensions.ToArray();
        return (Product(dims[..axes[0]]), Product(dims[axes[0]..(axes[^1] + 1)]), Product(dims[(axes[^1] + 1)..]));
    }

    private static int Product(int[] dims) => dims.Aggregate(1, (p, d) => p * d);
}
