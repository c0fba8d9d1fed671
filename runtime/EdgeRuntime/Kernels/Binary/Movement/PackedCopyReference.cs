using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Movement;

/// <summary>Boxes of bits moved one by one; strides and starts count bits, each row of channels taking whole words.</summary>
internal sealed unsafe class PackedCopyReference(KernelRequest request, IReadOnlyList<BoxCopy> boxes) : Kernel
{
    private readonly BoxCopy[] boxes = [.. boxes];
    private readonly long[] outputBytes = [.. Enumerable.Range(0, request.OutputCount).Select(i => request.Output(i).ByteSize)];

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        for (int i = 0; i < outputBytes.Length; i++)
            new Span<byte>(arguments.Outputs[i], (int)outputBytes[i]).Clear();
        foreach (BoxCopy box in boxes)
            Copy(box, (uint*)arguments.Inputs[box.Input], (uint*)arguments.Outputs[box.Output]);
    }

    private static void Copy(BoxCopy box, uint* from, uint* to)
    {
        int count = 1;
        foreach (int d in box.Dims)
            count *= d;
        var read = new StridedWalk(box.Dims, box.FromStrides, box.FromStart);
        var write = new StridedWalk(box.Dims, box.ToStrides, box.ToStart);
        for (int i = 0; i < count; i++, read.Next(), write.Next())
            to[write.Offset / DataTypes.BitsPerWord] |= (uint)PackedRow.Bit(from, read.Offset) << (write.Offset % DataTypes.BitsPerWord);
    }
}
