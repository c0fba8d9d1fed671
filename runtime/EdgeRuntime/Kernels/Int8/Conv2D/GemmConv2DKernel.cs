using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Conv2D of single pixels and FullyConnected as a matrix product of pixels by channels. Pixels are taken in blocks that stay in the first-level cache while
/// all panels of weights pass by; dilated windows are gathered block by block. A unit is one block; with fewer rows than one block holds,
/// one panel of channels.
/// </summary>
internal sealed unsafe class GemmConv2DKernel<TTile, TRounding> : Kernel
    where TTile : struct, IGemmTile
    where TRounding : struct, IRounding
{
    /// <summary>Activations of one block: half of a 32 KB cache; the other half is for weights and outputs.</summary>
    private const int BlockBytes = 16 * 1024;

    /// <summary>Gathered windows of one block. Small, because it counts towards a session's memory.</summary>
    private const int GatherBytes = 6 * 1024;

    /// <summary>Rows of a block are a multiple of every tile's height.</summary>
    private const int RowStep = 8;

    private readonly GemmPanels panels;
    private readonly OutputLimits limits;
    private readonly WindowGather gather;
    private readonly bool gathers;
    private readonly int rows;
    private readonly int blockRows;

    public GemmConv2DKernel(KernelRequest request, OutputScaling scaling)
    {
        Shape w = request.Input(1).Shape;
        int zeroPoint = request.Input(0).Quantization!.ZeroPoint;
        int depth = (int)(w.ElementCount / w[0]);
        limits = new OutputLimits(scaling);
        rows = (int)(request.Output().Shape.ElementCount / w[0]);
        panels = GemmPanels.Pack<TTile>((sbyte*)request.Constant(1), (int*)request.Constant(2), w[0], 1, depth, zeroPoint, scaling);
        if (request.Node.Kind == OperatorKind.Conv2D)
        {
            gather = new WindowGather(request.Input(0).Shape, w, request.Options<Conv2DOptions>(), zeroPoint);
            gathers = !gather.IsIdentity;
        }

        int bytes = gathers ? GatherBytes / gather.Stride : BlockBytes / depth;
        blockRows = Math.Max(bytes / RowStep * RowStep, RowStep);
    }

    public override int Units => ByPanel ? panels.Count : (rows + blockRows - 1) / blockRows;

    public override int ScratchBytes => gathers ? (Math.Min(blockRows, rows) * gather.Stride) + WindowGather.Slack : 0;

    public override long PackedBytes => panels.Bytes;

    private bool ByPanel => !gathers && rows <= blockRows;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        byte* x = arguments.Inputs[0];
        sbyte* y = (sbyte*)arguments.Outputs[0];
        GemmBlock block;
        block.Limits = limits;
        block.OutputStride = panels.Columns;
        block.AStride = gathers ? gather.Stride : panels.Depth;
        if (ByPanel)
        {
            block.A = x;
            block.Rows = rows;
            block.Output = y;
            panels.Multiply<TTile, TRounding>(&block, 0, begin, end);
            return;
        }

        for (int unit = begin; unit < end; unit++)
        {
            int first = unit * blockRows;
            block.Rows = Math.Min(blockRows, rows - first);
            block.Output = y + ((nint)first * panels.Columns);
            if (gathers)
            {
                gather.Gather(x, arguments.Scratch, first, first + block.Rows);
                block.A = arguments.Scratch;
            }
            else
            {
                block.A = x + ((nint)first * panels.Depth);
            }

            panels.Multiply<TTile, TRounding>(&block, 0, 0, panels.Count);
        }
    }

    protected override void Dispose(bool disposing)
    {
        panels.Dispose();
        base.Dispose(disposing);
    }
}
