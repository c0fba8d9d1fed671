using EdgeRuntime.Model;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>ReduceMean and ArgMax.</summary>
internal static class Reductions
{
    public static void Mean(OnnxOperator op)
    {
        op.Operands(1, 2);
        OnnxValue x = op.Real(0);
        int rank = x.Dimensions.Length;
        bool keep = op.Int("keepdims", 1) != 0;
        bool nothing = op.Int("noop_with_empty_axes", 0) != 0;
        if (!Shapes.Axes(op, rank, out int[]? axes) || op.Failed)
            return;
        if (axes is not { Length: > 0 })
            axes = nothing ? [] : Dimension.Plain(rank);
        axes = [.. axes.Distinct()];
        int[] order = x.Order;
        int[] inTensor = [.. axes.Select(a => Array.IndexOf(order, a)).Order()];
        int input = op.Tensor(x, order);
        int[] dims = keep
            ? [.. x.Dimensions.Select((d, i) => axes.Contains(i) ? 1 : d)]
            : [.. x.Dimensions.Where((_, i) => !axes.Contains(i))];
        op.Node(OperatorKind.Mean, [input], [op.Define(dims, keep ? order : Without(order, axes))], new ReduceOptions(inTensor, keep));
    }

    public static void ArgMax(OnnxOperator op)
    {
        op.Operands(1, 1);
        OnnxValue x = op.Real(0);
        int axis = op.Axis(op.Int("axis", 0), x.Dimensions.Length);
        bool keep = op.Int("keepdims", 1) != 0;
        if (op.Int("select_last_index", 0) != 0)
            op.Unsupported("select_last_index 1");
        if (op.Failed)
            return;
        op.Note($"{op} has an int64 output in the file; it becomes int32");
        int input = op.Tensor(x, x.Order);
        int at = Array.IndexOf(x.Order, axis);
        int[] without = [.. Dimension.Reorder(x.Dimensions, x.Order).Where((_, i) => i != at)];
        int index = op.AddTensor(new TensorInfo($"{op.Name}/index", DataType.Int32, new Shape(without)));
        op.Node(OperatorKind.ArgMax, [input], [index], new AxisOptions(at));
        int[] dims = keep ? [.. x.Dimensions.Select((d, i) => i == axis ? 1 : d)] : [.. x.Dimensions.Where((_, i) => i != axis)];
        op.Node(OperatorKind.Reshape, [index], [op.Define(dims, keep ? x.Order : Without(x.Order, [axis]), index, Type.Int64)]);
    }

    /// <summary>The order of the dimensions that stay.</summary>
    private static int[] Without(int[] order, int[] axes) => [.. order.Where(d => !axes.Contains(d)).Select(d => d - axes.Count(a => a < d))];
}
