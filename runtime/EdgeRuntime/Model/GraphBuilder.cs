namespace EdgeRuntime.Model;

/// <summary>Builds a <see cref="Graph"/> tensor by tensor and operator by operator.</summary>
public sealed class GraphBuilder
{
    private readonly List<TensorInfo> tensors = [];
    private readonly List<Node> nodes = [];
    private readonly List<int> inputs = [];
    private readonly List<int> outputs = [];

    /// <summary>Adds a tensor and returns its index.</summary>
    public int AddTensor(TensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensors.Add(tensor);
        return tensors.Count - 1;
    }

    /// <summary>Adds an activation and returns its index.</summary>
    public int AddActivation(string name, DataType type, Shape shape, Quantization? quantization = null) =>
        AddTensor(new TensorInfo(name, type, shape, quantization));

    /// <summary>Adds a constant with its bytes and returns its index.</summary>
    /// <exception cref="EdgeModelException">The bytes do not have the size of the type and shape.</exception>
    public int AddConstant(string name, DataType type, Shape shape, ReadOnlyMemory<byte> data, Quantization? quantization = null)
    {
        long size = DataTypes.ByteSize(type, shape);
        if (data.Length != size)
            throw new EdgeModelException(ModelError.BadShape, $"constant '{name}' has {data.Length} bytes; {type} {shape} needs {size}");
        return AddTensor(new TensorInfo(name, type, shape, quantization, data));
    }

    /// <summary>Adds an operator; without <paramref name="options"/> it has the defaults of its kind.</summary>
    public void AddNode(OperatorKind kind, string name, ReadOnlySpan<int> inputs, ReadOnlySpan<int> outputs, OperatorOptions? options = null) =>
        AddNode(new Node(kind, name, inputs.ToArray(), outputs.ToArray(), options ?? OperatorOptions.DefaultOf(kind)));

    /// <summary>Adds an operator.</summary>
    public void AddNode(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        nodes.Add(node);
    }

    /// <summary>Marks a tensor as input of the network.</summary>
    public void AddInput(int tensor) => inputs.Add(tensor);

    /// <summary>Marks a tensor as output of the network.</summary>
    public void AddOutput(int tensor) => outputs.Add(tensor);

    /// <summary>The graph of what was added so far.</summary>
    public Graph Build() => new([.. tensors], [.. nodes], [.. inputs], [.. outputs]);
}
