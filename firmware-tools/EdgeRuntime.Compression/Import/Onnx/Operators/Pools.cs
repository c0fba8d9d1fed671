using EdgeRuntime.Model;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>MaxPool, AveragePool and the pools over whole pictures.</summary>
internal static class Pools
{
    public static void Window(OnnxOperator op, OperatorKind kind)
    {
        op.Operands(1, 1);
        OnnxValue x = kind == OperatorKind.AveragePool2D ? op.Real(0) : op.Value(0);
        bool counted = kind == OperatorKind.AveragePool2D && op.Int("count_include_pad", 0) != 0;
        if (kind == OperatorKind.MaxPool2D && op.Int("storage_order", 0) != 0)
            op.Unsupported("storage_order 1");
        if (!Picture(op, x))
            return;
        if (op.Ints("kernel_shape") is null)
            throw op.Corrupt("it has no kernel_shape");
        Window2D? window = Window2D.Read(op, x.Dimensions, 0, 0);
        if (window is null)
            return;
        if (window.DilationHeight * window.DilationWidth != 1)
        {
            op.Unsupported($"dilations {window.DilationHeight}x{window.DilationWidth}");
            return;
        }

        int input = op.Tensor(x, Dimension.ChannelsLast(4));
        Padding2D padding = window.Padding;
        if (counted && window.IsPadded)
        {
            // The border counts, except for what only ceil_mode added to it: that cannot be told apart here.
            if (op.Int("ceil_mode", 0) != 0)
            {
                op.Unsupported("count_include_pad together with ceil_mode");
                return;
            }

            input = window.Pad(op, input);
            padding = Padding2D.Valid;
        }

        int y = op.Define([x.Dimensions[0], x.Dimensions[1], window.OutputHeight, window.OutputWidth], Dimension.ChannelsLast(4), input, x.Type);
        op.Node(kind, [input], [y], new Pool2DOptions
        {
            FilterHeight = window.Height,
            FilterWidth = window.Width,
            StrideHeight = window.StrideHeight,
            StrideWidth = window.StrideWidth,
            Padding = padding,
        });
    }

    public static void GlobalAverage(OnnxOperator op)
    {
        op.Operands(1, 1);
        OnnxValue x = op.Real(0);
        if (!Picture(op, x))
            return;
        int y = op.Define([x.Dimensions[0], x.Dimensions[1], 1, 1], Dimension.ChannelsLast(4));
        op.Node(OperatorKind.Mean, [op.Tensor(x, Dimension.ChannelsLast(4))], [y], new ReduceOptions([1, 2], true));
    }

    public static void GlobalMax(OnnxOperator op)
    {
        op.Operands(1, 1);
        OnnxValue x = op.Value(0);
        if (!Picture(op, x))
            return;
        int input = op.Tensor(x, Dimension.ChannelsLast(4));
        int y = op.Define([x.Dimensions[0], x.Dimensions[1], 1, 1], Dimension.ChannelsLast(4), input, x.Type);
        op.Node(OperatorKind.MaxPool2D, [input], [y], new Pool2DOptions { FilterHeight = x.Dimensions[2], FilterWidth = x.Dimensions[3] });
    }

    private static bool Picture(OnnxOperator op, OnnxValue x)
    {
        if (x.Dimensions.Length != 4)
            op.Unsupported($"an input of {x.Dimensions.Length} dimensions instead of 4");
        else if (x.Type is not (Type.Float or Type.Int8 or Type.Uint8))
            op.Unsupported($"{OnnxNames.Of(x.Type)} operands");
        return !op.Failed;
    }
}
