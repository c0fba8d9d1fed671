using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// 3x3 depthwise convolution with multiplier 1, stride 1 or 2, no dilation, and at most one column of padding on each side, in blocks of 16 channels. The last block
/// overlaps the one before it where channels are no multiple of 16. A unit is an output row.
/// </summary>
internal sealed unsafe class VnniDepthwise3x3Kernel<TOutput> : Kernel
    where TOutput : unmanaged, IX64Output<TOutput>
{
    private const int Width = VnniDepthwise3x3Tile.Width;
    private const int Taps = 9;

    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int channels;
    private readonly int batches;
    private readonly int blocks;
    private readonly X64Limits limits;
    private readonly NativeBuffer constants;
    private readonly NativeBuffer outside;

    public VnniDepthwise3x3Kernel(KernelRequest request, OutputScaling scaling)
    {
        Shape x = request.Input(0).Shape;
        int zeroPoint = request.Input(0).Quantization!.ZeroPoint;
        (rows, columns) = WindowAxis.Of(x, request.Input(1).Shape, request.Options<Conv2DOptions>());
        batches = x[0];
        channels = x[3];
        blocks = (channels + Width - 1) / Width;
        limits = new X64Limits(scaling.ZeroPoint, scaling.Low, scaling.High);
        constants = new NativeBuffer((long)blocks * VnniDepthwise3x3Tile.Constants * sizeof(int));
        for (int b = 0; b < blocks; b++)
            Pack(b, (sbyte*)request.Constant(1), (int*)request.Constant(2), zeroPoint, scaling);
        outside = new NativeBuffer(Width);
        new Span<byte>(outside.Pointer, Width).Fill((byte)zeroPoint);
    }

    public override int Units => batches * rows.Output;

    public override long PackedBytes => constants.Length;

    /// <summary>Whether a request has the shape and options that this kernel is made for.</summary>
    public static bool Supports(KernelRequest request)
    {
        Shape w = request.Input(1).Shape;
        Conv2DOptions o = request.Options<Conv2DOptions>();
        if (w[1] != 3 || w[2] != 3 || w[3] < Width || o is not { DilationHeight: 1, DilationWidth: 1, StrideWidth: 1 or 2 })
            return false;
        (_, WindowAxis columns) = WindowAxis.Of(request.Input(0).Shape, w, o);
        return columns.PadBefore <= 1 && End(columns) <= columns.Input + 1;
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        DepthwiseRow row;
        row.Outside = outside.Pointer;
        row.LeftOutside = columns.PadBefore == 1;
        row.RightOutside = End(columns) > columns.Input;
        row.Count = columns.Output;
        row.OutputStep = channels;
        nint pitch = (nint)columns.Input * channels;
        for (int b = 0; b < blocks; b++)
        {
            int channel = FirstChannel(b);
            row.Constants = Block(b);
            TOutput scale = TOutput.Load((int*)row.Constants + Width, limits);
            for (int unit = begin; unit < end; unit++)
            {
                int picture = Math.DivRem(unit, rows.Output, out int oy);
                byte* x = arguments.Inputs[0] + (picture * rows.Input * pitch) + channel;
                int iy = (oy * rows.Stride) - rows.PadBefore;
                row.Row0 = Row(x, iy, pitch, out row.Step0);
                row.Row1 = Row(x, iy + 1, pitch, out row.Step1);
                row.Row2 = Row(x, iy + 2, pitch, out row.Step2);
                row.Output = (sbyte*)arguments.Outputs[0] + ((nint)unit * columns.Output * channels) + channel;
                if (columns.Stride == 1)
                    VnniDepthwise3x3Tile.Stride1(&row, in scale);
                else
                    VnniDepthwise3x3Tile.Stride2(&row, in scale);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        constants.Dispose();
        outside.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Columns up to the end of the last window.</summary>
    private static int End(WindowAxis columns) => ((columns.Output - 1) * columns.Stride) - columns.PadBefore + 3;

    private byte* Block(int index) => constants.Pointer + ((nint)index * VnniDepthwise3x3Tile.Constants * sizeof(int));

    private int FirstChannel(int block) => Math.Min(block * Width, channels - Width);

    /// <summary>The first column inside the picture of an input row, or of a row outside of it.</summary>
    private byte* Row(byte* x, int iy, nint pitch, out nint step)
    {
        bool inside = (uint)iy < (uint)rows.Input;
        step = inside ? channels : 0;
        return inside ? x + (iy * pitch) : outside.Pointer;
    }

    private void Pack(int block, sbyte* weights, int* bias, int zeroPoint, OutputScaling scaling)
    {
        int* packed = (int*)Block(block);
        sbyte* columnsOfWeights = (sbyte*)(packed + (3 * Width));
        int first = FirstChannel(block);
        ChannelScaling.Write(scaling, first, Width, packed + Width);
        for (int c = 0; c < Width; c++)
        {
            int sum = 0;
            for (int t = 0; t < Taps; t++)
            {
                sbyte w = weights[((nint)t * channels) + first + c];
                sum += w;
                columnsOfWeights[(t % 3 * Width * sizeof(int)) + (c * sizeof(int)) + (t / 3)] = w;
            }

            packed[c] = (bias == null ? 0 : bias[first + c]) - ((zeroPoint + VnniProducts.InputOffset) * sum);
        }
    }
}
