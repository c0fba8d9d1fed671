using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>Window, strides, dilations and padding of a convolution or pool over the last two dimensions, and the output's size.</summary>
internal sealed class Window2D
{
    private const int MaxSide = 32_767;

    private Window2D(int height, int width)
    {
        Height = height;
        Width = width;
    }

    public int Height { get; }

    public int Width { get; }

    public int StrideHeight { get; private init; }

    public int StrideWidth { get; private init; }

    public int DilationHeight { get; private init; }

    public int DilationWidth { get; private init; }

    public Padding2D Padding { get; private init; }

    public int OutputHeight { get; private init; }

    public int OutputWidth { get; private init; }

    /// <summary>Whether every window touches the picture, as convolutions with padding of their own demand.</summary>
    public bool FitsConvolution => Math.Max(Padding.Top, Padding.Bottom) <= (Height - 1L) * DilationHeight && Math.Max(Padding.Left, Padding.Right) <= (Width - 1L) * DilationWidth;

    public bool IsPadded => Padding.Top + Padding.Bottom + Padding.Left + Padding.Right > 0;

    /// <summary>Reads the attributes; null after noting what is not supported.</summary>
    /// <exception cref="ImportException">An attribute is impossible.</exception>
    public static Window2D? Read(OnnxOperator op, int[] x, int height, int width)
    {
        int[] kernel = op.Ints("kernel_shape") ?? [height, width];
        int[] strides = op.Ints("strides") ?? [1, 1];
        int[] dilations = op.Ints("dilations") ?? [1, 1];
        int[] pads = op.Ints("pads") ?? [0, 0, 0, 0];
        bool ceil = op.Int("ceil_mode", 0) != 0;
        string automatic = op.Text("auto_pad", "NOTSET");
        if (kernel.Length != 2 || strides.Length != 2 || dilations.Length != 2 || pads.Length != 4)
            throw op.Corrupt($"{kernel.Length} sides, {strides.Length} strides, {dilations.Length} dilations and {pads.Length} pads; a window over two dimensions has 2, 2, 2 and 4");
        if (height > 0 && (kernel[0] != height || kernel[1] != width))
            throw op.Corrupt($"kernel_shape is {kernel[0]}x{kernel[1]}, the weights are {height}x{width}");
        if (kernel.Concat(strides).Concat(dilations).Any(v => v is < 1 or > MaxSide))
            throw op.Corrupt($"kernel {kernel[0]}x{kernel[1]}, strides {strides[0]}x{strides[1]}, dilations {dilations[0]}x{dilations[1]}; each must be 1 to {MaxSide}");
        if (pads.Any(v => v < 0))
        {
            op.Unsupported($"negative pads ({string.Join(", ", pads)})");
            return null;
        }

        if (pads.Any(v => v > MaxSide))
            throw op.Corrupt($"pads are ({string.Join(", ", pads)}); the limit is {MaxSide}");
        (int top, int bottom, int rows) = Axis(op, automatic, x[2], kernel[0], strides[0], dilations[0], pads[0], pads[2], ceil);
        (int left, int right, int columns) = Axis(op, automatic, x[3], kernel[1], strides[1], dilations[1], pads[1], pads[3], ceil);
        return new Window2D(kernel[0], kernel[1])
        {
            StrideHeight = strides[0],
            StrideWidth = strides[1],
            DilationHeight = dilations[0],
            DilationWidth = dilations[1],
            Padding = top + bottom + left + right == 0 ? Padding2D.Valid : Padding2D.Of(top, bottom, left, right),
            OutputHeight = rows,
            OutputWidth = columns,
        };
    }

    /// <summary>Pads a tensor with channels last by an operator of its own.</summary>
    public int Pad(OnnxOperator op, int tensor)
    {
        if (op.Failed)
            return -1;
        Shape x = op.TensorAt(tensor).Shape;
        int padded = op.AddTensor(op.TensorAt(tensor) with
        {
            Name = $"{op.Name}/padded",
            Shape = new Shape(x[0], x[1] + Padding.Top + Padding.Bottom, x[2] + Padding.Left + Padding.Right, x[3]),
        });
        op.Node(OperatorKind.Pad, [tensor], [padded], new PadOptions([0, Padding.Top, Padding.Left, 0], [0, Padding.Bottom, Padding.Right, 0]));
        return padded;
    }

    private static (int Before, int After, int Output) Axis(OnnxOperator op, string automatic, int size, int side, int stride, int dilation, int before, int after, bool ceil)
    {
        long extent = ((side - 1L) * dilation) + 1;
        switch (automatic)
        {
            case "SAME_UPPER" or "SAME_LOWER":
                long same = (size + stride - 1L) / stride;
                long all = Math.Max(0, ((same - 1) * stride) + extent - size);
                long less = all / 2;
                return automatic == "SAME_UPPER" ? ((int)less, (int)(all - less), (int)same) : ((int)(all - less), (int)less, (int)same);
            case "VALID":
                (before, after) = (0, 0);
                break;
            case "NOTSET" or "":
                break;
            default:
                throw op.Corrupt($"auto_pad is '{automatic}'");
        }

        long room = size + (long)before + after - extent;
        if (room < 0)
            throw op.Corrupt($"a window of {extent} does not fit {size} with pads {before} and {after}");
        long output = (room / stride) + 1;

        // A last window that begins inside the picture or its left padding counts, though it reaches over the end.
        if (ceil && room % stride != 0 && output * stride < size + (long)before)
        {
            after += (int)(stride - (room % stride));
            output++;
        }

        return (before, after, (int)output);
    }
}
