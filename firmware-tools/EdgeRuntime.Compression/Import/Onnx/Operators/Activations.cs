using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>Operators that treat each element, or each row, on its own.</summary>
internal static class Activations
{
    public static void Unary(OnnxOperator op, OperatorKind kind)
    {
        op.Operands(1, 1);
        Same(op, op.Real(0), kind);
    }

    /// <summary>The limits must be those of one of the runtime's activations.</summary>
    public static void Clip(OnnxOperator op)
    {
        op.Operands(1, 3);
        float low = Limit(op, 1, float.NegativeInfinity);
        float high = Limit(op, 2, float.PositiveInfinity);
        OnnxValue x = op.Real(0);
        OperatorKind? kind = (low, high) switch
        {
            (0, 6) => OperatorKind.Relu6,
            (-1, 1) => OperatorKind.ReluN1To1,
            (0, >= float.MaxValue) => OperatorKind.Relu,
            _ => null,
        };
        if (low <= float.MinValue && high >= float.MaxValue && !op.Failed)
            op.Alias(x);
        else if (kind is null)
            op.Unsupported($"limits {low}..{high} (0..6, -1..1 and 0.. are)");
        else
            Same(op, x, kind.Value);
    }

    /// <summary>max(0, min(1, alpha x + beta)) = Relu6(6 alpha x + 6 beta) / 6.</summary>
    public static void HardSigmoid(OnnxOperator op)
    {
        op.Operands(1, 1);
        float alpha = op.Float("alpha", 0.2f);
        float beta = op.Float("beta", 0.5f);
        OnnxValue x = op.Real(0);
        if (op.Failed)
            return;
        int[] shape = Dimension.Reorder(x.Dimensions, x.Order);
        int scaled = op.Between("scaled", shape);
        int clipped = op.Between("clipped", shape);
        op.Node(OperatorKind.Mul, [op.Tensor(x), op.Floats("alpha", [1], [6 * alpha])], [scaled], new ActivationOptions());
        op.Node(OperatorKind.Add, [scaled, op.Floats("beta", [1], [6 * beta])], [clipped], new ActivationOptions(Activation.Relu6));
        op.Node(OperatorKind.Mul, [clipped, op.Floats("sixth", [1], [1f / 6])], [op.Define(x.Dimensions, x.Order, pixels: x.Pixels)], new ActivationOptions());
    }

    public static void LeakyRelu(OnnxOperator op)
    {
        op.Operands(1, 1);
        float alpha = op.Float("alpha", 0.01f);
        OnnxValue x = op.Real(0);
        if (op.Failed)
            return;
        int channels = x.Dimensions.Length == 0 ? 1 : Dimension.Reorder(x.Dimensions, x.Order)[^1];
        Slopes(op, x, [.. Enumerable.Repeat(alpha, channels)]);
    }

    /// <summary>One slope for each channel (dimension 1), or one for all.</summary>
    public static void PRelu(OnnxOperator op)
    {
        op.Operands(2, 2);
        OnnxValue x = op.Real(0);
        OnnxConstant? slope = op.Constant(1, "slopes");
        if (op.Failed)
            return;
        int rank = x.Dimensions.Length;
        if (rank == 0)
            throw op.Corrupt("its input has no dimensions");
        int channels = rank > 1 ? x.Dimensions[1] : 1;
        int axis = rank - slope!.Dimensions.Length;
        bool perChannel = slope.Count == channels && axis <= 1 && 1 - axis < slope.Dimensions.Length && slope.Dimensions[1 - axis] == channels;
        if (slope.Count != 1 && !perChannel)
        {
            op.Unsupported($"slopes of {string.Join('x', slope.Dimensions)}, which are neither one nor one for each of {channels} channels");
            return;
        }

        float[] values = slope.Real();
        int last = Dimension.Reorder(x.Dimensions, Dimension.ChannelsLast(rank))[^1];
        Slopes(op, x, values.Length == 1 ? [.. Enumerable.Repeat(values[0], last)] : values, Dimension.ChannelsLast(rank));
    }

    public static void Softmax(OnnxOperator op)
    {
        op.Operands(1, 1);
        bool coerced = op.OperatorSet < 13;
        OnnxValue x = op.Real(0);
        int rank = x.Dimensions.Length;
        int axis = op.Axis(op.Int("axis", coerced ? 1 : -1), rank);
        if (op.Failed)
            return;
        if (coerced && x.Dimensions[(axis + 1)..].Any(d => d > 1))
        {
            // Before operator set 13 a row is everything from the axis on.
            int plain = op.Tensor(x, Dimension.Plain(rank));
            int[] rows = [x.Dimensions[..axis].Aggregate(1, (p, d) => p * d), x.Dimensions[axis..].Aggregate(1, (p, d) => p * d)];
            int flat = op.Between("rows", rows);
            int soft = op.Between("softmax", rows);
            op.Node(OperatorKind.Reshape, [plain], [flat]);
            op.Node(OperatorKind.Softmax, [flat], [soft], new SoftmaxOptions());
            op.Node(OperatorKind.Reshape, [soft], [op.Define(x.Dimensions, Dimension.Plain(rank))]);
            return;
        }

        int[] order = x.Pixels is null && x.Order[^1] == axis ? x.Order : [.. Dimension.Plain(rank).Where(d => d != axis), axis];
        int input = op.Tensor(x, order);
        op.Node(OperatorKind.Softmax, [input], [op.Define(x.Dimensions, order)], new SoftmaxOptions());
    }

    private static void Slopes(OnnxOperator op, OnnxValue x, float[] slopes, int[]? order = null)
    {
        int input = order is null ? op.Tensor(x) : op.Tensor(x, order);
        int constant = op.Floats("slope", [slopes.Length], slopes);
        op.Node(OperatorKind.PRelu, [input, constant], [op.Define(x.Dimensions, order ?? x.Order, pixels: order is null ? x.Pixels : null)]);
    }

    private static float Limit(OnnxOperator op, int input, float otherwise)
    {
        if (!op.Has(input))
            return otherwise;
        OnnxConstant? limit = op.Constant(input, "limit");
        if (limit is { Count: not 1 })
            throw op.Corrupt($"a limit has {limit.Count} values");
        return limit?.Real()[0] ?? otherwise;
    }

    private static void Same(OnnxOperator op, OnnxValue x, OperatorKind kind)
    {
        int input = op.Tensor(x);
        op.Node(kind, [input], [op.Define(x.Dimensions, x.Order, pixels: x.Pixels)]);
    }
}
