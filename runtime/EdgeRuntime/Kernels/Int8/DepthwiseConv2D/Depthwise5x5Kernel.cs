using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// 5x5 depthwise convolution with multiplier 1, stride 1 or 2 and no dilation. Windows lie in a <see cref="WindowBand"/>, so that those at the border are like all others; a tile
/// reads the weights of a filter's row once for four neighbouring pixels, and each column once for all of those whose windows hold it. A unit is one band.
/// </summary>
internal sealed unsafe class Depthwise5x5Kernel<TTile, TRounding> : Kernel
    where TTile : struct, IDepthwise5x5Tile
    where TRounding : struct, IRounding
{
    /// <summary>Channels of a block; the last block overlaps the one before it where channels are no multiple of it.</summary>
    private const int Width = DepthwiseBlocks.Narrow;

    private const int Filter = 5;

    /// <summary>Bytes of a band: half of a first-level cache, since each byte is read once for each of five rows.</summary>
    private const int BandBytes = 16 * 1024;

    private readonly DepthwiseBlocks blocks;
    private readonly OutputLimits limits;
    private readonly WindowBand band;
    private readonly int stride;
    private readonly int channels;
    private readonly int batches;
    private readonly int inputBytes;
    private readonly int outputHeight;
    private readonly int outputWidth;

    public Depthwise5x5Kernel(KernelRequest request, OutputScaling scaling)
    {
        Shape x = request.Input(0).Shape;
        Shape y = request.Output().Shape;
        Conv2DOptions options = request.Options<Conv2DOptions>();
        int zeroPoint = request.Input(0).Quantization!.ZeroPoint;
        band = new WindowBand(x, request.Input(1).Shape, options, zeroPoint, BandBytes);
        stride = options.StrideWidth;
        batches = x[0];
        channels = x[3];
        inputBytes = (int)(x.ElementCount / x[0]);
        (outputHeight, outputWidth) = (y[1], y[2]);
        blocks = DepthwiseBlocks.Pack<TTile>((sbyte*)request.Constant(1), (int*)request.Constant(2), channels, Filter * Filter, zeroPoint, scaling, Width);
        limits = new OutputLimits(scaling);
    }

    public override int Units => batches * band.Count.Across * band.Count.Down;

    public override int ScratchBytes => band.Bytes;

    public override long PackedBytes => blocks.Bytes;

    /// <summary>Whether a request has the shape and options that this kernel is made for.</summary>
    public static bool Supports(KernelRequest request)
    {
        Shape w = request.Input(1).Shape;

        // A row shorter than a tile could be read beyond the picture's end.
        return w[1] == Filter && w[2] == Filter && w[3] >= Width && request.Output().Shape[2] >= DepthwisePixels.Tile
            && request.Options<Conv2DOptions>() is { DilationHeight: 1, DilationWidth: 1, StrideWidth: 1 or 2 };
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        (int across, int down) = band.Count;
        DepthwisePixels pixels;
        pixels.Limits = limits;
        pixels.Pitch = band.Pitch;
        pixels.Channels = channels;
        for (int unit = begin; unit < end; unit++)
        {
            int picture = Math.DivRem(unit, across * down, out int part);
            int row = Math.DivRem(part, across, out int column) * band.Rows;
            column *= band.Columns;
            int height = Math.Min(band.Rows, outputHeight - row);
            byte* window = band.Load(arguments.Inputs[0] + ((nint)picture * inputBytes), arguments.Scratch, row, height, column);
            sbyte* output = (sbyte*)arguments.Outputs[0] + (((((nint)picture * outputHeight) + row) * outputWidth + column) * channels);
            pixels.Count = Math.Min(band.Columns, outputWidth - column);
            for (int b = 0; b < blocks.Count; b++)
            {
                int channel = blocks.FirstChannel(b);
                pixels.Constants = blocks.Constants(b);
                for (int r = 0; r < height; r++)
                {
                    pixels.Window = window + (r * band.RowStep) + channel;
                    pixels.Output = output + ((nint)r * outputWidth * channels) + channel;
                    if (blocks.Rounding(b) == BlockRounding.Layer)
                        RunBlock<TRounding>(&pixels);
                    else if (blocks.Rounding(b) == BlockRounding.Short)
                        RunBlock<RoundAwayFromZeroShort>(&pixels);
                    else if (TRounding.HasLimits)
                        RunBlock<RoundFusedLimited>(&pixels);
                    else
                        RunBlock<RoundFused>(&pixels);
                }
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        blocks.Dispose();
        base.Dispose(disposing);
    }

    private void RunBlock<TBlockRounding>(DepthwisePixels* pixels)
        where TBlockRounding : struct, IRounding
    {
        if (stride == 1)
            TTile.Stride1<TBlockRounding>(pixels);
        else
            TTile.Stride2<TBlockRounding>(pixels);
    }
}
