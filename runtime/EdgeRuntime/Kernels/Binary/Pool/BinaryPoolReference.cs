using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Pool;

/// <summary>
/// Pooling of packed activations, positions inside the picture only. Maximum: +1 where any position is +1. Average: the sign of the sum; a tie is +1.
/// </summary>
internal sealed unsafe class BinaryPoolReference : Kernel
{
    private readonly bool isMaximum;
    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int batches;
    private readonly int channels;
    private readonly int words;

    public BinaryPoolReference(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        isMaximum = request.Node.Kind == OperatorKind.BinaryMaxPool2D;
        (rows, columns) = WindowAxis.Of(x, request.Options<Pool2DOptions>());
        batches = x[0];
        channels = x[3];
        words = DataTypes.WordsFor(channels);
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        uint* x = (uint*)arguments.Inputs[0];
        uint* y = (uint*)arguments.Outputs[0];
        for (int n = 0; n < batches; n++, x += (nint)rows.Input * columns.Input * words)
        {
            for (int oy = 0; oy < rows.Output; oy++)
            {
                for (int ox = 0; ox < columns.Output; ox++, y += words)
                {
                    for (int c = 0; c < channels; c++)
                        PackedRow.Append(y, c, Reduce(x, oy, ox, c));
                }
            }
        }
    }

    private int Reduce(uint* x, int oy, int ox, int c)
    {
        int negative = 0;
        int count = 0;
        for (int fy = 0; fy < rows.Filter; fy++)
        {
            int iy = oy * rows.Stride - rows.PadBefore + fy;
            for (int fx = 0; fx < columns.Filter; fx++)
            {
                int ix = ox * columns.Stride - columns.PadBefore + fx;
                if ((uint)iy >= (uint)rows.Input || (uint)ix >= (uint)columns.Input)
                    continue;
                negative += PackedRow.Bit(x + ((nint)iy * columns.Input + ix) * words, c);
                count++;
            }
        }

        return (isMaximum ? negative == count : 2 * negative > count) ? 1 : 0;
    }
}
