using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>
/// A named value of a file while its graph is converted: a constant, or an activation that lies in a tensor of the new graph with its dimensions in some order.
/// ONNX's transposes only change that order; a Transpose operator is added where someone needs another one. So channels move last at the first
/// convolution (or at the input itself) and stay there.
/// </summary>
internal sealed class OnnxValue
{
    public OnnxValue(string name, OnnxConstant constant)
    {
        Name = name;
        Dimensions = constant.Dimensions;
        Type = constant.Type;
        Constant = constant;
        Order = Dimension.Plain(Dimensions.Length);
    }

    public OnnxValue(string name, Type type, int[] dimensions, int tensor, int[] order)
    {
        Name = name;
        Type = type;
        Dimensions = dimensions;
        Tensor = tensor;
        Order = order;
        Tensors[Key(order)] = tensor;
    }

    /// <summary>A value of which nothing is known, since what makes it is not supported.</summary>
    public OnnxValue(string name)
    {
        Name = name;
        Dimensions = [];
        Order = [];
        IsUnknown = true;
    }

    public string Name { get; }

    public bool IsUnknown { get; }

    /// <summary>Element type in the file.</summary>
    public Type Type { get; }

    /// <summary>Dimensions in the file's order.</summary>
    public int[] Dimensions { get; }

    public long Count => Dimensions.Aggregate(1L, (product, d) => product * d);

    /// <summary>The value, if it is known.</summary>
    public OnnxConstant? Constant { get; }

    /// <summary>Tensor of the graph; -1 for constants, which get tensors when they are used.</summary>
    public int Tensor { get; } = -1;

    /// <summary>Dimension i of the tensor is dimension Order[i] of the value.</summary>
    public int[] Order { get; }

    /// <summary>
    /// For a value of two dimensions that was flattened from [n, c, h, w] and still has its elements in the order h, w, c: those three sizes (c, h, w).
    /// A fully connected layer permutes its weights instead of the elements.
    /// </summary>
    public (int Channels, int Height, int Width)? Pixels { get; init; }

    /// <summary>The tensors that hold the value, by <see cref="Key"/> of their order.</summary>
    public Dictionary<string, int> Tensors { get; } = [];

    public static string Key(int[] order) => string.Join(',', order);

    public override string ToString() => IsUnknown ? $"'{Name}'" : $"'{Name}' ({string.Join('x', Dimensions)})";
}

/// <summary>Orders of dimensions.</summary>
internal static class Dimension
{
    public static int[] Plain(int rank) => [.. Enumerable.Range(0, rank)];

    /// <summary>0, 2, 3, ..., 1: the batch first, channels last.</summary>
    public static int[] ChannelsLast(int rank) => rank < 2 ? Plain(rank) : [0, .. Enumerable.Range(2, rank - 2), 1];

    public static int[] Reorder(int[] dimensions, int[] order) => [.. order.Select(d => dimensions[d])];
}
