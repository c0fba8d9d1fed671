using EdgeRuntime.Onnx;
using AttributeType = EdgeRuntime.Onnx.AttributeProto.Types.AttributeType;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>
/// Operators on integers (QOperator form, and ONNX Runtime's com.microsoft extensions of it), as what they stand for: DequantizeLinear, the float operator, QuantizeLinear.
/// The pass that makes integer operators of QDQ form then does it for these too.
/// </summary>
internal static class IntegerOperators
{
    public static readonly Dictionary<string, Action<OnnxOperator>> Table = new()
    {
        ["QLinearConv"] = Convolution,
        ["QLinearMatMul"] = MatrixProduct,
        ["QGemm"] = Gemm,
        ["QLinearAdd"] = op => Binary(op, "Add"),
        ["QLinearMul"] = op => Binary(op, "Mul"),
        ["QLinearSigmoid"] = op => Unary(op, "Sigmoid"),
        ["QLinearSoftmax"] = op => Unary(op, "Softmax"),
        ["QLinearLeakyRelu"] = op => Unary(op, "LeakyRelu"),
        ["QLinearAveragePool"] = op => Unary(op, "AveragePool"),
        ["QLinearGlobalAveragePool"] = op => Unary(op, "GlobalAveragePool"),
        ["QLinearConcat"] = Concat,
    };

    private static void Convolution(OnnxOperator op)
    {
        op.Operands(8, 9);
        var inner = new List<string> { Real(op, 0, 1, 2), Real(op, 3, 4, 5, 0) };
        if (op.Has(8) && Bias(op, 8, 1, 4) is { } bias)
            inner.Add(bias);
        Finish(op, "Conv", inner, 6, 7);
    }

    private static void MatrixProduct(OnnxOperator op)
    {
        op.Operands(8, 8);
        Finish(op, "MatMul", [Real(op, 0, 1, 2), Real(op, 3, 4, 5, 1)], 6, 7);
    }

    /// <summary>com.microsoft.QGemm: the bias C is int32 of scale alpha * a_scale * b_scale, and is not multiplied by alpha again.</summary>
    private static void Gemm(OnnxOperator op)
    {
        op.Operands(6, 9);
        if (!op.Has(7))
            op.Unsupported("a float32 output");
        if (op.Float("alpha", 1) != 1)
            op.Unsupported("alpha other than 1");
        int columns = op.Int("transB", 0) != 0 ? 0 : 1;
        if (op.Failed)
            return;
        var inner = new List<string> { Real(op, 0, 1, 2), Real(op, 3, 4, 5, columns) };
        if (op.Has(6) && Bias(op, 6, 1, 4) is { } bias)
            inner.Add(bias);
        Finish(op, "Gemm", inner, 7, 8);
    }

    private static void Binary(OnnxOperator op, string kind)
    {
        op.Operands(7, 8);
        Finish(op, kind, [Real(op, 0, 1, 2), Real(op, 3, 4, 5)], 6, 7);
    }

    private static void Unary(OnnxOperator op, string kind)
    {
        op.Operands(4, 5);
        if (op.Int("channels_last", 0) != 0)
            op.Unsupported("channels_last 1");
        if (op.Int("opset", op.OperatorSet) is var set && set < 13 != op.OperatorSet < 13)
            op.Unsupported($"opset {set} in a model of operator set {op.OperatorSet}");
        if (!op.Failed)
            Finish(op, kind, [Real(op, 0, 1, 2)], 3, 4, "channels_last", "opset");
    }

    private static void Concat(OnnxOperator op)
    {
        op.Operands(5, int.MaxValue);
        if ((op.Source.Input.Count - 2) % 3 != 0)
            throw op.Corrupt($"it has {op.Source.Input.Count} inputs; it takes 2 and 3 for each part");
        Finish(op, "Concat", [.. Enumerable.Range(0, (op.Source.Input.Count - 2) / 3).Select(i => Real(op, 2 + (3 * i), 3 + (3 * i), 4 + (3 * i)))], 0, 1);
    }

    /// <summary>Dequantizes an input; returns the name of the real value.</summary>
    private static string Real(OnnxOperator op, int value, int scale, int zeroPoint, int axis = 0)
    {
        string name = $"{op.Name}/real {value}";
        op.Expand(Node("DequantizeLinear", [op.Source.Input[value], op.Source.Input[scale], op.Has(zeroPoint) ? op.Source.Input[zeroPoint] : ""], name, Int("axis", axis)));
        return name;
    }

    /// <summary>An int32 bias has the scale of the products; returns the name of its real value.</summary>
    private static string? Bias(OnnxOperator op, int bias, int inputScale, int weightScale)
    {
        float[]? x = op.Constant(inputScale, "scale")?.Real();
        float[]? w = op.Constant(weightScale, "scale")?.Real();
        if (x is null || w is null)
            return null;
        if (x.Length != 1)
            throw op.Corrupt($"its input has {x.Length} scales");
        string scales = op.AddConstant("bias scale", new OnnxConstant(w.Length == 1 ? [] : [w.Length], [.. w.Select(s => s * x[0])]));
        string name = $"{op.Name}/bias";
        op.Expand(Node("DequantizeLinear", [op.Source.Input[bias], scales], name, Int("axis", 0)));
        return name;
    }

    /// <summary>The float operator with this node's attributes, and the quantization of what it makes.</summary>
    private static void Finish(OnnxOperator op, string kind, List<string> inputs, int scale, int zeroPoint, params string[] without)
    {
        if (op.Failed)
            return;
        string real = $"{op.Name}/real";
        AttributeProto[] attributes = [.. op.Source.Attribute.Where(a => !without.Contains(a.Name))];
        op.Ignore([.. op.Source.Attribute.Select(a => a.Name)]);
        NodeProto inner = Node(kind, inputs, real, attributes);
        inner.Name = op.Name;
        op.Expand(inner, Node("QuantizeLinear", [real, op.Source.Input[scale], op.Has(zeroPoint) ? op.Source.Input[zeroPoint] : ""], op.Source.Output[0]));
    }

    private static NodeProto Node(string kind, IEnumerable<string> inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = kind, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Int(string name, int value) => new() { Name = name, Type = AttributeType.Int, I = value };
}
