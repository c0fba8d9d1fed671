using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Conv2D with stride, dilation, padding and groups; also FullyConnected, as a 1x1 convolution of a 1x1 picture per row.</summary>
internal sealed unsafe class Conv2DKernel<T, TSum, TProducts> : Kernel
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
    private readonly int groupChannels;
    private readonly int groups;

    public Conv2DKernel(KernelRequest request, TProducts products)
    {
        this.products = products;
        Shape x = request.Input(0).Shape;
        Shape w = request.Input(1).Shape;
        outputChannels = w[0];
        groupChannels = w[^1];
        if (request.Node.Kind == OperatorKind.FullyConnected)
        {
            batches = (int)(x.ElementCount / groupChannels);
            rows = columns = new WindowAxis(1, 1, 1, 1, 1, 0);
            groups = 1;
        }
        else
        {
            var options = request.Options<Conv2DOptions>();
            batches = x[0];
            (rows, columns) = WindowAxis.Of(x, w, options);
            groups = options.Groups;
        }

        inputChannels = groupChannels * groups;
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* x = (T*)arguments.Inputs[0];
        T* w = (T*)arguments.Inputs[1];
        T* y = (T*)arguments.Outputs[0];
        for (int n = 0; n < batches; n++)
        {
            for (int oy = 0; oy < rows.Output; oy++)
            {
                for (int ox = 0; ox < columns.Output; ox++)
                {
                    for (int oc = 0; oc < outputChannels; oc++)
                        *y++ = products.Finish(Sum(x, w, oy, ox, oc), oc);
                }
            }

            x += rows.Input * columns.Input * inputChannels;
        }
    }

    private TSum Sum(T* x, T* w, int oy, int ox, int oc)
    {
        TSum sum = default;
        int firstChannel = oc / (outputChannels / groups) * groupChannels;
        w += (nint)oc * rows.Filter * columns.Filter * groupChannels;
        for (int fy = 0; fy < rows.Filter; fy++)
        {
            int iy = oy * rows.Stride - rows.PadBefore + fy * rows.Dilation;
            for (int fx = 0; fx < columns.Filter; fx++, w += groupChannels)
            {
                int ix = ox * columns.Stride - columns.PadBefore + fx * columns.Dilation;
                if ((uint)iy >= (uint)rows.Input || (uint)ix >= (uint)columns.Input)
                    continue;
                T* pixel = x + (iy * columns.Input + ix) * inputChannels + firstChannel;
                for (int c = 0; c < groupChannels; c++)
                    sum = products.Add(sum, pixel[c], w[c]);
            }
        }

        return sum;
    }
}
