using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Pooling over a window of each channel; padded positions do not take part. Every window holds at least one element.</summary>
internal sealed unsafe class Pool2DKernel<T, TSum, TReduction> : Kernel
    where T : unmanaged
    where TSum : unmanaged
    where TReduction : struct, IWindowReduction<T, TSum>
{
    private readonly TReduction reduction;
    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int batches;
    private readonly int channels;

    public Pool2DKernel(KernelRequest request, TReduction reduction)
    {
        this.reduction = reduction;
        Shape x = request.Input(0).Shape;
        batches = x[0];
        channels = x[3];
        (rows, columns) = WindowAxis.Of(x, request.Options<Pool2DOptions>());
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* x = (T*)arguments.Inputs[0];
        T* y = (T*)arguments.Outputs[0];
        for (int n = 0; n < batches; n++)
        {
            for (int oy = 0; oy < rows.Output; oy++)
            {
                for (int ox = 0; ox < columns.Output; ox++)
                {
                    for (int c = 0; c < channels; c++)
                        *y++ = Reduce(x + c, oy, ox);
                }
            }

            x += rows.Input * columns.Input * channels;
        }
    }

    private T Reduce(T* x, int oy, int ox)
    {
        int top = oy * rows.Stride - rows.PadBefore;
        int left = ox * columns.Stride - columns.PadBefore;
        int firstRow = Math.Max(top, 0);
        int firstColumn = Math.Max(left, 0);
        int endRow = Math.Min(top + rows.Filter, rows.Input);
        int endColumn = Math.Min(left + columns.Filter, columns.Input);
        TSum sum = reduction.Start;
        for (int iy = firstRow; iy < endRow; iy++)
        {
            for (int ix = firstColumn; ix < endColumn; ix++)
                sum = reduction.Add(sum, x[(iy * columns.Input + ix) * channels]);
        }

        return reduction.Finish(sum, (endRow - firstRow) * (endColumn - firstColumn));
    }
}
