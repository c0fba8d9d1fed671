using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// 3x3 depthwise convolution with multiplier 1, stride 1 or 2, no dilation, and at most one column of padding on each side. Windows share the columns that they
/// have in common: a tile reads each column of three inputs once for a whole output row of 8 channels. A unit is an output row.
/// </summary>
internal sealed unsafe class Depthwise3x3Kernel<TTile, TRounding> : Kernel
    where TTile : struct, IDepthwise3x3Tile
    where TRounding : struct, IRounding
{
    /// <summary>Channels of a block; the last block overlaps the one before it where channels are no multiple of it.</summary>
    public const int Width = DepthwiseBlocks.Narrow;

    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int channels;
    private readonly int batches;
    private readonly DepthwiseBlocks blocks;
    private readonly OutputLimits limits;
    private readonly NativeBuffer outside;

    public Depthwise3x3Kernel(KernelRequest request, OutputScaling scaling)
    {
        Shape x = request.Input(0).Shape;
        int zeroPoint = request.Input(0).Quantization!.ZeroPoint;
        (rows, columns) = WindowAxis.Of(x, request.Input(1).Shape, request.Options<Conv2DOptions>());
        batches = x[0];
        channels = x[3];
        blocks = DepthwiseBlocks.Pack<TTile>((sbyte*)request.Constant(1), (int*)request.Constant(2), channels, 9, zeroPoint, scaling, Width);
        limits = new OutputLimits(scaling);
        outside = new NativeBuffer(channels);
        new Span<byte>(outside.Pointer, channels).Fill((byte)zeroPoint);
    }

    public override int Units => batches * rows.Output;

    public override long PackedBytes => blocks.Bytes + outside.Length;

    /// <summary>Whether a request has the shape and options that this kernel is made for.</summary>
    public static bool Supports(KernelRequest request)
    {
        Shape w = request.Input(1).Shape;
        Conv2DOptions o = request.Options<Conv2DOptions>();
        if (w[1] != 3 || w[2] != 3 || w[3] < Width || o is not { DilationHeight: 1, DilationWidth: 1, StrideWidth: 1 or 2 })
            return false;
        (_, WindowAxis columns) = WindowAxis.Of(request.Input(0).Shape, w, o);
        int end = ((columns.Output - 1) * columns.Stride) - columns.PadBefore + 3;
        return columns.PadBefore <= 1 && end <= columns.Input + 1;
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        DepthwiseRow row;
        row.Outside = outside.Pointer;
        row.LeftOutside = columns.PadBefore == 1;
        row.RightOutside = ((columns.Output - 1) * columns.Stride) - columns.PadBefore + 3 > columns.Input;
        row.Count = columns.Output;
        row.OutputStep = channels;
        row.Limits = limits;
        nint pitch = (nint)columns.Input * channels;
        for (int unit = begin; unit < end; unit++)
        {
            int picture = Math.DivRem(unit, rows.Output, out int oy);
            byte* x = arguments.Inputs[0] + (picture * rows.Input * pitch);
            sbyte* y = (sbyte*)arguments.Outputs[0] + ((nint)unit * columns.Output * channels);
            int iy = (oy * rows.Stride) - rows.PadBefore;
            byte* row0 = Row(x, iy, pitch, out row.Step0);
            byte* row1 = Row(x, iy + 1, pitch, out row.Step1);
            byte* row2 = Row(x, iy + 2, pitch, out row.Step2);
            for (int b = 0; b < blocks.Count; b++)
            {
                int channel = blocks.FirstChannel(b);
                row.Row0 = row0 + channel;
                row.Row1 = row1 + channel;
                row.Row2 = row2 + channel;
                row.Constants = blocks.Constants(b);
                row.Output = y + channel;
                if (!TTile.HasBlockRounding || blocks.Rounding(b) == BlockRounding.Layer)
                    RunBlock<TRounding>(&row, columns.Stride);
                else if (blocks.Rounding(b) == BlockRounding.Short)
                    RunBlock<RoundAwayFromZeroShort>(&row, columns.Stride);
                else if (TRounding.HasLimits)
                    RunBlock<RoundFusedLimited>(&row, columns.Stride);
                else
                    RunBlock<RoundFused>(&row, columns.Stride);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        blocks.Dispose();
        outside.Dispose();
        base.Dispose(disposing);
    }

    private static void RunBlock<TBlockRounding>(DepthwiseRow* row, int stride)
        where TBlockRounding : struct, IRounding
    {
        if (stride == 1)
            TTile.Stride1<TBlockRounding>(row);
        else
            TTile.Stride2<TBlockRounding>(row);
    }

    /// <summary>The first column inside the picture of an input row, or of a row outside of it.</summary>
    private byte* Row(byte* x, int iy, nint pitch, out nint step)
    {
        bool inside = (uint)iy < (uint)rows.Input;
        step = inside ? channels : 0;
        return inside ? x + (iy * pitch) : outside.Pointer;
    }
}
