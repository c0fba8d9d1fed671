using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// Conv2D and FullyConnected on x64 as a matrix product of pixels by channels. A few pixels at a time are gathered (windows larger than a pixel) and converted for
/// the product instruction, then all panels of weights pass by. A unit is such a block of pixels; where there is only one, a panel of channels.
/// </summary>
internal sealed unsafe class X64Conv2DKernel<TProducts, TOutput> : Kernel
    where TProducts : struct, IX64Products
    where TOutput : unmanaged, IX64Output<TOutput>
{
    /// <summary>Converted activations of a block. Small, because it counts towards a session's memory.</summary>
    private const int BlockBytes = 6 * 1024;

    /// <summary>Blocks to make of a layer where it has the rows for it, so that threads get equal parts.</summary>
    private const int LeastBlocks = 12;

    private readonly X64Panels panels;
    private readonly X64Limits limits;
    private readonly WindowGather gather;
    private readonly bool gathers;
    private readonly int rows;
    private readonly int depth;
    private readonly int stride;
    private readonly int blockRows;

    /// <summary>Binds the kernel.</summary>
    /// <param name="request">Conv2D without groups, FullyConnected, or DepthwiseConv2D of one input channel, which is a convolution too.</param>
    /// <param name="scaling">Requantization.</param>
    public X64Conv2DKernel(KernelRequest request, OutputScaling scaling)
    {
        Shape w = request.Input(1).Shape;
        bool depthwise = request.Node.Kind == OperatorKind.DepthwiseConv2D;
        if (depthwise)
            w = new Shape(w[3], w[1], w[2], 1);
        int zeroPoint = request.Input(0).Quantization!.ZeroPoint;
        depth = (int)(w.ElementCount / w[0]);
        rows = (int)(request.Output().Shape.ElementCount / w[0]);
        limits = new X64Limits(scaling.ZeroPoint, scaling.Low, scaling.High);
        panels = X64Panels.Pack<TProducts>((sbyte*)request.Constant(1), (int*)request.Constant(2), w[0], depth, depthwise, zeroPoint, scaling);
        if (request.Node.Kind != OperatorKind.FullyConnected)
        {
            gather = new WindowGather(request.Input(0).Shape, w, request.Options<Conv2DOptions>(), zeroPoint);
            gathers = !gather.IsIdentity;
        }

        stride = gathers ? gather.Stride * TProducts.ElementBytes : panels.Groups * sizeof(int);
        int tiles = Math.Min(BlockBytes / stride / X64GemmTile.Rows, (rows + (LeastBlocks * X64GemmTile.Rows) - 1) / (LeastBlocks * X64GemmTile.Rows));
        blockRows = Math.Max(tiles, 1) * X64GemmTile.Rows;
    }

    public override int Units => ByPanel ? panels.Count : (rows + blockRows - 1) / blockRows;

    public override int ScratchBytes => ConvertedOffset + (Math.Min(blockRows, rows) * stride) + NativeBuffer.Alignment;

    public override long PackedBytes => panels.Bytes;

    private bool ByPanel => rows <= blockRows;

    /// <summary>Where converted activations lie in scratch: behind the gathered ones, or over them where elements stay bytes.</summary>
    private int ConvertedOffset => gathers && TProducts.ElementBytes > 1 ? (Math.Min(blockRows, rows) * gather.Stride) + NativeBuffer.Alignment : 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        X64Block block;
        block.AStride = stride;
        block.Groups = panels.Groups;
        block.OutputStride = panels.Columns;
        sbyte* y = (sbyte*)arguments.Outputs[0];
        if (ByPanel)
        {
            block.A = Convert(arguments, 0, rows);
            block.Rows = rows;
            Multiply(&block, y, begin, end);
            return;
        }

        for (int unit = begin; unit < end; unit++)
        {
            int first = unit * blockRows;
            block.Rows = Math.Min(blockRows, rows - first);
            block.A = Convert(arguments, first, block.Rows);
            Multiply(&block, y + ((nint)first * panels.Columns), 0, panels.Count);
        }
    }

    protected override void Dispose(bool disposing)
    {
        panels.Dispose();
        base.Dispose(disposing);
    }

    private void Multiply(X64Block* block, sbyte* y, int begin, int end)
    {
        TOutput scale;
        block->Scale = &scale;
        for (int p = begin; p < end; p++)
        {
            block->Panel = panels.Panel(p);
            scale = TOutput.Load((int*)block->Panel + X64Panels.Width, limits);
            block->Output = y + (p * X64Panels.Width);
            block->Columns = Math.Min(X64Panels.Width, panels.Columns - (p * X64Panels.Width));
            X64GemmTile.Multiply<TProducts, TOutput>(block);
        }
    }

    private byte* Convert(in KernelArguments arguments, int first, int count)
    {
        byte* converted = arguments.Scratch + ConvertedOffset;
        if (gathers)
        {
            gather.Gather(arguments.Inputs[0], arguments.Scratch, first, first + count);
            TProducts.Convert(arguments.Scratch, converted, count * gather.Stride);
            return converted;
        }

        byte* x = arguments.Inputs[0] + ((nint)first * depth);
        if (depth % TProducts.Depth == 0)
        {
            TProducts.Convert(x, converted, count * depth);
            return converted;
        }

        for (int r = 0; r < count; r++)
            TProducts.Convert(x + ((nint)r * depth), converted + ((nint)r * stride), depth);
        return converted;
    }
}
