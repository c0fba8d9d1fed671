using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>What pooling does with a window, 16 channels side by side.</summary>
internal unsafe interface IChannelPooling
{
    /// <summary>Writes 16 outputs of the window of the given rows and columns.</summary>
    /// <param name="x">Its first element.</param>
    /// <param name="step">Bytes between columns.</param>
    /// <param name="pitch">Bytes between rows.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="width">Columns, 1 or more.</param>
    Vector128<sbyte> Reduce(sbyte* x, nint step, nint pitch, int height, int width);
}

/// <summary>
/// int8 pooling, 16 channels side by side; the last 16 overlap those before them where channels are no multiple of 16. Padded positions do not take part.
/// A unit is an output row.
/// </summary>
internal sealed unsafe class ChannelPool2DKernel<TPooling> : Kernel
    where TPooling : struct, IChannelPooling
{
    private readonly TPooling pooling;
    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int batches;
    private readonly int channels;

    public ChannelPool2DKernel(KernelRequest request, TPooling pooling)
    {
        this.pooling = pooling;
        Shape x = request.Input(0).Shape;
        batches = x[0];
        channels = x[3];
        (rows, columns) = WindowAxis.Of(x, request.Options<Pool2DOptions>());
    }

    public override int Units => batches * rows.Output;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        nint pitch = (nint)columns.Input * channels;
        for (int unit = begin; unit < end; unit++)
        {
            int picture = Math.DivRem(unit, rows.Output, out int oy);
            int top = (oy * rows.Stride) - rows.PadBefore;
            int firstRow = Math.Max(top, 0);
            int height = Math.Min(top + rows.Filter, rows.Input) - firstRow;
            sbyte* x = (sbyte*)arguments.Inputs[0] + ((((nint)picture * rows.Input) + firstRow) * pitch);
            sbyte* y = (sbyte*)arguments.Outputs[0] + ((nint)unit * columns.Output * channels);
            for (int ox = 0; ox < columns.Output; ox++, y += channels)
            {
                int left = (ox * columns.Stride) - columns.PadBefore;
                int firstColumn = Math.Max(left, 0);
                int width = Math.Min(left + columns.Filter, columns.Input) - firstColumn;
                sbyte* window = x + ((nint)firstColumn * channels);
                for (int c = 0; ; c = Math.Min(c + ChannelSums.Width, channels - ChannelSums.Width))
                {
                    Vector128.Store(pooling.Reduce(window + c, channels, pitch, height, width), y + c);
                    if (c + ChannelSums.Width >= channels)
                        break;
                }
            }
        }
    }
}

/// <summary>
/// Averages: sum / count, halves away from zero. The division is done in float32: with sums below 2^24 and counts below 2^16, a quotient that is no integer is
/// further from the next one than a rounding error.
/// </summary>
internal readonly unsafe struct ChannelAverage(int low, int high) : IChannelPooling
{
    /// <summary>Most elements of a window.</summary>
    public const int MaxCount = 1 << 15;

    public Vector128<sbyte> Reduce(sbyte* x, nint step, nint pitch, int height, int width)
    {
        int* sums = stackalloc int[ChannelSums.Width];
        for (int i = 0; i < ChannelSums.Width; i += 4)
            Vector128.Store(Vector128<int>.Zero, sums + i);
        for (int r = 0; r < height; r++)
            ChannelSums.Add(x + (r * pitch), step, width, sums);
        int count = height * width;
        return Vector128.Narrow(
            Vector128.Narrow(Divide(sums, count), Divide(sums + 4, count)),
            Vector128.Narrow(Divide(sums + 8, count), Divide(sums + 12, count)));
    }

    private Vector128<int> Divide(int* sums, int count)
    {
        Vector128<int> sum = Vector128.Load(sums);
        Vector128<int> sign = Vector128.ShiftRightArithmetic(sum, 31);

        // count / 2 with the sum's sign.
        Vector128<int> half = (Vector128.Create(count / 2) ^ sign) - sign;
        Vector128<float> quotient = Vector128.ConvertToSingle(sum + half) / Vector128.Create((float)count);
        return Vector128.Min(Vector128.Max(Vector128.ConvertToInt32(quotient), Vector128.Create(low)), Vector128.Create(high));
    }
}

/// <summary>Maxima.</summary>
internal readonly unsafe struct ChannelMaximum(int low, int high) : IChannelPooling
{
    public Vector128<sbyte> Reduce(sbyte* x, nint step, nint pitch, int height, int width)
    {
        Vector128<sbyte> largest = Vector128.Create((sbyte)low);
        for (int r = 0; r < height; r++)
            largest = ChannelSums.Largest(largest, x + (r * pitch), step, width);
        return Vector128.Min(largest, Vector128.Create((sbyte)high));
    }
}
