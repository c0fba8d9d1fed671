using EdgeRuntime.Compression.Import.TFLite.Operators;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>The table of operators that can be imported.</summary>
internal static class OperatorConversions
{
    private static readonly Dictionary<int, Action<OperatorContext>> Table = new()
    {
        [(int)BuiltinOperator.Conv2D] = Layers.Conv2D,
        [(int)BuiltinOperator.DepthwiseConv2D] = Layers.DepthwiseConv2D,
        [(int)BuiltinOperator.FullyConnected] = Layers.FullyConnected,
        [(int)BuiltinOperator.MaxPool2D] = op => Layers.Pool2D(op, OperatorKind.MaxPool2D),
        [(int)BuiltinOperator.AveragePool2D] = op => Layers.Pool2D(op, OperatorKind.AveragePool2D),
        [(int)BuiltinOperator.Add] = op => Elementwise.Arithmetic(op, OperatorKind.Add, Schema.Elementwise.AddUnionType),
        [(int)BuiltinOperator.Sub] = op => Elementwise.Arithmetic(op, OperatorKind.Sub, Schema.Elementwise.SubUnionType),
        [(int)BuiltinOperator.Mul] = op => Elementwise.Arithmetic(op, OperatorKind.Mul, Schema.Elementwise.MulUnionType),
        [(int)BuiltinOperator.Relu] = op => Elementwise.Unary(op, OperatorKind.Relu),
        [(int)BuiltinOperator.Relu6] = op => Elementwise.Unary(op, OperatorKind.Relu6),
        [(int)BuiltinOperator.ReluN1To1] = op => Elementwise.Unary(op, OperatorKind.ReluN1To1),
        [(int)BuiltinOperator.HardSwish] = op => Elementwise.Unary(op, OperatorKind.HardSwish),
        [(int)BuiltinOperator.Logistic] = op => Elementwise.Unary(op, OperatorKind.Logistic),
        [(int)BuiltinOperator.Tanh] = op => Elementwise.Unary(op, OperatorKind.Tanh),
        [(int)BuiltinOperator.PRelu] = Elementwise.PRelu,
        [(int)BuiltinOperator.Softmax] = Elementwise.Softmax,
        [(int)BuiltinOperator.Quantize] = Elementwise.Quantize,
        [(int)BuiltinOperator.Dequantize] = Elementwise.Dequantize,
        [(int)BuiltinOperator.Mean] = Reductions.Mean,
        [(int)BuiltinOperator.ArgMax] = Reductions.ArgMax,
        [(int)BuiltinOperator.Reshape] = Reshaping.Reshape,
        [(int)BuiltinOperator.Squeeze] = Reshaping.SqueezeOrExpand,
        [(int)BuiltinOperator.ExpandDims] = Reshaping.SqueezeOrExpand,
        [(int)BuiltinOperator.Transpose] = Reshaping.Transpose,
        [(int)BuiltinOperator.Pad] = Reshaping.Pad,
        [(int)BuiltinOperator.PadV2] = Reshaping.Pad,
        [(int)BuiltinOperator.Concatenation] = Joining.Concatenation,
        [(int)BuiltinOperator.Split] = Joining.Split,
        [(int)BuiltinOperator.SplitV] = Joining.SplitV,
        [(int)BuiltinOperator.Slice] = Slicing.Slice,
        [(int)BuiltinOperator.StridedSlice] = Slicing.StridedSlice,
        [(int)BuiltinOperator.ResizeBilinear] = Resizing.Bilinear,
        [(int)BuiltinOperator.ResizeNearestNeighbor] = Resizing.Nearest,
    };

    /// <summary>Converts one operator, or notes that it is not supported. Arithmetic on shapes is done here and now.</summary>
    public static void Convert(OperatorContext op)
    {
        if (ShapeArithmetic.TryCompute(op))
            return;
        Action<OperatorContext>? convert = op.Source.Code == (int)BuiltinOperator.Custom
            ? LarqOperators.Find(op.Source.CustomCode)
            : Table.GetValueOrDefault(op.Source.Code);
        if (convert is null)
            op.UnsupportedOperator();
        else
            convert(op);
    }
}
