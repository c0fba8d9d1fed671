using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>Concat, Split, Slice and Pad.</summary>
internal static class Parts
{
    public static void Concat(OnnxOperator op)
    {
        op.Operands(1, int.MaxValue);
        OnnxValue[] parts = [.. Enumerable.Range(0, op.Source.Input.Count).Select(op.Value)];
        int rank = parts[0].Dimensions.Length;
        int axis = op.Axis(op.Int("axis", 0), rank);
        if (parts.Any(p => !Shapes.Movable(op, p)))
            return;
        foreach (OnnxValue p in parts)
        {
            if (p.Dimensions.Length != rank || p.Dimensions.Where((d, i) => i != axis && d != parts[0].Dimensions[i]).Any())
                throw op.Corrupt($"{p} cannot be joined to {parts[0]} along dimension {axis}");
        }

        OnnxValue lead = parts.FirstOrDefault(p => p.Constant is null) ?? parts[0];
        int[] dims = [.. parts[0].Dimensions];
        dims[axis] = op.Narrow(parts.Sum(p => (long)p.Dimensions[axis]), "its dimension");
        int[] inputs = [.. parts.Select(p => op.Tensor(p, lead.Order))];
        op.Node(OperatorKind.Concat, inputs, [op.Define(dims, lead.Order, inputs[0], lead.Type)], new AxisOptions(Array.IndexOf(lead.Order, axis)));
    }

    public static void Split(OnnxOperator op)
    {
        op.Operands(1, 2, int.MaxValue);
        OnnxValue x = op.Value(0);
        int rank = x.Dimensions.Length;
        int axis = op.Axis(op.Int("axis", 0), rank);
        op.Int("num_outputs", 0);
        int count = op.Source.Output.Count;
        int[]? sizes = op.Ints("split");
        if (sizes is null && op.Has(1))
            sizes = op.Integers(1, "sizes") is { } given ? [.. given.Select(v => op.Narrow(v, "a size"))] : null;
        if (!Shapes.Movable(op, x))
            return;

        // Without sizes the parts are equal, the last one smaller where the division leaves a rest.
        int each = (x.Dimensions[axis] + count - 1) / count;
        sizes ??= [.. Enumerable.Range(0, count).Select(i => Math.Min(each, x.Dimensions[axis] - (i * each)))];
        if (sizes.Length != count || sizes.Any(s => s < 1) || sizes.Sum(s => (long)s) != x.Dimensions[axis])
            throw op.Corrupt($"parts of {string.Join(", ", sizes)} elements for {count} outputs of a dimension of {x.Dimensions[axis]}");
        int input = op.Tensor(x, x.Order);
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            int[] dims = [.. x.Dimensions];
            dims[axis] = sizes[i];
            int[] begin = new int[rank];
            begin[Array.IndexOf(x.Order, axis)] = start;
            start += sizes[i];
            if (op.Source.Output[i].Length > 0)
                op.Node(OperatorKind.Slice, [input], [op.Define(dims, x.Order, input, x.Type, i)], new SliceOptions(begin, [.. Enumerable.Repeat(1, rank)]));
        }
    }

    public static void Slice(OnnxOperator op)
    {
        op.Operands(3, 5);
        OnnxValue x = op.Value(0);
        if (Box(op, x.Dimensions) is not { } box || !Shapes.Movable(op, x))
            return;
        if (box.Count.Contains(0))
            throw op.Corrupt($"an empty part of {x}");
        int input = op.Tensor(x, x.Order);
        int y = op.Define(box.Count, x.Order, input, x.Type);
        var options = new SliceOptions(Dimension.Reorder(box.Begin, x.Order), Dimension.Reorder(box.Step, x.Order));
        op.Node(box.Step.All(s => s == 1) ? OperatorKind.Slice : OperatorKind.StridedSlice, [input], [y], options);
    }

    /// <summary>First element, step and number of elements per dimension; null after noting that they are computed at run time.</summary>
    public static (int[] Begin, int[] Step, int[] Count)? Box(OnnxOperator op, int[] dimensions)
    {
        long[]? starts = op.Integers(1, "starts");
        long[]? ends = op.Integers(2, "ends");
        long[]? axes = op.Has(3) ? op.Integers(3, "axes") : [.. Enumerable.Range(0, starts?.Length ?? 0).Select(i => (long)i)];
        long[]? steps = op.Has(4) ? op.Integers(4, "steps") : [.. Enumerable.Repeat(1L, starts?.Length ?? 0)];
        if (starts is null || ends is null || axes is null || steps is null)
            return null;
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw op.Corrupt($"{starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps");
        int[] begin = new int[dimensions.Length];
        int[] step = [.. Enumerable.Repeat(1, dimensions.Length)];
        int[] count = [.. dimensions];
        for (int i = 0; i < starts.Length; i++)
        {
            int d = op.Axis(axes[i], dimensions.Length);
            int size = dimensions[d];
            if (steps[i] == 0 || steps[i] is < -int.MaxValue or > int.MaxValue)
                throw op.Corrupt($"step {steps[i]}");
            bool forward = steps[i] > 0;
            long from = Math.Clamp(starts[i] < 0 ? starts[i] + size : starts[i], forward ? 0 : -1, forward ? size : size - 1);
            long to = Math.Clamp(ends[i] < 0 ? Math.Max(ends[i], -1L - size) + size : ends[i], forward ? 0 : -1, forward ? size : size - 1);
            long n = forward ? (to - from + steps[i] - 1) / steps[i] : (from - to - steps[i] - 1) / -steps[i];
            (begin[d], step[d], count[d]) = ((int)from, (int)Math.Clamp(steps[i], -size, size), (int)Math.Max(0, n));
        }

        return (begin, step, count);
    }

    /// <summary>A constant border of 0.</summary>
    public static void Pad(OnnxOperator op)
    {
        op.Operands(2, 4);
        OnnxValue x = op.Value(0);
        int rank = x.Dimensions.Length;
        if (op.Text("mode", "constant") is var mode && mode != "constant")
            op.Unsupported($"mode '{mode}'");
        if (op.Has(2) && op.Constant(2, "border value") is { } border && !IsZero(border, x, op))
            op.Unsupported("a border other than 0");
        long[]? pads = op.Integers(1, "pads");
        long[]? axes = op.Has(3) ? op.Integers(3, "axes") : [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        if (pads is null || axes is null || !Shapes.Movable(op, x))
            return;
        if (pads.Length != 2 * axes.Length)
            throw op.Corrupt($"{pads.Length} pads for {axes.Length} dimensions");
        if (pads.Any(p => p < 0))
        {
            op.Unsupported($"negative pads ({string.Join(", ", pads)})");
            return;
        }

        int[] before = new int[rank];
        int[] after = new int[rank];
        int[] dims = [.. x.Dimensions];
        for (int i = 0; i < axes.Length; i++)
        {
            int d = op.Axis(axes[i], rank);
            before[d] = op.Narrow(pads[i], "a pad");
            after[d] = op.Narrow(pads[i + axes.Length], "a pad");
            dims[d] = op.Narrow(dims[d] + pads[i] + pads[i + axes.Length], "a padded dimension");
        }

        int input = op.Tensor(x, x.Order);
        op.Node(OperatorKind.Pad, [input], [op.Define(dims, x.Order, input, x.Type)], new PadOptions(Dimension.Reorder(before, x.Order), Dimension.Reorder(after, x.Order)));
    }

    /// <summary>Whether a border stands for the real value 0: of integers that is the zero point.</summary>
    private static bool IsZero(OnnxConstant border, OnnxValue x, OnnxOperator op)
    {
        if (border.Count != 1)
            return border.Count == 0;
        if (border.Integers is not { } integers)
            return border.Real()[0] == 0;
        int zeroPoint = x.Constant is null ? op.TensorAt(x.Tensor).Quantization?.ZeroPoint ?? 0 : 0;
        return integers[0] - (x.Type == EdgeRuntime.Onnx.TensorProto.Types.DataType.Uint8 ? 128 : 0) == zeroPoint;
    }
}
