using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Depthwise convolution with multiplier 1. An output row is cut into runs of pixels whose taps are alike: single pixels at the left and right border, one run
/// between them. Each run gets one address per tap; taps outside the picture point to a row of zero points. Blocks of channels go over the row one after the
/// other, so that weights stay in registers. A unit is an output row.
/// </summary>
internal sealed unsafe class DepthwiseConv2DKernel<TTile, TRounding> : Kernel
    where TTile : struct, IDepthwiseTile
    where TRounding : struct, IRounding
{
    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int channels;
    private readonly int batches;
    private readonly DepthwiseBlocks blocks;
    private readonly OutputLimits limits;
    private readonly NativeBuffer zeroRow;
    private readonly int tapCount;
    private readonly int firstInside;
    private readonly int endInside;

    public DepthwiseConv2DKernel(KernelRequest request, OutputScaling scaling)
    {
        Shape x = request.Input(0).Shape;
        Shape w = request.Input(1).Shape;
        int zeroPoint = request.Input(0).Quantization!.ZeroPoint;
        (rows, columns) = WindowAxis.Of(x, w, request.Options<Conv2DOptions>());
        batches = x[0];
        channels = x[3];
        tapCount = rows.Filter * columns.Filter;
        blocks = DepthwiseBlocks.Pack<TTile>((sbyte*)request.Constant(1), (int*)request.Constant(2), channels, tapCount, zeroPoint, scaling, DepthwiseBlocks.Wide);
        limits = new OutputLimits(scaling);

        firstInside = Math.Min((columns.PadBefore + columns.Stride - 1) / columns.Stride, columns.Output);
        int room = columns.Input + columns.PadBefore - ((columns.Filter - 1) * columns.Dilation) - 1;
        endInside = Math.Clamp(room < 0 ? 0 : (room / columns.Stride) + 1, firstInside, columns.Output);
        long span = Math.Max(1, ((long)(endInside - firstInside - 1) * columns.Stride) + 1);
        zeroRow = new NativeBuffer(span * channels);
        new Span<byte>(zeroRow.Pointer, checked((int)zeroRow.Length)).Fill((byte)zeroPoint);
    }

    public override int Units => batches * rows.Output;

    public override int ScratchBytes => TapSlots * sizeof(byte*);

    public override long PackedBytes => blocks.Bytes + zeroRow.Length;

    /// <summary>Taps rounded up to whole pairs, since kernels take two at a time.</summary>
    private int TapSlots => (tapCount + 1) & ~1;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        DepthwiseRun run;
        run.Taps = (byte**)arguments.Scratch;
        run.TapCount = tapCount;
        run.InputStep = (nint)columns.Stride * channels;
        run.OutputStep = channels;
        run.Limits = limits;
        run.Taps[TapSlots - 1] = zeroRow.Pointer;
        for (int unit = begin; unit < end; unit++)
        {
            int picture = Math.DivRem(unit, rows.Output, out int oy);
            byte* x = arguments.Inputs[0] + ((nint)picture * rows.Input * columns.Input * channels);
            sbyte* y = (sbyte*)arguments.Outputs[0] + ((nint)unit * columns.Output * channels);
            for (int ox = 0; ox < columns.Output; ox += run.Count)
            {
                run.Count = ox == firstInside && endInside > ox ? endInside - ox : 1;
                SetTaps(run.Taps, x, oy, ox);
                RunBlocks(&run, y + ((nint)ox * channels));
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        blocks.Dispose();
        zeroRow.Dispose();
        base.Dispose(disposing);
    }

    private static void RunBlock<TBlockRounding>(DepthwiseRun* run, int width)
        where TBlockRounding : struct, IRounding
    {
        if (width == DepthwiseBlocks.Wide)
            TTile.Wide<TBlockRounding>(run);
        else
            TTile.Narrow<TBlockRounding>(run);
    }

    private void RunBlocks(DepthwiseRun* run, sbyte* output)
    {
        for (int b = 0; b < blocks.Count; b++)
        {
            int channel = blocks.FirstChannel(b);
            run->Channel = channel;
            run->Constants = blocks.Constants(b);
            run->Output = output + channel;
            if (!TTile.HasBlockRounding || blocks.Rounding(b) == BlockRounding.Layer)
                RunBlock<TRounding>(run, blocks.Width(b));
            else if (blocks.Rounding(b) == BlockRounding.Short)
                RunBlock<RoundAwayFromZeroShort>(run, blocks.Width(b));
            else if (TRounding.HasLimits)
                RunBlock<RoundFusedLimited>(run, blocks.Width(b));
            else
                RunBlock<RoundFused>(run, blocks.Width(b));
        }
    }

    private void SetTaps(byte** taps, byte* x, int oy, int ox)
    {
        int left = (ox * columns.Stride) - columns.PadBefore;
        for (int fy = 0; fy < rows.Filter; fy++)
        {
            int iy = (oy * rows.Stride) - rows.PadBefore + (fy * rows.Dilation);
            bool rowInside = (uint)iy < (uint)rows.Input;
            byte* row = x + (((nint)iy * columns.Input) + left) * channels;
            int ix = left;
            for (int fx = 0; fx < columns.Filter; fx++, ix += columns.Dilation, row += (nint)columns.Dilation * channels)
                *taps++ = rowInside && (uint)ix < (uint)columns.Input ? row : zeroRow.Pointer;
        }
    }
}
