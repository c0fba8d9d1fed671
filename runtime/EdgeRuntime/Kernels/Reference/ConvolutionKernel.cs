using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>The walk over output positions and channels that convolutions share; <see cref="Sum"/> is what they differ in.</summary>
internal abstract unsafe class ConvolutionKernel<T, TSum, TProducts> : Kernel
    where T : unmanaged
    where TSum : unmanaged
    where TProducts : struct, IProducts<T, TSum>
{
    private readonly int batches;
    private readonly int outputChannels;

    /// <param name="products">Arithmetic of the data type.</param>
    /// <param name="window">Rows and columns.</param>
    /// <param name="batches">Pictures.</param>
    /// <param name="inputChannels">Channels of the input.</param>
    /// <param name="outputChannels">Channels of the output.</param>
    protected ConvolutionKernel(TProducts products, (WindowAxis Rows, WindowAxis Columns) window, int batches, int inputChannels, int outputChannels)
    {
        Products = products;
        (Rows, Columns) = window;
        this.batches = batches;
        this.outputChannels = outputChannels;
        InputChannels = inputChannels;
    }

    protected TProducts Products { get; }

    protected WindowAxis Rows { get; }

    protected WindowAxis Columns { get; }

    protected int InputChannels { get; }

    protected int OutputChannels => outputChannels;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* x = (T*)arguments.Inputs[0];
        T* w = (T*)arguments.Inputs[1];
        T* y = (T*)arguments.Outputs[0];
        for (int n = 0; n < batches; n++)
        {
            for (int oy = 0; oy < Rows.Output; oy++)
            {
                for (int ox = 0; ox < Columns.Output; ox++)
                {
                    for (int oc = 0; oc < outputChannels; oc++)
                        *y++ = Products.Finish(Sum(x, w, oy, ox, oc), oc);
                }
            }

            x += Rows.Input * Columns.Input * InputChannels;
        }
    }

    /// <summary>Products of one output channel at one position of a picture.</summary>
    protected abstract TSum Sum(T* x, T* w, int oy, int ox, int oc);
}
