using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Movement;

/// <summary>Packed tensors moved word by word: where every part has whole words of channels as they are, else by runs of bits.</summary>
internal static class WordMovement
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new("binary.concat.words", OperatorKind.Concat, CpuFeatures.None, HasWholeWords, r => new BoxCopyKernel<int>(InWords(r), 0, 0)),
        new("binary.split.words", OperatorKind.Split, CpuFeatures.None, HasWholeWords, r => new BoxCopyKernel<int>(InWords(r), 0, 0)),
        PackedShuffle.Entry,
        Rows("binary.concat.rows", OperatorKind.Concat, r => BoxCopies.Concat(r, Axis(r))),
        Rows("binary.split.rows", OperatorKind.Split, r => BoxCopies.Split(r, Axis(r))),
        Rows("binary.slice.rows", OperatorKind.Slice, r => [BoxCopies.Slice(DataType.Bit, r.Input(0).Shape, r.Output().Shape, r.Options<SliceOptions>())]),
        Rows("binary.stridedslice.rows", OperatorKind.StridedSlice, r => [BoxCopies.Slice(DataType.Bit, r.Input(0).Shape, r.Output().Shape, r.Options<SliceOptions>())]),
        Rows("binary.transpose.rows", OperatorKind.Transpose, r => [BoxCopies.Transpose(DataType.Bit, r.Input(0).Shape, r.Output().Shape, r.Options<TransposeOptions>().Permutation)]),
    ];

    private static KernelEntry Rows(string name, OperatorKind kind, Func<KernelRequest, IReadOnlyList<BoxCopy>> boxes) => new(
        name, kind, CpuFeatures.None, r => r.Input(0).Type == DataType.Bit && r.Output().Type == DataType.Bit && BitRowCopy.Supports(boxes(r)), r => new BitRowCopy(r, boxes(r)));

    private static int Axis(KernelRequest r)
    {
        int axis = r.Options<AxisOptions>().Axis;
        return axis < 0 ? axis + r.Output().Shape.Rank : axis;
    }

    private static bool HasWholeWords(KernelRequest r) =>
        r.Output().Type == DataType.Bit
        && Enumerable.Range(0, r.InputCount).All(i => r.Input(i).Shape[^1] % DataTypes.BitsPerWord == 0)
        && Enumerable.Range(0, r.OutputCount).All(i => r.Output(i).Shape[^1] % DataTypes.BitsPerWord == 0);

    /// <summary>The boxes of bits as boxes of words.</summary>
    private static IReadOnlyList<BoxCopy> InWords(KernelRequest r)
    {
        int axis = Axis(r);
        IReadOnlyList<BoxCopy> boxes = r.Node.Kind == OperatorKind.Concat ? BoxCopies.Concat(r, axis) : BoxCopies.Split(r, axis);
        return [.. boxes.Select(b => b with
        {
            Dims = [.. b.Dims[..^1], b.Dims[^1] / DataTypes.BitsPerWord],
            FromStart = b.FromStart / DataTypes.BitsPerWord,
            FromStrides = Strides(b.FromStrides),
            ToStart = b.ToStart / DataTypes.BitsPerWord,
            ToStrides = Strides(b.ToStrides),
        })];
    }

    private static int[] Strides(int[] bits) => [.. bits[..^1].Select(s => s / DataTypes.BitsPerWord), 1];
}
