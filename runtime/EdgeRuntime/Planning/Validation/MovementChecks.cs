using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>Checks of operators that move elements, and of the resize operators.</summary>
internal static class MovementChecks
{
    /// <summary>Largest height and width of a resize operator.</summary>
    private const int MaxResized = 65_535;

    private static readonly DataType[] movable = [DataType.Float32, DataType.Int8, DataType.Int32, DataType.Bit];

    public static void Reshape(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        TensorInfo x = check.Input(0);
        TensorInfo y = check.Output();
        check.SameType(x, y, DataType.Float32, DataType.Int8, DataType.Int32, DataType.Bit);
        bool otherRows = x.Type == DataType.Bit && (x.Shape.Rank == 0 || y.Shape.Rank == 0 || x.Shape[^1] != y.Shape[^1]);
        if (x.Shape.ElementCount != y.Shape.ElementCount || (otherRows && !(WholeWords(x.Shape) && WholeWords(y.Shape))))
            throw check.Error(ModelError.BadShape, $"{x.Type} {x.Shape} cannot be reshaped to {y.Shape}");
        check.SameQuantization(x, y);
    }

    public static void Transpose(NodeCheck check)
    {
        TensorInfo x = Moved(check, outputs: 1);
        IReadOnlyList<int> permutation = check.Options<TransposeOptions>().Permutation;
        PerDimension(check, "permutation", permutation, x.Shape);
        bool[] seen = new bool[x.Shape.Rank];
        int[] dims = new int[x.Shape.Rank];
        for (int d = 0; d < dims.Length; d++)
        {
            check.Range($"permutation[{d}]", permutation[d], 0, dims.Length - 1);
            if (seen[permutation[d]])
                throw check.Error(ModelError.BadShape, $"the permutation names dimension {permutation[d]} twice");
            seen[permutation[d]] = true;
            dims[d] = x.Shape[permutation[d]];
        }

        Moved(check, x, check.Output(), new Shape(dims));
    }

    public static void Pad(NodeCheck check)
    {
        TensorInfo x = Moved(check, outputs: 1);
        check.Type(x, DataType.Float32, DataType.Int8, DataType.Int32);
        var options = check.Options<PadOptions>();
        PerDimension(check, "padding before", options.Before, x.Shape);
        PerDimension(check, "padding after", options.After, x.Shape);
        int[] dims = new int[x.Shape.Rank];
        for (int d = 0; d < dims.Length; d++)
        {
            int room = int.MaxValue - x.Shape[d];
            check.Range($"padding before dimension {d}", options.Before[d], 0, room / 2);
            check.Range($"padding after dimension {d}", options.After[d], 0, room / 2);
            dims[d] = x.Shape[d] + options.Before[d] + options.After[d];
        }

        Moved(check, x, check.Output(), new Shape(dims));
    }

    public static void Slice(NodeCheck check)
    {
        TensorInfo x = Moved(check, outputs: 1);
        var options = check.Options<SliceOptions>();
        Shape y = check.Output().Shape;
        PerDimension(check, "begin", options.Begin, x.Shape);
        PerDimension(check, "stride", options.Stride, x.Shape);
        check.Rank(check.Output(), x.Shape.Rank);
        for (int d = 0; d < y.Rank; d++)
        {
            int last = x.Shape[d] - 1;
            check.Range($"begin of dimension {d}", options.Begin[d], 0, last);
            check.Range($"stride of dimension {d}", options.Stride[d], -x.Shape[d], x.Shape[d]);
            if (options.Stride[d] == 0 || (check.Node.Kind == OperatorKind.Slice && options.Stride[d] != 1))
                throw check.Error(ModelError.BadShape, $"stride of dimension {d} is {options.Stride[d]}");
            check.Range($"last element of dimension {d}", options.Begin[d] + (y[d] - 1L) * options.Stride[d], 0, last);
        }

        Moved(check, x, check.Output(), y);
    }

    public static void Concat(NodeCheck check)
    {
        check.Counts(1, GraphStructure.MaxTensors, 1);
        var options = check.Options<AxisOptions>();
        TensorInfo y = check.Output();
        Unfused(check, options);
        check.Type(y, movable);
        int axis = check.Axis(options.Axis, y.Shape.Rank);
        int[] dims = y.Shape.Dimensions.ToArray();
        long length = 0;
        for (int i = 0; i < check.InputCount; i++)
        {
            if (!check.HasInput(i))
                throw check.Error(ModelError.BadGraph, $"input {i} is absent");
            TensorInfo x = check.Input(i);
            check.Rank(x, dims.Length);
            dims[axis] = x.Shape[axis];
            length += dims[axis];
            check.Type(x, y.Type);
            check.Shape(x, new Shape(dims));
            check.SameQuantization(x, y);
            Packed(check, x);
        }

        Packed(check, y);
        dims[axis] = (int)Math.Min(length, int.MaxValue);
        check.Shape(y, new Shape(dims));
    }

    public static void Split(NodeCheck check)
    {
        TensorInfo x = Moved(check, check.OutputCount);
        var options = check.Options<AxisOptions>();
        Unfused(check, options);
        int axis = check.Axis(options.Axis, x.Shape.Rank);
        int[] dims = x.Shape.Dimensions.ToArray();
        if (dims[axis] % check.OutputCount != 0)
            throw check.Error(ModelError.BadShape, $"dimension {axis} of {x.Shape} cannot be split into {check.OutputCount} equal parts");
        dims[axis] /= check.OutputCount;
        for (int i = 0; i < check.OutputCount; i++)
            Moved(check, x, check.Output(i), new Shape(dims));
    }

    public static void ChannelShuffle(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        TensorInfo x = check.Input(0);
        check.Type(x, movable);
        check.Range("number of dimensions", x.Shape.Rank, 1, Shape.MaxRank);
        int groups = check.Options<GroupOptions>().Groups;
        check.Range("groups", groups, 1, x.Shape[^1]);
        if (x.Shape[^1] % groups != 0)
            throw check.Error(ModelError.BadShape, $"{x.Shape[^1]} channels are not divisible by {groups} groups");
        Moved(check, x, check.Output(), x.Shape);
    }

    public static void Resize(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        var options = check.Options<ResizeOptions>();
        TensorInfo x = check.Input(0);
        TensorInfo y = check.Output();
        check.Type(x, DataType.Float32, DataType.Int8);
        check.Rank(x, 4);
        check.Rank(y, 4);
        for (int d = 1; d <= 2; d++)
        {
            check.Range($"dimension {d} of the input", x.Shape[d], 1, MaxResized);
            check.Range($"dimension {d} of the output", y.Shape[d], 1, MaxResized);
        }

        if (options is { AlignCorners: true, HalfPixelCenters: true })
            throw check.Error(ModelError.Unsupported, "aligned corners and half-pixel centres exclude each other");
        Moved(check, x, y, new Shape(x.Shape[0], y.Shape[1], y.Shape[2], x.Shape[3]));
    }

    private static TensorInfo Moved(NodeCheck check, int outputs)
    {
        check.Counts(1, 1, outputs);
        TensorInfo x = check.Input(0);
        check.Type(x, movable);
        check.Range("number of dimensions", x.Shape.Rank, 1, Shape.MaxRank);
        return x;
    }

    private static void Moved(NodeCheck check, TensorInfo x, TensorInfo y, Shape inferred)
    {
        check.Type(y, x.Type);
        check.Shape(y, inferred);
        check.SameQuantization(x, y);
        Packed(check, x);
        Packed(check, y);
    }

    /// <summary>Bits of a packed tensor, unused ones included, are counted in an int.</summary>
    private static void Packed(NodeCheck check, TensorInfo tensor)
    {
        if (tensor.Type == DataType.Bit)
            check.Range($"bits of tensor '{tensor.Name}'", tensor.ByteSize * 8, 1, int.MaxValue);
    }

    private static void PerDimension(NodeCheck check, string what, IReadOnlyList<int> values, Shape x)
    {
        if (values.Count != x.Rank)
            throw check.Error(ModelError.BadShape, $"{what} has {values.Count} values; the input has {x.Rank} dimensions");
    }

    private static void Unfused(NodeCheck check, AxisOptions options)
    {
        if (options.Activation != Activation.None)
            throw check.Error(ModelError.Unsupported, $"activation {options.Activation} cannot be fused into it");
    }

    private static bool WholeWords(Shape shape) => shape.Rank > 0 && shape[^1] % DataTypes.BitsPerWord == 0;
}
