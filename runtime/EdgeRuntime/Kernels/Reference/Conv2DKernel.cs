using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Conv2D with stride, dilation, padding and groups; also FullyConnected, as a 1x1 convolution of a 1x1 picture per row.</summary>
internal sealed unsafe class Conv2DKernel<T, TSum, TProducts> : ConvolutionKernel<T, TSum, TProducts>
    where T : unmanaged
    where TSum : unmanaged
    where TProducts : struct, IProducts<T, TSum>
{
    private readonly int groupChannels;
    private readonly int groups;

    private Conv2DKernel(TProducts products, (WindowAxis Rows, WindowAxis Columns) window, long batches, Shape weights, int groups)
        : base(products, window, (int)batches, weights[^1] * groups, weights[0])
    {
        groupChannels = weights[^1];
        this.groups = groups;
    }

    public static Conv2DKernel<T, TSum, TProducts> Of(KernelRequest request, TProducts products)
    {
        Shape x = request.Input(0).Shape;
        Shape w = request.Input(1).Shape;
        if (request.Node.Kind == OperatorKind.FullyConnected)
        {
            var one = new WindowAxis(1, 1, 1, 1, 1, 0);
            return new(products, (one, one), x.ElementCount / w[^1], w, groups: 1);
        }

        var options = request.Options<Conv2DOptions>();
        return new(products, WindowAxis.Of(x, w, options), x[0], w, options.Groups);
    }

    protected override TSum Sum(T* x, T* w, int oy, int ox, int oc)
    {
        TProducts products = Products;
        TSum sum = default;
        int firstChannel = oc / (OutputChannels / groups) * groupChannels;
        w += (nint)oc * Rows.Filter * Columns.Filter * groupChannels;
        for (int fy = 0; fy < Rows.Filter; fy++)
        {
            int iy = oy * Rows.Stride - Rows.PadBefore + fy * Rows.Dilation;
            for (int fx = 0; fx < Columns.Filter; fx++, w += groupChannels)
            {
                int ix = ox * Columns.Stride - Columns.PadBefore + fx * Columns.Dilation;
                if ((uint)iy >= (uint)Rows.Input || (uint)ix >= (uint)Columns.Input)
                    continue;
                T* pixel = x + (iy * Columns.Input + ix) * InputChannels + firstChannel;
                for (int c = 0; c < groupChannels; c++)
                    sum = products.Add(sum, pixel[c], w[c]);
            }
        }

        return sum;
    }
}
