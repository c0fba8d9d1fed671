using EdgeRuntime.Kernels;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>Checks of operators that make, pool or unpack packed signs.</summary>
internal static class PackedChecks
{
    public static void Binarize(NodeCheck check)
    {
        check.Counts(1, 3, 1);
        TensorInfo x = check.Input(0);
        check.Type(x, DataType.Float32, DataType.Int8);
        check.Type(check.Output(), DataType.Bit);
        Rows(check, x, check.Output());
        if (x.Type == DataType.Int8 && !check.HasInput(1))
            check.PerTensor(x);
        BinaryChecks.Constant(check, 1, x.Type == DataType.Int8 ? DataType.Int32 : DataType.Float32, x.Shape[^1]);
        BinaryChecks.Constant(check, 2, DataType.Bit, x.Shape[^1]);
    }

    public static void Unbinarize(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        check.Type(check.Input(0), DataType.Bit);
        check.Type(check.Output(), DataType.Float32, DataType.Int8);
        Rows(check, check.Input(0), check.Output());
        if (check.Output().Type == DataType.Int8)
            check.PerTensor(check.Output());
    }

    public static void Pool2D(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        var options = check.Options<Pool2DOptions>();
        TensorInfo x = check.Input(0);
        if (options.Activation != Activation.None)
            throw check.Error(ModelError.Unsupported, $"activation {options.Activation} has no meaning for signs");
        check.SameType(x, check.Output(), DataType.Bit);
        check.Rank(x, 4);
        ConvolutionChecks.Sides(check, options.FilterHeight, options.FilterWidth, options.StrideHeight, options.StrideWidth);
        check.Range("elements of a window", (long)options.FilterHeight * options.FilterWidth, 1, NodeCheck.MaxSummed);
        ConvolutionChecks.Padding(check, options.Padding, options.FilterHeight - 1, options.FilterWidth - 1);
        (WindowAxis rows, WindowAxis columns) = WindowAxis.Of(x.Shape, options);
        ConvolutionChecks.Output(check, x.Shape, rows, columns, x.Shape[3]);
    }

    /// <summary>Same shape, with channels.</summary>
    private static void Rows(NodeCheck check, TensorInfo x, TensorInfo y)
    {
        check.Range("number of dimensions", x.Shape.Rank, 1, Shape.MaxRank);
        check.Shape(y, x.Shape);
    }
}
