using EdgeRuntime.Compression.Import.Onnx.Operators;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>The table of operators that can be imported.</summary>
internal static class OnnxOperators
{
    private static readonly Dictionary<string, Action<OnnxOperator>> Table = new()
    {
        ["Conv"] = Convolutions.Conv,
        ["Gemm"] = FullyConnected.Gemm,
        ["MatMul"] = FullyConnected.MatMul,
        ["BatchNormalization"] = Normalizations.Batch,
        ["MaxPool"] = op => Pools.Window(op, OperatorKind.MaxPool2D),
        ["AveragePool"] = op => Pools.Window(op, OperatorKind.AveragePool2D),
        ["GlobalAveragePool"] = Pools.GlobalAverage,
        ["GlobalMaxPool"] = Pools.GlobalMax,
        ["Add"] = op => Arithmetic.Binary(op, OperatorKind.Add),
        ["Sub"] = op => Arithmetic.Binary(op, OperatorKind.Sub),
        ["Mul"] = op => Arithmetic.Binary(op, OperatorKind.Mul),
        ["Div"] = Arithmetic.Divide,
        ["Relu"] = op => Activations.Unary(op, OperatorKind.Relu),
        ["Sigmoid"] = op => Activations.Unary(op, OperatorKind.Logistic),
        ["Tanh"] = op => Activations.Unary(op, OperatorKind.Tanh),
        ["HardSwish"] = op => Activations.Unary(op, OperatorKind.HardSwish),
        ["HardSigmoid"] = Activations.HardSigmoid,
        ["Clip"] = Activations.Clip,
        ["PRelu"] = Activations.PRelu,
        ["LeakyRelu"] = Activations.LeakyRelu,
        ["Softmax"] = Activations.Softmax,
        ["Identity"] = Shapes.Identity,
        ["Dropout"] = Shapes.Identity,
        ["Cast"] = Shapes.Cast,
        ["Reshape"] = Shapes.Reshape,
        ["Flatten"] = Shapes.Flatten,
        ["Squeeze"] = Shapes.Squeeze,
        ["Unsqueeze"] = Shapes.Unsqueeze,
        ["Transpose"] = Shapes.Transpose,
        ["Concat"] = Parts.Concat,
        ["Split"] = Parts.Split,
        ["Slice"] = Parts.Slice,
        ["Pad"] = Parts.Pad,
        ["Resize"] = Resizing.Resize,
        ["ArgMax"] = Reductions.ArgMax,
        ["ReduceMean"] = Reductions.Mean,
        ["QuantizeLinear"] = Quantizers.Quantize,
        ["DequantizeLinear"] = Quantizers.Dequantize,
    };

    /// <summary>Converts one node, or notes that it is not supported. What can be computed here and now becomes a constant.</summary>
    public static void Convert(OnnxOperator op)
    {
        if (op.Source.Output.Count == 0)
            throw op.Corrupt("it has no output");
        if (ConstantFolding.TryFold(op))
            return;
        if (op.Source.Domain is not ("" or "ai.onnx" or "com.microsoft") || !Find(op.Source.OpType, out Action<OnnxOperator>? convert))
            op.UnsupportedOperator();
        else if (Enumerable.Range(0, op.Source.Input.Count).Any(i => op.Has(i) && op.Value(i).IsUnknown))
            op.Abandon();
        else
            convert(op);
        op.RefuseUnreadAttributes();
        if (op.Failed)
            op.DefineMissing();
    }

    private static bool Find(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Action<OnnxOperator>? convert) =>
        Table.TryGetValue(name, out convert) || IntegerOperators.Table.TryGetValue(name, out convert);
}
