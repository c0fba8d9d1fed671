using EdgeRuntime.Kernels.Int8;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Float32;

/// <summary>
/// float32 Conv2D without groups, and FullyConnected, as a matrix product of pixels by channels. Windows larger than a pixel are gathered, a few pixels at a time. A unit is a block
/// of pixels; where there is only one, a panel of channels.
/// </summary>
internal sealed unsafe class Float32Conv2DKernel<TLanes, TVector> : Kernel
    where TLanes : struct, IFloat32Lanes<TVector>
    where TVector : unmanaged
{
    /// <summary>Gathered activations of a block.</summary>
    private const int BlockBytes = 16 * 1024;

    /// <summary>Blocks to make of a layer where it has the rows for it, so that threads get equal parts.</summary>
    private const int LeastBlocks = 12;

    private readonly Float32Panels panels;
    private readonly WindowGather gather;
    private readonly bool gathers;
    private readonly int rows;
    private readonly int stride;
    private readonly int blockRows;
    private readonly float low;
    private readonly float high;

    public Float32Conv2DKernel(KernelRequest request)
    {
        Shape w = request.Input(1).Shape, x = request.Input(0).Shape;
        int depth = (int)(w.ElementCount / w[0]);
        rows = (int)(request.Output().Shape.ElementCount / w[0]);
        panels = new Float32Panels((float*)request.Constant(1), (float*)request.Constant(2), w[0], depth, Float32GemmTile<TLanes, TVector>.Width);
        stride = depth * sizeof(float);
        if (request.Node.Options is Conv2DOptions options)
        {
            // The gathering moves bytes: a channel is four of them.
            gather = new WindowGather(new Shape(x[0], x[1], x[2], x[3] * sizeof(float)), w, options, 0);
            gathers = !gather.IsIdentity;
            stride = gathers ? gather.Stride : stride;
            (low, high) = ActivationRange.Float32(options.Activation);
        }
        else
        {
            (low, high) = ActivationRange.Float32(request.Options<ActivationOptions>().Activation);
        }

        const int tile = Float32GemmTile<TLanes, TVector>.Rows;
        int tiles = Math.Min(BlockBytes / stride / tile, (rows + (LeastBlocks * tile) - 1) / (LeastBlocks * tile));
        blockRows = Math.Max(tiles, 1) * tile;
    }

    public override int Units => ByPanel ? panels.Count : (rows + blockRows - 1) / blockRows;

    public override int ScratchBytes => gathers ? (Math.Min(blockRows, rows) * stride) + WindowGather.Slack : 0;

    public override long PackedBytes => panels.Bytes;

    private bool ByPanel => rows <= blockRows;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        Float32Block block;
        block.AStride = stride / sizeof(float);
        block.Depth = panels.Depth;
        block.OutputStride = panels.Columns;
        block.Low = low;
        block.High = high;
        float* y = (float*)arguments.Outputs[0];
        if (ByPanel)
        {
            block.A = Rows(arguments, 0, rows);
            block.Rows = rows;
            Multiply(&block, y, begin, end);
            return;
        }

        for (int unit = begin; unit < end; unit++)
        {
            int first = unit * blockRows;
            block.Rows = Math.Min(blockRows, rows - first);
            block.A = Rows(arguments, first, block.Rows);
            Multiply(&block, y + ((nint)first * panels.Columns), 0, panels.Count);
        }
    }

    protected override void Dispose(bool disposing)
    {
        panels.Dispose();
        base.Dispose(disposing);
    }

    private void Multiply(Float32Block* block, float* y, int begin, int end)
    {
        for (int p = begin; p < end; p++)
        {
            block->Panel = panels.Panel(p);
            block->Output = y + (p * panels.Width);
            block->Columns = Math.Min(panels.Width, panels.Columns - (p * panels.Width));
            Float32GemmTile<TLanes, TVector>.Multiply(block);
        }
    }

    private float* Rows(in KernelArguments arguments, int first, int count)
    {
        if (!gathers)
            return (float*)arguments.Inputs[0] + ((nint)first * panels.Depth);
        gather.Gather(arguments.Inputs[0], arguments.Scratch, first, first + count);
        return (float*)arguments.Scratch;
    }
}
