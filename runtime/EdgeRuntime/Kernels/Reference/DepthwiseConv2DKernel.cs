using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>DepthwiseConv2D: output channel c sees input channel c / multiplier only.</summary>
internal sealed unsafe class DepthwiseConv2DKernel<T, TSum, TProducts> : ConvolutionKernel<T, TSum, TProducts>
    where T : unmanaged
    where TSum : unmanaged
    where TProducts : struct, IProducts<T, TSum>
{
    private readonly int multiplier;

    private DepthwiseConv2DKernel(TProducts products, (WindowAxis Rows, WindowAxis Columns) window, Shape x, int outputChannels)
        : base(products, window, x[0], x[3], outputChannels) =>
        multiplier = outputChannels / x[3];

    public static DepthwiseConv2DKernel<T, TSum, TProducts> Of(KernelRequest request, TProducts products)
    {
        Shape x = request.Input(0).Shape;
        Shape w = request.Input(1).Shape;
        return new(products, WindowAxis.Of(x, w, request.Options<Conv2DOptions>()), x, w[3]);
    }

    protected override TSum Sum(T* x, T* w, int oy, int ox, int oc)
    {
        TProducts products = Products;
        TSum sum = default;
        x += oc / multiplier;
        w += oc;
        for (int fy = 0; fy < Rows.Filter; fy++)
        {
            int iy = oy * Rows.Stride - Rows.PadBefore + fy * Rows.Dilation;
            for (int fx = 0; fx < Columns.Filter; fx++, w += OutputChannels)
            {
                int ix = ox * Columns.Stride - Columns.PadBefore + fx * Columns.Dilation;
                if ((uint)iy < (uint)Rows.Input && (uint)ix < (uint)Columns.Input)
                    sum = products.Add(sum, x[(iy * Columns.Input + ix) * InputChannels], *w);
            }
        }

        return sum;
    }
}
