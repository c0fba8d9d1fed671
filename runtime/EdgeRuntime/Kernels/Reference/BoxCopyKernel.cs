namespace EdgeRuntime.Kernels;

/// <summary>Copies a box of elements from one tensor of an operator to another, each with strides of its own, in elements.</summary>
/// <param name="Input">Operator input that is read.</param>
/// <param name="Output">Operator output that is written.</param>
/// <param name="Dims">Dimensions of the box.</param>
/// <param name="FromStart">First element read.</param>
/// <param name="FromStrides">Strides of the reads.</param>
/// <param name="ToStart">First element written.</param>
/// <param name="ToStrides">Strides of the writes.</param>
internal sealed record BoxCopy(int Input, int Output, int[] Dims, int FromStart, int[] FromStrides, int ToStart, int[] ToStrides);

/// <summary>Transpose, Pad, Slice, StridedSlice, Concat and Split: boxes of elements moved unchanged, around them a fill value.</summary>
/// <param name="boxes">What to copy.</param>
/// <param name="fill">What the first output holds where no box is copied to.</param>
/// <param name="filled">Elements of the first output to fill before copying; 0 where the boxes cover everything.</param>
internal sealed unsafe class BoxCopyKernel<T>(IReadOnlyList<BoxCopy> boxes, T fill, int filled) : Kernel
    where T : unmanaged
{
    private readonly BoxCopy[] boxes = [.. boxes];

    public override bool SkipsWhatIsInPlace => true;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        new Span<T>(arguments.Outputs[0], filled).Fill(fill);
        foreach (BoxCopy box in boxes)
        {
            T* from = (T*)arguments.Inputs[box.Input];
            T* to = (T*)arguments.Outputs[box.Output];
            if (from + box.FromStart != to + box.ToStart)
                Copy(box, from, to);
        }
    }

    private static void Copy(BoxCopy box, T* from, T* to)
    {
        int inner = box.Dims[^1];
        int fromStep = box.FromStrides[^1];
        int toStep = box.ToStrides[^1];
        int rows = 1;
        for (int d = 0; d < box.Dims.Length - 1; d++)
            rows *= box.Dims[d];

        // Each walk goes over the starts of rows; the row itself is a plain loop.
        var read = new StridedWalk(box.Dims.AsSpan(0, box.Dims.Length - 1), box.FromStrides, box.FromStart);
        var write = new StridedWalk(box.Dims.AsSpan(0, box.Dims.Length - 1), box.ToStrides, box.ToStart);
        for (int r = 0; r < rows; r++, read.Next(), write.Next())
        {
            T* source = from + read.Offset;
            T* target = to + write.Offset;
            for (int i = 0; i < inner; i++)
                target[i * toStep] = source[i * fromStep];
        }
    }
}
