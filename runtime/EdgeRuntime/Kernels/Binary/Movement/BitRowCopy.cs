using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Movement;

/// <summary>
/// Concat, Split, Slice and Transpose of packed tensors that keep channels in their order, whatever their number: runs of bits are moved a word at a time, shifted to where they belong.
/// </summary>
internal sealed unsafe class BitRowCopy(KernelRequest request, IReadOnlyList<BoxCopy> boxes) : Kernel
{
    private readonly BoxCopy[] boxes = [.. boxes];
    private readonly long[] outputBytes = [.. Enumerable.Range(0, request.OutputCount).Select(i => request.Output(i).ByteSize)];

    /// <summary>Whether the channels of all boxes lie side by side, before and after.</summary>
    public static bool Supports(IReadOnlyList<BoxCopy> boxes) => boxes.All(b => b.Dims.Length > 0 && b.FromStrides[^1] == 1 && b.ToStrides[^1] == 1);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        for (int i = 0; i < outputBytes.Length; i++)
            new Span<byte>(arguments.Outputs[i], (int)outputBytes[i]).Clear();
        foreach (BoxCopy box in boxes)
        {
            int rows = 1;
            foreach (int d in box.Dims.AsSpan(0, box.Dims.Length - 1))
                rows *= d;
            var read = new StridedWalk(box.Dims.AsSpan(0, box.Dims.Length - 1), box.FromStrides, box.FromStart);
            var write = new StridedWalk(box.Dims.AsSpan(0, box.Dims.Length - 1), box.ToStrides, box.ToStart);
            for (int r = 0; r < rows; r++, read.Next(), write.Next())
                Copy((uint*)arguments.Inputs[box.Input], read.Offset, (uint*)arguments.Outputs[box.Output], write.Offset, box.Dims[^1]);
        }
    }

    /// <summary>Adds bits to cleared ones: up to a word of the source at a time, which may meet two words of the target.</summary>
    private static void Copy(uint* from, int fromBit, uint* to, int toBit, int count)
    {
        while (count > 0)
        {
            int shift = fromBit % DataTypes.BitsPerWord;
            int bits = Math.Min(count, DataTypes.BitsPerWord - shift);
            uint word = from[fromBit / DataTypes.BitsPerWord] >> shift;
            if (bits < DataTypes.BitsPerWord)
                word &= (1u << bits) - 1;
            PackedRow.Add(to, toBit, word, bits);
            fromBit += bits;
            toBit += bits;
            count -= bits;
        }
    }
}
