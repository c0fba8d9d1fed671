using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>Gemm and MatMul with constant weights.</summary>
internal static class FullyConnected
{
    public static void Gemm(OnnxOperator op)
    {
        op.Operands(2, 3);
        float alpha = op.Float("alpha", 1);
        float beta = op.Float("beta", 1);
        if (op.Int("transA", 0) != 0)
            op.Unsupported("a transposed first operand");
        bool transposed = op.Int("transB", 0) != 0;
        OnnxValue x = op.Real(0);
        OnnxValue weights = op.Real(1);
        OnnxConstant? w = op.Constant(1, "weights");
        OnnxConstant? bias = op.Has(2) ? op.Constant(2, "bias") : null;
        if (op.Failed)
            return;
        if (x.Dimensions.Length != 2)
            throw op.Corrupt($"its first operand has shape {string.Join('x', x.Dimensions)}; it must have 2 dimensions");
        Layer(op, x, weights, w!, transposed, bias, alpha, beta);
    }

    public static void MatMul(OnnxOperator op)
    {
        op.Operands(2, 2);
        OnnxValue x = op.Real(0);
        OnnxValue weights = op.Real(1);
        OnnxConstant? w = op.Constant(1, "second operand");
        if (!op.Failed)
            Layer(op, x, weights, w!, false, null, 1, 1);
    }

    private static void Layer(OnnxOperator op, OnnxValue x, OnnxValue weights, OnnxConstant w, bool transposed, OnnxConstant? bias, float alpha, float beta)
    {
        if (w.Dimensions.Length != 2 || x.Dimensions.Length < 2)
        {
            op.Unsupported($"operands of {string.Join('x', x.Dimensions)} and {string.Join('x', w.Dimensions)}");
            return;
        }

        int outputs = w.Dimensions[transposed ? 0 : 1];
        int inputs = w.Dimensions[transposed ? 1 : 0];
        if (x.Dimensions[^1] != inputs || w.Count == 0)
            throw op.Corrupt($"weights of {string.Join('x', w.Dimensions)} do not fit an input of {string.Join('x', x.Dimensions)}");
        int[] order = transposed ? [0, 1] : [1, 0];
        int[] plain = Dimension.Plain(x.Dimensions.Length);
        OnnxValue used = weights;
        if (x.Pixels is { } pixels)
            used = new OnnxValue(weights.Name, ByPixels(w, transposed ? 1 : 0, pixels));
        if (alpha != 1)
            used = new OnnxValue(weights.Name, new OnnxConstant(used.Dimensions, [.. used.Constant!.Real().Select(v => v * alpha)]));
        int data = x.Pixels is null ? op.Tensor(x, plain) : op.Tensor(x);
        int matrix = op.Tensor(used, order);
        int[] operands = [data, matrix];
        if (bias is not null)
        {
            if (bias.Count != 1 && (bias.Count != outputs || bias.Dimensions[^1] != outputs))
            {
                op.Unsupported($"a bias of {string.Join('x', bias.Dimensions)} for {outputs} outputs");
                return;
            }

            operands = [data, matrix, Bias(op, bias, outputs, beta)];
        }

        int y = op.Define([.. x.Dimensions[..^1], outputs], plain);
        op.Node(OperatorKind.FullyConnected, operands, [y], new ActivationOptions());
    }

    private static int Bias(OnnxOperator op, OnnxConstant bias, int outputs, float beta)
    {
        if (beta == 1 && bias.Count == outputs && bias.Scale is not null && bias.Dimensions.Length == 1)
            return op.Tensor(op.Value(2), [0]);
        float[] values = bias.Real();
        return op.Floats("bias", [outputs], [.. Enumerable.Range(0, outputs).Select(i => beta * values[values.Length == 1 ? 0 : i])]);
    }

    /// <summary>Weights whose inputs are in the order h, w, c instead of c, h, w.</summary>
    private static OnnxConstant ByPixels(OnnxConstant weights, int inputAxis, (int Channels, int Height, int Width) p)
    {
        int other = weights.Dimensions[1 - inputAxis];
        int inputs = weights.Dimensions[inputAxis];
        int[] indices = new int[weights.Count];
        for (int i = 0; i < inputs; i++)
        {
            int channel = i % p.Channels;
            int pixel = i / p.Channels;
            int from = (channel * p.Height * p.Width) + pixel;
            for (int o = 0; o < other; o++)
                indices[inputAxis == 0 ? (i * other) + o : (o * inputs) + i] = inputAxis == 0 ? (from * other) + o : (o * inputs) + from;
        }

        // Scales per output are not touched by a permutation of the inputs.
        OnnxConstant permuted = weights.Gathered(indices, weights.Dimensions);
        return weights is { Scale: { } scale, Integers: not null } && scale.Axis != inputAxis && permuted.Integers is { } integers
            ? new OnnxConstant(weights.Dimensions, integers, weights.Type) { Scale = scale }
            : weights.Scale is { Axis: >= 0 } ? new OnnxConstant(weights.Dimensions, [.. indices.Select(i => weights.Real()[i])])
            : permuted;
    }
}
