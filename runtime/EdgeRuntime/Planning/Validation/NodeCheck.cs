using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>One operator under examination: its tensors, and the checks and messages that all operators share.</summary>
internal sealed class NodeCheck(Graph graph, Node node)
{
    /// <summary>Largest stride, dilation, window side and padding: positions inside a padded tensor stay far below the limits of Int32.</summary>
    public const int MaxWindow = 32_767;

    /// <summary>Most int8 values, each less a zero point, that an int32 sum holds without overflow.</summary>
    public const int MaxSummed = int.MaxValue / 255;

    /// <summary>Scales lie in 2^-60..2^60, so that products and quotients of two of them are normal float32 values.</summary>
    private const float LargestScale = 1L << 60;

    public Node Node => node;

    public int InputCount => node.Inputs.Count;

    public int OutputCount => node.Outputs.Count;

    public bool HasInput(int index) => index < node.Inputs.Count && node.Inputs[index] >= 0;

    public TensorInfo Input(int index) => graph.Tensors[node.Inputs[index]];

    public TensorInfo Output(int index = 0) => graph.Tensors[node.Outputs[index]];

    /// <summary>An error that names the operator.</summary>
    public EdgeModelException Error(ModelError error, string message) => new(error, $"operator '{node.Name}' ({node.Kind}): {message}");

    /// <summary>The options, which must be of the operator's own record.</summary>
    public T Options<T>()
        where T : OperatorOptions =>
        node.Options as T ?? throw Error(ModelError.BadGraph, $"its options are {node.Options?.GetType().Name ?? "missing"}, not {typeof(T).Name}");

    /// <summary>The number of inputs, of which the first <paramref name="required"/> must be there, and of outputs.</summary>
    public void Counts(int required, int most, int outputs)
    {
        if (node.Inputs.Count < required || node.Inputs.Count > most)
            throw Error(ModelError.BadGraph, $"it has {node.Inputs.Count} inputs; it takes {(required == most ? $"{most}" : $"{required} to {most}")}");
        if (node.Outputs.Count != outputs)
            throw Error(ModelError.BadGraph, $"it has {node.Outputs.Count} outputs; it takes {outputs}");
        for (int i = 0; i < required; i++)
        {
            if (node.Inputs[i] < 0)
                throw Error(ModelError.BadGraph, $"input {i} is absent");
        }
    }

    /// <summary>A tensor's type must be one of those given.</summary>
    public void Type(TensorInfo tensor, params ReadOnlySpan<DataType> allowed)
    {
        if (!allowed.Contains(tensor.Type))
            throw Error(ModelError.BadType, $"tensor '{tensor.Name}' is {tensor.Type}; it must be {string.Join(" or ", allowed.ToArray())}");
    }

    public void Rank(TensorInfo tensor, int rank)
    {
        if (tensor.Shape.Rank != rank)
            throw Error(ModelError.BadShape, $"tensor '{tensor.Name}' is {tensor.Shape}; it must have {rank} dimensions");
    }

    /// <summary>A tensor's shape must be the one that follows from the inputs and options.</summary>
    public void Shape(TensorInfo tensor, Shape inferred)
    {
        if (tensor.Shape != inferred)
            throw Error(ModelError.BadShape, $"tensor '{tensor.Name}' is declared {tensor.Shape}; it must be {inferred}");
    }

    /// <summary>A tensor must be a constant: kernels pack it before the first run.</summary>
    public void Constant(TensorInfo tensor)
    {
        if (!tensor.IsConstant)
            throw Error(ModelError.Unsupported, $"tensor '{tensor.Name}' is computed at run time; it must be a constant");
    }

    /// <summary>A number must lie in a range.</summary>
    public void Range(string what, long value, long least, long most)
    {
        if (value < least || value > most)
            throw Error(value > most ? ModelError.TooLarge : ModelError.BadShape, $"{what} is {value}; it must be {least} to {most}");
    }

    public void Activation(Activation activation)
    {
        if (!Enum.IsDefined(activation))
            throw Error(ModelError.Corrupt, $"activation {(int)activation} is not known");
    }

    /// <summary>An axis, which may count from the end, as an index.</summary>
    public int Axis(int axis, int rank)
    {
        if (axis < -rank || axis >= rank)
            throw Error(ModelError.BadShape, $"axis is {axis}; it must be {-rank} to {rank - 1}");
        return axis < 0 ? axis + rank : axis;
    }

    /// <summary>The quantization of an int8 activation: there must be one, for the whole tensor, with a zero point that is an int8 value.</summary>
    public Quantization PerTensor(TensorInfo tensor)
    {
        Quantization q = tensor.Quantization ?? throw Error(ModelError.BadType, $"tensor '{tensor.Name}' is int8 without quantization");
        if (q.Scales.Length != 1)
            throw Error(ModelError.BadType, $"tensor '{tensor.Name}' has {q.Scales.Length} scales; it must have 1");
        if (q.ZeroPoint is < sbyte.MinValue or > sbyte.MaxValue)
            throw Error(ModelError.BadType, $"tensor '{tensor.Name}' has zero point {q.ZeroPoint}; it must be {sbyte.MinValue} to {sbyte.MaxValue}");
        Scale(tensor, q.Scale);
        return q;
    }

    /// <summary>A scale must be far from the ends of float32.</summary>
    public void Scale(TensorInfo tensor, float scale)
    {
        if (!(scale >= 1 / LargestScale && scale <= LargestScale))
            throw Error(ModelError.BadType, $"tensor '{tensor.Name}' has scale {scale}; it must be {1 / LargestScale} to {LargestScale}");
    }

    /// <summary>The factor of a requantization must be below a limit.</summary>
    public void Factor(double factor, double limit)
    {
        if (!(factor >= 0 && factor < limit))
            throw Error(ModelError.BadType, $"its scales give a requantization factor of {factor}; it must be below {limit}");
    }

    /// <summary>The quantization of a tensor whose values are moved unchanged must be that of the tensor they come from.</summary>
    public void SameQuantization(TensorInfo from, TensorInfo to)
    {
        if (from.Type != DataType.Int8 || (from.Quantization is null && to.Quantization is null))
            return;
        Quantization a = PerTensor(from);
        Quantization b = PerTensor(to);
        if (a.Scale != b.Scale || a.ZeroPoint != b.ZeroPoint)
        {
            throw Error(
                ModelError.BadType,
                $"tensor '{from.Name}' has scale {a.Scale} and zero point {a.ZeroPoint}, '{to.Name}' has {b.Scale} and {b.ZeroPoint}; they must be equal");
        }
    }

    /// <summary>Both tensors have the same type, one of those allowed.</summary>
    public void SameType(TensorInfo a, TensorInfo b, params ReadOnlySpan<DataType> allowed)
    {
        Type(a, allowed);
        Type(b, a.Type);
    }
}
