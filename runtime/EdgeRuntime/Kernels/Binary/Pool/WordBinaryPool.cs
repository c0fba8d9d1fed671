using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Pool;

/// <summary>
/// Pooling of packed activations, 128 channels at a time (the last ones of a pixel word by word). The maximum is -1 where all positions are: the and of their bits.
/// The average counts bits in binary, one vector for each digit, so that 128 counters take a few operations a position.
/// </summary>
internal sealed unsafe class WordBinaryPool : Kernel
{
    private const int MaxDigits = 31;

    private readonly bool isMaximum;
    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int batches;
    private readonly int words;

    public WordBinaryPool(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        isMaximum = request.Node.Kind == OperatorKind.BinaryMaxPool2D;
        (rows, columns) = WindowAxis.Of(x, request.Options<Pool2DOptions>());
        batches = x[0];
        words = DataTypes.WordsFor(x[3]);
    }

    public override int Units => batches * rows.Output;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        for (int unit = begin; unit < end; unit++)
        {
            int oy = unit % rows.Output;
            uint* image = (uint*)arguments.Inputs[0] + (nint)(unit / rows.Output) * rows.Input * columns.Input * words;
            uint* y = (uint*)arguments.Outputs[0] + (nint)unit * columns.Output * words;
            int top = oy * rows.Stride - rows.PadBefore;
            int firstRow = Math.Max(top, 0);
            int height = Math.Min(top + rows.Filter, rows.Input) - firstRow;
            for (int ox = 0; ox < columns.Output; ox++, y += words)
            {
                int left = ox * columns.Stride - columns.PadBefore;
                int firstColumn = Math.Max(left, 0);
                int width = Math.Min(left + columns.Filter, columns.Input) - firstColumn;
                Pixel(image + ((nint)firstRow * columns.Input + firstColumn) * words, y, height, width);
            }
        }
    }

    private void Pixel(uint* window, uint* y, int height, int width)
    {
        int w = 0;
        for (; w + 4 <= words; w += 4)
            (isMaximum ? Maximum(window + w, height, width) : Average(window + w, height, width)).Store(y + w);

        // Up to twelve bytes too many are read, from the next pixel or the slack behind the tensor.
        for (; w < words; w++)
            y[w] = (isMaximum ? Maximum(window + w, height, width) : Average(window + w, height, width)).ToScalar();
    }

    private Vector128<uint> Maximum(uint* x, int height, int width)
    {
        Vector128<uint> all = Vector128<uint>.AllBitsSet;
        for (int fy = 0; fy < height; fy++, x += (nint)columns.Input * words)
        {
            for (int fx = 0; fx < width; fx++)
                all &= Vector128.Load(x + (nint)fx * words);
        }

        return all;
    }

    private Vector128<uint> Average(uint* x, int height, int width)
    {
        Vector128<uint>* digits = stackalloc Vector128<uint>[MaxDigits];
        int used = 0;
        for (int fy = 0; fy < height; fy++, x += (nint)columns.Input * words)
        {
            for (int fx = 0; fx < width; fx++)
            {
                // Adds one bit to each counter: the carry goes up digit by digit.
                Vector128<uint> carry = Vector128.Load(x + (nint)fx * words);
                for (int d = 0; d < used; d++)
                {
                    Vector128<uint> sum = digits[d] ^ carry;
                    carry &= digits[d];
                    digits[d] = sum;
                }

                if (carry != Vector128<uint>.Zero)
                    digits[used++] = carry;
            }
        }

        // -1 wins with more than half of the positions: counters of at least half + 1, compared from the highest digit down.
        int least = height * width / 2 + 1;
        if (least >> used != 0)
            return Vector128<uint>.Zero;
        Vector128<uint> greater = Vector128<uint>.Zero;
        Vector128<uint> equal = Vector128<uint>.AllBitsSet;
        for (int d = used - 1; d >= 0; d--)
        {
            if (((least >> d) & 1) == 0)
            {
                greater |= equal & digits[d];
                equal &= ~digits[d];
            }
            else
            {
                equal &= digits[d];
            }
        }

        return greater | equal;
    }
}
