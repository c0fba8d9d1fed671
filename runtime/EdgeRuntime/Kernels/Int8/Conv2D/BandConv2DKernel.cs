using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Conv2D with windows of several pixels, or strides, as a matrix product whose rows are windows in a <see cref="WindowBand"/>: read where they are, segment by
/// segment, or, where segments are so short that padding each to whole steps would cost more, put side by side first. A unit is one band.
/// </summary>
internal sealed unsafe class BandConv2DKernel<TTile, TRounding> : Kernel
    where TTile : struct, IGemmTile
    where TRounding : struct, IRounding
{
    /// <summary>Bytes of a band: they stay in the first-level cache beside a panel of weights, and count towards a session's memory.</summary>
    private const int BandBytes = 4 * 1024;

    private readonly GemmPanels panels;
    private readonly OutputLimits limits;
    private readonly WindowBand band;
    private readonly bool gathers;
    private readonly int matrixStride;
    private readonly int batches;
    private readonly int inputBytes;
    private readonly int outputHeight;
    private readonly int outputWidth;

    public BandConv2DKernel(KernelRequest request, OutputScaling scaling)
    {
        Shape x = request.Input(0).Shape;
        Shape y = request.Output().Shape;
        Shape w = request.Input(1).Shape;
        int zeroPoint = request.Input(0).Quantization!.ZeroPoint;
        band = new WindowBand(x, w, request.Options<Conv2DOptions>(), zeroPoint, BandBytes);
        limits = new OutputLimits(scaling);
        batches = y[0];
        inputBytes = (int)(x.ElementCount / x[0]);
        (outputHeight, outputWidth) = (y[1], y[2]);

        // An eighth more work is about what gathering costs.
        int inPlace = w[1] * WholeSteps(band.Segment);
        int sideBySide = WholeSteps(w[1] * band.Segment);
        gathers = inPlace * 8L > sideBySide * 9L;
        matrixStride = (w[1] * band.Segment + 15) & ~15;
        panels = GemmPanels.Pack<TTile>(
            (sbyte*)request.Constant(1),
            (int*)request.Constant(2),
            w[0],
            gathers ? 1 : w[1],
            gathers ? w[1] * band.Segment : band.Segment,
            zeroPoint,
            scaling);
    }

    public override int Units => batches * band.Count.Across * band.Count.Down;

    public override int ScratchBytes => MatrixStart + (gathers ? (band.Columns * matrixStride) + 16 : 0);

    public override long PackedBytes => panels.Bytes;

    private int MatrixStart => (band.Bytes + 15) & ~15;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        (int across, int down) = band.Count;
        GemmBlock block;
        block.Limits = limits;
        block.OutputStride = panels.Columns;
        for (int unit = begin; unit < end; unit++)
        {
            int picture = Math.DivRem(unit, across * down, out int part);
            int row = Math.DivRem(part, across, out int column) * band.Rows;
            column *= band.Columns;
            int height = Math.Min(band.Rows, outputHeight - row);
            byte* window = band.Load(arguments.Inputs[0] + ((nint)picture * inputBytes), arguments.Scratch, row, height, column);
            sbyte* output = (sbyte*)arguments.Outputs[0] + (((((nint)picture * outputHeight) + row) * outputWidth + column) * panels.Columns);
            block.Rows = Math.Min(band.Columns, outputWidth - column);
            if (gathers)
                MultiplyGathered(&block, window, arguments.Scratch + MatrixStart, output, height);
            else
                MultiplyInPlace(&block, window, output, height);
        }
    }

    protected override void Dispose(bool disposing)
    {
        panels.Dispose();
        base.Dispose(disposing);
    }

    private static int WholeSteps(int depth) => (depth + TTile.DepthStep - 1) / TTile.DepthStep * TTile.DepthStep;

    private void MultiplyGathered(GemmBlock* block, byte* window, byte* matrix, sbyte* output, int height)
    {
        block->A = matrix;
        block->AStride = matrixStride;
        for (int r = 0; r < height; r++)
        {
            band.Gather(window + (r * band.RowStep), matrix, block->Rows, matrixStride);
            block->Output = output + ((nint)r * outputWidth * panels.Columns);
            panels.Multiply<TTile, TRounding>(block, 0, 0, panels.Count);
        }
    }

    /// <summary>Each panel of weights passes over all rows of the band while it is in the cache.</summary>
    private void MultiplyInPlace(GemmBlock* block, byte* window, sbyte* output, int height)
    {
        block->AStride = band.PixelStep;
        for (int p = 0; p < panels.Count; p++)
        {
            for (int r = 0; r < height; r++)
            {
                block->A = window + (r * band.RowStep);
                block->Output = output + ((nint)r * outputWidth * panels.Columns);
                panels.Multiply<TTile, TRounding>(block, band.Pitch, p, p + 1);
            }
        }
    }
}
