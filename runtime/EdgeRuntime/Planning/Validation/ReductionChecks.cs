using EdgeRuntime.Kernels;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>Checks of pooling, Mean, Softmax and ArgMax.</summary>
internal static class ReductionChecks
{
    public static void Pool2D(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        var options = check.Options<Pool2DOptions>();
        TensorInfo x = check.Input(0);
        check.Activation(options.Activation);
        check.SameType(x, check.Output(), DataType.Float32, DataType.Int8);
        check.Rank(x, 4);
        ConvolutionChecks.Sides(check, options.FilterHeight, options.FilterWidth, options.StrideHeight, options.StrideWidth);
        check.Range("elements of a window", (long)options.FilterHeight * options.FilterWidth, 1, NodeCheck.MaxSummed);
        ConvolutionChecks.Padding(check, options.Padding, options.FilterHeight - 1, options.FilterWidth - 1);
        (WindowAxis rows, WindowAxis columns) = WindowAxis.Of(x.Shape, options);
        ConvolutionChecks.Output(check, x.Shape, rows, columns, x.Shape[3]);
        if (x.Type != DataType.Int8)
            return;
        check.PerTensor(x);
        check.PerTensor(check.Output());
        check.SameQuantization(x, check.Output());
    }

    public static void Mean(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        var options = check.Options<ReduceOptions>();
        TensorInfo x = check.Input(0);
        check.SameType(x, check.Output(), DataType.Float32, DataType.Int8);
        check.Range("number of axes", options.Axes.Count, 0, Shape.MaxRank);
        bool[] averaged = new bool[x.Shape.Rank];
        foreach (int axis in options.Axes)
            averaged[check.Axis(axis, x.Shape.Rank)] = true;
        var dims = new List<int>();
        for (int d = 0; d < averaged.Length; d++)
        {
            if (!averaged[d])
                dims.Add(x.Shape[d]);
            else if (options.KeepDimensions)
                dims.Add(1);
        }

        check.Shape(check.Output(), new Shape([.. dims]));
        if (x.Type != DataType.Int8)
            return;
        check.Range("elements of a mean", x.Shape.ElementCount / check.Output().Shape.ElementCount, 1, NodeCheck.MaxSummed);
        check.Factor((double)check.PerTensor(x).Scale / check.PerTensor(check.Output()).Scale, 1 << QuantizedMultiplier.MaxShift);
    }

    public static void Softmax(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        var options = check.Options<SoftmaxOptions>();
        TensorInfo x = check.Input(0);
        check.SameType(x, check.Output(), DataType.Float32, DataType.Int8);
        check.Shape(check.Output(), x.Shape);
        check.Range("number of dimensions", x.Shape.Rank, 1, Shape.MaxRank);
        if (!(options.Beta > 0) || !float.IsFinite(options.Beta))
            throw check.Error(ModelError.BadType, $"beta is {options.Beta}; it must be positive and finite");
        if (x.Type != DataType.Int8)
            return;
        check.Range("elements of a row", x.Shape[^1], 1, Int8SoftmaxKernel.MaxDepth);
        ElementwiseChecks.Fixed(check, check.PerTensor(check.Output()), 1f / 256, -128);
        double factor = Int8SoftmaxKernel.InputFactor(options, check.PerTensor(x));
        if (!(factor > 1))
            throw check.Error(ModelError.BadType, $"beta * input scale is {(double)options.Beta * x.Quantization!.Scale}; it must exceed {1.0 / (1 << 26)}");
    }

    public static void ArgMax(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        TensorInfo x = check.Input(0);
        check.Type(x, DataType.Float32, DataType.Int8);
        check.Type(check.Output(), DataType.Int32);
        int axis = check.Axis(check.Options<AxisOptions>().Axis, x.Shape.Rank);
        int[] dims = x.Shape.Dimensions.ToArray();
        check.Shape(check.Output(), new Shape([.. dims.Where((_, d) => d != axis)]));
    }
}
