using EdgeRuntime.Model;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>Operators that give the same elements another shape or order.</summary>
internal static class Shapes
{
    public static void Identity(OnnxOperator op)
    {
        op.Operands(1, 3, 2);
        op.Ignore("seed", "ratio");
        if (op.Source.Output.Count > 1)
            op.Unsupported("the mask");
        if (op.Has(2) && op.Value(2).Constant?.Integers is not [0])
            op.Unsupported("training mode");
        op.Alias(op.Value(0));
    }

    /// <summary>Activations can only be cast to what they are.</summary>
    public static void Cast(OnnxOperator op)
    {
        op.Operands(1, 1);
        op.Ignore("saturate");
        int to = op.Int("to", 0);
        OnnxValue x = op.Value(0);
        if (x.Type == (Type)to)
            op.Alias(x);
        else
            op.Unsupported($"{OnnxNames.Of(x.Type)} to {OnnxNames.Of((Type)to)}");
    }

    public static void Reshape(OnnxOperator op)
    {
        op.Operands(2, 2);
        OnnxValue x = op.Value(0);
        bool zeroIsZero = op.Int("allowzero", 0) != 0;
        if (op.Integers(1, "shape") is { } wanted)
            To(op, x, Resolve(op, x.Dimensions, wanted, zeroIsZero));
    }

    public static void Flatten(OnnxOperator op)
    {
        op.Operands(1, 1);
        OnnxValue x = op.Value(0);
        int rank = x.Dimensions.Length;
        int axis = op.Int("axis", 1);
        axis = axis == rank ? rank : op.Axis(axis, Math.Max(1, rank));
        To(op, x, [x.Dimensions[..axis].Aggregate(1, (p, d) => p * d), x.Dimensions[axis..].Aggregate(1, (p, d) => p * d)]);
    }

    public static void Squeeze(OnnxOperator op)
    {
        op.Operands(1, 2);
        OnnxValue x = op.Value(0);
        if (Axes(op, x.Dimensions.Length, out int[]? axes))
            To(op, x, Squeezed(op, x.Dimensions, axes));
    }

    public static void Unsqueeze(OnnxOperator op)
    {
        op.Operands(1, 2);
        OnnxValue x = op.Value(0);
        if (Axes(op, null, out int[]? axes) && axes is not null)
            To(op, x, Unsqueezed(op, x.Dimensions, axes));
    }

    public static void Transpose(OnnxOperator op)
    {
        op.Operands(1, 1);
        OnnxValue x = op.Value(0);
        int[] permutation = Permutation(op, x.Dimensions.Length);
        if (!Movable(op, x))
            return;

        // Only the names of the dimensions change: a Transpose operator comes where someone needs another order.
        int tensor = x.Pixels is null ? op.Tensor(x) : op.Tensor(x, x.Order);
        op.Alias(new OnnxValue(op.Source.Output[0], x.Type, Dimension.Reorder(x.Dimensions, permutation), tensor, [.. x.Order.Select(d => Array.IndexOf(permutation, d))]));
    }

    public static int[] Permutation(OnnxOperator op, int rank)
    {
        int[] permutation = op.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse()];
        return permutation.Length == rank && permutation.Order().SequenceEqual(Enumerable.Range(0, rank))
            ? permutation
            : throw op.Corrupt($"({string.Join(", ", permutation)}) is no permutation of {rank} dimensions");
    }

    /// <summary>Axes from the attribute (before operator set 13) or the second input; null if none are given.</summary>
    /// <returns>False after noting that they are computed at run time.</returns>
    public static bool Axes(OnnxOperator op, int? rank, out int[]? axes)
    {
        axes = op.Ints("axes");
        if (axes is null && op.Has(1))
        {
            if (op.Integers(1, "axes") is not { } values)
                return false;
            axes = [.. values.Select(v => op.Narrow(v, "an axis"))];
        }

        if (rank is { } r)
            axes = axes?.Select(a => op.Axis(a, r)).ToArray();
        return true;
    }

    public static int[] Squeezed(OnnxOperator op, int[] dimensions, int[]? axes)
    {
        axes ??= [.. Enumerable.Range(0, dimensions.Length).Where(d => dimensions[d] == 1)];
        foreach (int a in axes)
        {
            if (dimensions[a] != 1)
                throw op.Corrupt($"dimension {a} of {string.Join('x', dimensions)} is not 1");
        }

        return [.. dimensions.Where((_, d) => !axes.Contains(d))];
    }

    public static int[] Unsqueezed(OnnxOperator op, int[] dimensions, int[] axes)
    {
        int rank = dimensions.Length + axes.Length;
        if (rank > Shape.MaxRank)
            throw op.Corrupt($"its output has {rank} dimensions; the limit is {Shape.MaxRank}");
        var at = new HashSet<int>(axes.Select(a => op.Axis(a, rank)));
        if (at.Count != axes.Length)
            throw op.Corrupt($"axes ({string.Join(", ", axes)}) name a dimension twice");
        var rest = new Queue<int>(dimensions);
        return [.. Enumerable.Range(0, rank).Select(d => at.Contains(d) ? 1 : rest.Dequeue())];
    }

    /// <summary>A shape in which 0 stands for the input's dimension and one -1 for what is left.</summary>
    public static int[] Resolve(OnnxOperator op, int[] from, long[] wanted, bool zeroIsZero)
    {
        if (wanted.Length > Shape.MaxRank)
            throw op.Corrupt($"a shape of {wanted.Length} dimensions; the limit is {Shape.MaxRank}");
        long[] dims = [.. wanted.Select((d, i) => d == 0 && !zeroIsZero ? i < from.Length ? from[i] : throw op.Corrupt($"dimension {i} is copied from {string.Join('x', from)}") : d)];
        long count = from.Aggregate(1L, (p, d) => p * d);
        int open = Array.IndexOf(dims, -1L);
        long known = 1;
        foreach (long d in dims.Where((_, i) => i != open))
            known = d >= 0 && d <= Shape.MaxElements && known <= Shape.MaxElements ? known * d : throw op.Corrupt($"a shape of {string.Join('x', wanted)}");
        if (open >= 0 && known > 0)
            dims[open] = count / known;
        if (dims.Aggregate(1L, (p, d) => p * d) != count || (open >= 0 && known == 0))
            throw op.Corrupt($"{string.Join('x', from)} cannot be reshaped to {string.Join('x', wanted)}");
        return [.. dims.Select(d => (int)d)];
    }

    public static bool Movable(OnnxOperator op, OnnxValue x)
    {
        if (x.Constant is null && x.Type is not (Type.Float or Type.Int8 or Type.Uint8 or Type.Int64))
            op.Unsupported($"{OnnxNames.Of(x.Type)} operands");
        return !op.Failed;
    }

    private static void To(OnnxOperator op, OnnxValue x, int[] dimensions)
    {
        if (!Movable(op, x))
            return;
        bool channelsLast = x.Order.AsSpan().SequenceEqual(Dimension.ChannelsLast(4)) && (x.Dimensions[2] > 1 || x.Dimensions[3] > 1) && x.Dimensions[1] > 1;
        if (channelsLast && dimensions.Length == 2 && dimensions[0] == x.Dimensions[0] && x.Type == Type.Float)
        {
            // Pixels become a row in the order they lie in; a fully connected layer can take them so.
            int flat = op.Define(dimensions, [0, 1], pixels: (x.Dimensions[1], x.Dimensions[2], x.Dimensions[3]));
            op.Node(OperatorKind.Reshape, [op.Tensor(x)], [flat]);
            return;
        }

        int plain = op.Tensor(x, Dimension.Plain(x.Dimensions.Length));
        op.Node(OperatorKind.Reshape, [plain], [op.Define(dimensions, Dimension.Plain(dimensions.Length), plain, x.Type)]);
    }
}
