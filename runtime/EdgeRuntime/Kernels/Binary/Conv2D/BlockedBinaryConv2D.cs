using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>What the inner loops of one block of filters over one band of pixels need.</summary>
internal unsafe struct BlockArguments
{
    /// <summary>First pixel of the band's input, in scratch or in place.</summary>
    public byte* Input;

    /// <summary>Packed weights of the block: [chunk][filter][lane].</summary>
    public byte* Weights;

    /// <summary>First filter of the block.</summary>
    public int Filter;

    /// <summary>Offsets of the chunks of the window.</summary>
    public nint* ChunkOffsets;

    public int Chunks;

    /// <summary>Offset of each output pixel of the band.</summary>
    public nint* PixelOffsets;

    /// <summary>Pixels of the band: at least a tile, if the picture has as many.</summary>
    public int Pixels;

    /// <summary>With zero padding: eight int16 start values for each pixel.</summary>
    public byte* Starts;

    /// <summary>With zero padding: offset into <see cref="Starts"/> of each pixel of the band.</summary>
    public int* StartOffsets;

    /// <summary>Output of the band's first pixel at the block's first filter, and the distance of pixels, in bytes.</summary>
    public byte* Output;

    public nint OutputStride;

    /// <summary>Constants of the output transform for this block; the layout is the transform's.</summary>
    public byte* Constants;

    /// <summary>Residual of the band's first pixel at the block's first filter, or null; pixels are <see cref="OutputStride"/> apart.</summary>
    public byte* Residual;

    /// <summary>Second output (packed signs) of the band's first pixel at the block's byte, or null.</summary>
    public byte* Signs;

    public nint SignStride;
}

/// <summary>
/// Binary convolution over a <see cref="BinaryConv2DPlan"/>: this class packs weights and output constants, copies bands with their border and walks the
/// blocks; subclasses are the inner loops of an instruction set.
/// </summary>
internal abstract unsafe class BlockedBinaryConv2D : Kernel
{
    private readonly BinaryConv2DPlan plan;
    private readonly BinaryGeometry geometry;
    private readonly BinaryBorder? border;
    private readonly NativeBuffer weights;
    private readonly NativeBuffer constants;
    private readonly NativeBuffer tables;
    private readonly int constantBytes;
    private readonly int outWords;
    private readonly int elementBytes;

    protected BlockedBinaryConv2D(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output, IBlockConstants layout)
    {
        this.plan = plan;
        Output = output;
        geometry = plan.Geometry;
        outWords = DataTypes.WordsFor(geometry.OutChannels);
        elementBytes = output.Type == DataType.Float32 ? 4 : 1;
        weights = PackWeights((byte*)request.Constant(BinaryInputs.Weights));
        if (geometry.ZeroPadding)
            border = new BinaryBorder(plan, (uint*)request.Constant(BinaryInputs.Weights));

        constantBytes = layout.Bytes;
        constants = new NativeBuffer((long)plan.Blocks.Length * constantBytes);
        for (int b = 0; b < plan.Blocks.Length; b++)
            layout.Write(output, plan.Blocks[b], constants.Pointer + (long)b * constantBytes);

        tables = new NativeBuffer((long)(plan.ChunkOffsets.Length + plan.PixelOffsets.Length) * sizeof(nint));
        var offset = (nint*)tables.Pointer;
        foreach (int o in plan.ChunkOffsets.Concat(plan.PixelOffsets))
            *offset++ = o;
    }

    public override int Units => plan.Units;

    public override int ScratchBytes => plan.ScratchBytes;

    public override long PackedBytes => weights.Length + constants.Length + tables.Length + (border?.Bytes ?? 0);

    protected BinaryOutput Output { get; }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        int filled = -1;
        byte* input = null;
        for (int unit = begin; unit < end; unit++)
        {
            int band = unit / plan.UnitsPerBand;
            int n = band / plan.Bands;
            int firstRow = plan.FirstRow(band % plan.Bands);
            int pixels = plan.Pixels(firstRow);
            int firstBlock = unit % plan.UnitsPerBand * plan.BlocksPerUnit;
            int endBlock = Math.Min(firstBlock + plan.BlocksPerUnit, plan.Blocks.Length);
            for (int b = firstBlock; b < endBlock; b++)
            {
                int group = plan.Blocks[b] / geometry.GroupOut;
                int wanted = band * geometry.Groups + group;
                if (wanted != filled)
                {
                    input = BandCopy.Fill(plan, arguments.Inputs[0], arguments.Scratch, n, firstRow, group);
                    filled = wanted;
                }

                RunBlock(arguments, input, b, n, firstRow, pixels);
            }

            if (unit % plan.UnitsPerBand == 0)
                ClearUnusedBytes(arguments, n, firstRow, pixels);
        }
    }

    /// <summary>Computes the pixels of a band for one block of filters.</summary>
    protected abstract void RunTiles(BlockArguments* block);

    protected override void Dispose(bool disposing)
    {
        weights.Dispose();
        constants.Dispose();
        tables.Dispose();
        border?.Dispose();
        base.Dispose(disposing);
    }

    private void RunBlock(in KernelArguments arguments, byte* input, int b, int n, int firstRow, int pixels)
    {
        int filter = plan.Blocks[b];
        nint firstPixel = (nint)n * geometry.Positions + firstRow * geometry.Columns.Output;
        BlockArguments block;
        Unsafe.SkipInit(out block);
        block.Input = input;
        block.Chunks = plan.ChunkOffsets.Length;
        block.Weights = weights.Pointer + (nint)b * block.Chunks * BinaryConv2DPlan.BlockFilters * plan.LaneBytes;
        block.ChunkOffsets = (nint*)tables.Pointer;
        block.PixelOffsets = (nint*)tables.Pointer + block.Chunks;
        block.Pixels = pixels;
        block.Filter = filter;
        block.Constants = constants.Pointer + (nint)b * constantBytes;
        block.Starts = border is null ? null : border.Starts(b);
        block.StartOffsets = border is null ? null : border.Offsets(firstRow);
        block.SignStride = outWords * 4;
        if (Output.Type == DataType.Bit)
        {
            block.OutputStride = outWords * 4;
            block.Output = arguments.Outputs[0] + firstPixel * block.OutputStride + filter / 8;
            block.Residual = block.Signs = null;
        }
        else
        {
            block.OutputStride = geometry.OutChannels * elementBytes;
            nint at = firstPixel * block.OutputStride + filter * elementBytes;
            block.Output = arguments.Outputs[0] + at;
            block.Residual = Output.HasResidual ? arguments.Inputs[BinaryInputs.Residual] + at : null;
            block.Signs = Output.HasSigns ? arguments.Outputs[1] + firstPixel * block.SignStride + filter / 8 : null;
        }

        RunTiles(&block);
    }

    /// <summary>Clears what follows the last block's byte in each pixel of a packed output.</summary>
    private void ClearUnusedBytes(in KernelArguments arguments, int n, int firstRow, int pixels)
    {
        int used = (geometry.OutChannels + 7) / 8;
        int unused = outWords * 4 - used;
        byte* y = Output.Type == DataType.Bit ? arguments.Outputs[0] : Output.HasSigns ? arguments.Outputs[1] : null;
        if (unused == 0 || y == null)
            return;
        y += ((nint)n * geometry.Positions + firstRow * geometry.Columns.Output) * outWords * 4 + used;
        for (int i = 0; i < pixels; i++, y += outWords * 4)
            Unsafe.InitBlockUnaligned(y, 0, (uint)unused);
    }

    private NativeBuffer PackWeights(byte* source)
    {
        int lane = plan.LaneBytes;
        int chunks = plan.ChunkOffsets.Length;
        var buffer = new NativeBuffer((long)plan.Blocks.Length * chunks * BinaryConv2DPlan.BlockFilters * lane);
        byte* to = buffer.Pointer;
        foreach (int first in plan.Blocks)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++, to += lane)
                {
                    if (first + f < geometry.OutChannels)
                        Unsafe.CopyBlockUnaligned(to, source + (((long)first + f) * chunks + chunk) * lane, (uint)lane);
                }
            }
        }

        return buffer;
    }
}
