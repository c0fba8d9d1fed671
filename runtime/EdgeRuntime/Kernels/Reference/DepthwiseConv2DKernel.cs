using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>DepthwiseConv2D: output channel c sees input channel c / multiplier only.</summary>
internal sealed unsafe class DepthwiseConv2DKernel<T, TSum, TProducts> : Kernel
    where T : unmanaged
    where TSum : unmanaged
    where TProducts : struct, IProducts<T, TSum>
{
    private readonly TProducts products;
    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int batches;
    private readonly int inputChannels;
    private readonly int outputChannels;

    public DepthwiseConv2DKernel(KernelRequest request, TProducts products)
    {
        this.products = products;
        Shape x = request.Input(0).Shape;
        Shape w = request.Input(1).Shape;
        batches = x[0];
        inputChannels = x[3];
        outputChannels = w[3];
        (rows, columns) = WindowAxis.Of(x, w, request.Options<Conv2DOptions>());
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* x = (T*)arguments.Inputs[0];
        T* w = (T*)arguments.Inputs[1];
        T* y = (T*)arguments.Outputs[0];
        int multiplier = outputChannels / inputChannels;
        for (int n = 0; n < batches; n++)
        {
            for (int oy = 0; oy < rows.Output; oy++)
            {
                for (int ox = 0; ox < columns.Output; ox++)
                {
                    for (int oc = 0; oc < outputChannels; oc++)
                        *y++ = products.Finish(Sum(x + oc / multiplier, w + oc, oy, ox), oc);
                }
            }

            x += rows.Input * columns.Input * inputChannels;
        }
    }

    private TSum Sum(T* x, T* w, int oy, int ox)
    {
        TSum sum = default;
        for (int fy = 0; fy < rows.Filter; fy++)
        {
            int iy = oy * rows.Stride - rows.PadBefore + fy * rows.Dilation;
            for (int fx = 0; fx < columns.Filter; fx++, w += outputChannels)
            {
                int ix = ox * columns.Stride - columns.PadBefore + fx * columns.Dilation;
                if ((uint)iy < (uint)rows.Input && (uint)ix < (uint)columns.Input)
                    sum = products.Add(sum, x[(iy * columns.Input + ix) * inputChannels], *w);
            }
        }

        return sum;
    }
}
