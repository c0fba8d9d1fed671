using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>SLICE and STRIDED_SLICE.</summary>
internal static class Slicing
{
    public static void Slice(OperatorContext op)
    {
        op.RequireOperands(3, 3);
        int[]? begin = op.Integers(1, "begin");
        int[]? size = op.Integers(2, "size");
        if (begin is null || size is null)
            return;
        int[] from = op.Input(0).Dimensions;
        int[] to = op.Output().Dimensions;
        if (begin.Length != from.Length || size.Length != from.Length || to.Length != from.Length)
            throw op.Corrupt($"begin has {begin.Length} values, size {size.Length}, the output {to.Length} dimensions; the input has {from.Length}");
        for (int d = 0; d < from.Length; d++)
        {
            long count = size[d] == -1 ? from[d] - (long)begin[d] : size[d];
            if (begin[d] < 0 || count < 1 || begin[d] + count > from[d] || count != to[d])
                throw op.Corrupt($"{count} elements from {begin[d]} on of dimension {d}, which has {from[d]}, for an output of {to[d]}");
        }

        int[] ones = [.. Enumerable.Repeat(1, begin.Length)];
        op.Add(OperatorKind.Slice, [op.In(0, Allowed.Any)], [op.Out(allowed: Allowed.Any)], new SliceOptions(begin, ones));
    }

    public static void StridedSlice(OperatorContext op)
    {
        if (StridedBox.Read(op) is not { } box)
            return;
        if (!box.ResultDimensions.SequenceEqual(op.Output().Dimensions))
            throw op.Corrupt($"the slice is {string.Join('x', box.ResultDimensions)}, but the output is {string.Join('x', op.Output().Dimensions)}");
        int x = op.In(0, Allowed.Any);
        int y = op.Out(allowed: Allowed.Any);
        OperatorKind kind = box.Strides.All(s => s == 1) ? OperatorKind.Slice : OperatorKind.StridedSlice;
        var options = new SliceOptions(box.Begin, box.Strides);
        if (box.ResultDimensions.SequenceEqual(box.Counts))
        {
            op.Add(kind, [x], [y], options);
            return;
        }

        int sliced = op.Between("slice", box.Counts, op.Output());
        op.Add(kind, [x], [sliced], options);
        op.Add(OperatorKind.Reshape, [sliced], [y]);
    }
}
