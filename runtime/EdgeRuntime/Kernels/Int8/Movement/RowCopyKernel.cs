using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Pad, Slice, Concat, Split and Transpose of int8 where the last dimension stays in order: runs of bytes that lie together in both tensors are copied as a
/// whole. A dimension that continues the one behind it in both tensors is merged with it, so that runs are as long as they can be.
/// </summary>
internal sealed unsafe class RowCopyKernel : Kernel
{
    private readonly BoxCopy[] boxes;
    private readonly sbyte fill;
    private readonly int filled;

    /// <param name="boxes">What to copy; see <see cref="Supports"/>.</param>
    /// <param name="fill">What the first output holds where no box is copied to.</param>
    /// <param name="filled">Elements of the first output to fill before copying.</param>
    public RowCopyKernel(IReadOnlyList<BoxCopy> boxes, sbyte fill, int filled)
    {
        this.boxes = [.. boxes.Select(Merged)];
        this.fill = fill;
        this.filled = filled;
    }

    /// <summary>Whether the elements of the last dimension lie together in both tensors of every box.</summary>
    public static bool Supports(IReadOnlyList<BoxCopy> boxes) => boxes.All(b => b.FromStrides[^1] == 1 && b.ToStrides[^1] == 1);

    public override bool SkipsWhatIsInPlace => true;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        new Span<sbyte>(arguments.Outputs[0], filled).Fill(fill);
        foreach (BoxCopy box in boxes)
        {
            byte* from = arguments.Inputs[box.Input];
            byte* to = arguments.Outputs[box.Output];
            if (from + box.FromStart != to + box.ToStart)
                Copy(box, from, to);
        }
    }

    private static void Copy(BoxCopy box, byte* from, byte* to)
    {
        int last = box.Dims.Length - 1;
        uint bytes = (uint)box.Dims[last];
        int rows = 1;
        for (int d = 0; d < last; d++)
            rows *= box.Dims[d];
        var read = new StridedWalk(box.Dims.AsSpan(0, last), box.FromStrides, box.FromStart);
        var write = new StridedWalk(box.Dims.AsSpan(0, last), box.ToStrides, box.ToStart);
        for (int r = 0; r < rows; r++, read.Next(), write.Next())
            Buffer.MemoryCopy(from + read.Offset, to + write.Offset, bytes, bytes);
    }

    private static BoxCopy Merged(BoxCopy box)
    {
        var dims = new List<int> { box.Dims[^1] };
        var from = new List<int> { 1 };
        var to = new List<int> { 1 };
        for (int d = box.Dims.Length - 2; d >= 0; d--)
        {
            if (box.FromStrides[d] == dims[0] * from[0] && box.ToStrides[d] == dims[0] * to[0])
            {
                dims[0] *= box.Dims[d];
                continue;
            }

            dims.Insert(0, box.Dims[d]);
            from.Insert(0, box.FromStrides[d]);
            to.Insert(0, box.ToStrides[d]);
        }

        return box with { Dims = [.. dims], FromStrides = [.. from], ToStrides = [.. to] };
    }
}
