using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Float32;

/// <summary>
/// float32 average (of <see cref="Sum32"/>) or maximum pool, a vector of channels at a time; the last vector overlaps the one before it. Averages multiply by the reciprocal of the number of
/// elements. A unit is an output row.
/// </summary>
internal sealed unsafe class Float32Pool2DKernel<TOperation, TLanes, TVector> : Kernel
    where TOperation : struct, IFloat32Operation
    where TLanes : struct, IFloat32Lanes<TVector>
    where TVector : unmanaged
{
    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int channels;
    private readonly int batches;
    private readonly float low;
    private readonly float high;
    private readonly bool average = typeof(TOperation) == typeof(Sum32);

    public Float32Pool2DKernel(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        var options = request.Options<Pool2DOptions>();
        (rows, columns) = WindowAxis.Of(x, options);
        batches = x[0];
        channels = x[3];
        (low, high) = ActivationRange.Float32(options.Activation);
    }

    public override int Units => batches * rows.Output;

    public static bool Supports(KernelRequest request) => request.Input(0).Shape[3] >= TLanes.Count;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        for (int unit = begin; unit < end; unit++)
        {
            int picture = Math.DivRem(unit, rows.Output, out int oy);
            float* x = (float*)arguments.Inputs[0] + ((nint)picture * rows.Input * columns.Input * channels);
            float* y = (float*)arguments.Outputs[0] + ((nint)unit * columns.Output * channels);
            (int top, int bottom) = Taps(rows, oy);
            for (int ox = 0; ox < columns.Output; ox++, y += channels)
            {
                (int left, int right) = Taps(columns, ox);
                float factor = average ? 1f / ((bottom - top) * (right - left)) : 1;
                for (int next = 0; next < channels; next += TLanes.Count)
                {
                    int c = Math.Min(next, channels - TLanes.Count);
                    TVector value = TLanes.Create(TOperation.Start);
                    for (int iy = top; iy < bottom; iy++)
                    {
                        float* pixel = x + ((((nint)iy * columns.Input) + left) * channels) + c;
                        for (int ix = left; ix < right; ix++, pixel += channels)
                            value = TOperation.Apply<TLanes, TVector>(value, TLanes.Load(pixel));
                    }

                    if (average)
                        value = TLanes.Multiply(value, TLanes.Create(factor));
                    TLanes.Store(TLanes.Min(TLanes.Max(value, TLanes.Create(low)), TLanes.Create(high)), y + c);
                }
            }
        }
    }

    /// <summary>Input positions of a window that are inside the picture.</summary>
    private static (int First, int End) Taps(WindowAxis axis, int output)
    {
        int first = (output * axis.Stride) - axis.PadBefore;
        return (Math.Max(first, 0), Math.Min(first + axis.Filter, axis.Input));
    }
}
