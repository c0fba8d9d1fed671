using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>Add, Sub, Mul and Div with broadcasting.</summary>
internal static class Arithmetic
{
    public static void Binary(OnnxOperator op, OperatorKind kind)
    {
        op.Operands(2, 2);
        OnnxValue a = op.Real(0);
        OnnxValue b = op.Real(1);
        if (!op.Failed)
            Emit(op, kind, a, b);
    }

    /// <summary>Division by a constant is a product.</summary>
    public static void Divide(OnnxOperator op)
    {
        op.Operands(2, 2);
        OnnxValue a = op.Real(0);
        op.Real(1);
        OnnxConstant? divisor = op.Constant(1, "divisor");
        if (!op.Failed)
            Emit(op, OperatorKind.Mul, a, new OnnxValue($"{op.Name}/reciprocal", new OnnxConstant(divisor!.Dimensions, [.. divisor.Real().Select(v => 1 / v)])));
    }

    /// <summary>The shape that two shapes broadcast to, aligned at their last dimensions.</summary>
    public static int[] Broadcast(OnnxOperator op, int[] a, int[] b)
    {
        int[] dims = new int[Math.Max(a.Length, b.Length)];
        for (int d = 1; d <= dims.Length; d++)
        {
            int da = d <= a.Length ? a[^d] : 1;
            int db = d <= b.Length ? b[^d] : 1;
            if (da != db && da != 1 && db != 1)
                throw op.Corrupt($"{string.Join('x', a)} and {string.Join('x', b)} cannot be broadcast to each other");
            dims[^d] = da == 1 ? db : da;
        }

        return dims;
    }

    /// <summary>The tensor of an operand with as many dimensions as the result, in the result's order; single values stay as they are.</summary>
    public static int Operand(OnnxOperator op, OnnxValue value, int[] order)
    {
        int rank = order.Length;
        if (value.Constant is { Count: 1 } single)
            return op.Tensor(new OnnxValue(value.Name, single.Reshaped([1])), [0]);
        if (value.Dimensions.Length == rank)
            return op.Tensor(value, order);
        int[] dims = [.. Enumerable.Repeat(1, rank - value.Dimensions.Length), .. value.Dimensions];
        if (value.Constant is { } constant)
            return op.Tensor(new OnnxValue(value.Name, constant.Reshaped(dims)), order);
        int plain = op.Tensor(value, Dimension.Plain(value.Dimensions.Length));
        if (op.Failed)
            return -1;
        int widened = op.AddTensor(op.TensorAt(plain) with { Name = $"{value.Name}/widened", Shape = new Shape(dims) });
        op.Node(OperatorKind.Reshape, [plain], [widened]);
        return op.Tensor(new OnnxValue(value.Name, value.Type, dims, widened, Dimension.Plain(rank)), order);
    }

    private static void Emit(OnnxOperator op, OperatorKind kind, OnnxValue a, OnnxValue b)
    {
        int[] dims = Broadcast(op, a.Dimensions, b.Dimensions);
        OnnxValue lead = new[] { a, b }.OrderBy(v => v.Constant is null ? 0 : 1).ThenByDescending(v => v.Dimensions.Length).ThenByDescending(v => v.Count).First();
        int[] order = lead.Dimensions.Length == dims.Length ? lead.Order : Dimension.Plain(dims.Length);
        if (a.Pixels is not null || b.Pixels is not null)
        {
            OnnxValue other = ReferenceEquals(lead, a) ? b : a;
            if (lead.Pixels is not null && (other.Count == 1 || (other.Pixels == lead.Pixels && other.Dimensions.SequenceEqual(lead.Dimensions))))
            {
                int flat = op.Define(dims, order, pixels: lead.Pixels);
                op.Node(kind, [Same(a), Same(b)], [flat], new ActivationOptions());
                return;
            }
        }

        int first = Operand(op, a, order);
        int second = Operand(op, b, order);
        int y = op.Define(dims, order);
        op.Node(kind, [first, second], [y], new ActivationOptions());

        int Same(OnnxValue value) => value.Constant is null ? op.Tensor(value) : Operand(op, value, order);
    }
}
