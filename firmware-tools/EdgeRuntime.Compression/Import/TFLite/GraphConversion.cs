using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>
/// Turns a file's subgraph into a <see cref="Graph"/>. Only tensors that an operator, or the network's inputs and outputs, use are taken over. What has no
/// counterpart is collected, so that one exception lists all of it.
/// </summary>
internal sealed class GraphConversion
{
    /// <summary>Most problems that are listed.</summary>
    private const int MaxProblems = 1_000;

    private readonly GraphBuilder builder = new();
    private readonly int[] indices;
    private readonly List<string> problems = [];
    private readonly HashSet<int> reported = [];
    private readonly HashSet<int> narrowed = [];

    /// <summary>Tensors of packed bits, and how many channels their words hold.</summary>
    private readonly Dictionary<int, int> packed = [];

    public GraphConversion(SourceModel source)
    {
        Source = source;
        Values = new IntegerValues(source);
        indices = new int[source.Tensors.Count];
        indices.AsSpan().Fill(-1);
    }

    /// <summary>The file.</summary>
    public SourceModel Source { get; }

    /// <summary>Integer tensors that are known at import.</summary>
    public IntegerValues Values { get; }

    /// <summary>For each tensor of the file its index in the graph; -1 for those that are not needed.</summary>
    public IReadOnlyList<int> Indices => indices;

    /// <summary>What a user should know about the conversion, one line each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Converts the file.</summary>
    /// <exception cref="ImportException">Something is damaged, or not supported.</exception>
    public Graph Convert()
    {
        if (Source.SubgraphCount > 1)
            Problem($"{Source.SubgraphCount} subgraphs (control flow); one is supported");
        foreach (int t in Source.Inputs)
        {
            SourceTensor tensor = Source.Tensor(t, "the network's list of inputs");
            CheckSignature(tensor);
            builder.AddInput(Use(tensor, "input of the network", Allowed.Any));
        }

        foreach (SourceOperator op in Source.Operators)
            OperatorConversions.Convert(new OperatorContext(this, op));
        foreach (int t in Source.Outputs)
            builder.AddOutput(Use(Source.Tensor(t, "the network's list of outputs"), "output of the network", Allowed.Any));
        if (problems.Count > 0)
            throw new ImportException(problems);
        return builder.Build();
    }

    /// <summary>Index in the graph of a tensor of the file, which is added when it is first used.</summary>
    /// <returns>The index, or -1 after noting why the tensor cannot be used.</returns>
    public int Use(SourceTensor tensor, object user, Allowed allowed)
    {
        DataType? type = TypeOf(tensor);
        if (tensor.Unsupported is { } reason)
            return TensorProblem(tensor, $"tensor {tensor} {reason} ({user})");
        if (type is null || (allowed & AllowedOf(type.Value)) == 0)
            return TensorProblem(tensor, $"type {Name(tensor.Type)} of tensor {tensor} ({user}){Advice(tensor.Type)}");
        if (tensor.Dimensions.Any(d => d is 0 or -1))
            return TensorProblem(tensor, $"dynamic or empty shape {string.Join('x', tensor.Dimensions)} of tensor {tensor} ({user})");
        if (packed.ContainsKey(tensor.Index))
            return TensorProblem(tensor, $"packed bits of tensor {tensor} ({user})");
        if (indices[tensor.Index] >= 0)
            return indices[tensor.Index];

        var shape = new Shape(tensor.Dimensions);
        Quantization? quantization = type == DataType.Float32 ? null : tensor.Quantization;
        indices[tensor.Index] = tensor.Data is { } data && !narrowed.Contains(tensor.Index)
            ? builder.AddConstant(tensor.Name, type.Value, shape, data, quantization)
            : builder.AddActivation(tensor.Name, type.Value, shape, quantization);
        return indices[tensor.Index];
    }

    /// <summary>Channels of a tensor of packed bits; 0 if it holds none.</summary>
    public int PackedChannels(SourceTensor tensor) => packed.GetValueOrDefault(tensor.Index);

    /// <summary>Index in the graph of a tensor of packed bits that an operator wrote, or -1 after noting that it holds none.</summary>
    public int UsePacked(SourceTensor tensor, object user) =>
        packed.ContainsKey(tensor.Index) ? indices[tensor.Index] : TensorProblem(tensor, $"tensor {tensor}, which no operator packed into bits ({user})");

    /// <summary>Adds a tensor of packed bits that an operator writes; the file has the same dimensions, with words of 32 channels in the last.</summary>
    /// <returns>The index, or -1 after noting why the tensor cannot be used.</returns>
    public int AddPacked(SourceTensor tensor, object user, ReadOnlySpan<int> dimensions)
    {
        if (tensor.Unsupported is { } reason)
            return TensorProblem(tensor, $"tensor {tensor} {reason} ({user})");
        bool fits = tensor.Type == TensorType.Int32 && tensor.Data is null && dimensions.Length > 0 && tensor.Dimensions.Length == dimensions.Length
            && !dimensions.ContainsAnyExceptInRange(1, int.MaxValue)
            && tensor.Dimensions.AsSpan()[..^1].SequenceEqual(dimensions[..^1]) && tensor.Dimensions[^1] == DataTypes.WordsFor(dimensions[^1]);
        if (!fits)
            throw FlatBuffer.Corrupt($"{user} writes tensor {tensor}, {Name(tensor.Type)} {string.Join('x', tensor.Dimensions)}; {string.Join('x', dimensions.ToArray())} bits are words of 32 channels");
        if (indices[tensor.Index] >= 0)
            throw FlatBuffer.Corrupt($"{user} writes tensor {tensor}, which is used before");
        packed[tensor.Index] = dimensions[^1];
        return indices[tensor.Index] = builder.AddActivation(tensor.Name, DataType.Bit, new Shape(dimensions), null);
    }

    /// <summary>Lets an int64 tensor that an operator writes become int32.</summary>
    public void Narrow(SourceTensor tensor)
    {
        if (tensor.Type == TensorType.Int64 && narrowed.Add(tensor.Index))
            Notes.Add($"tensor {tensor} is int64 in the file; it becomes int32");
    }

    /// <summary>Adds a tensor that the file does not have.</summary>
    public int AddTensor(TensorInfo tensor) => builder.AddTensor(tensor);

    /// <summary>Adds an operator.</summary>
    public void AddNode(OperatorKind kind, string name, ReadOnlySpan<int> inputs, ReadOnlySpan<int> outputs, OperatorOptions? options) =>
        builder.AddNode(kind, name, inputs, outputs, options);

    /// <summary>Notes something that is not supported.</summary>
    public void Problem(string text)
    {
        if (problems.Count == MaxProblems)
            problems.Add("…");
        if (problems.Count <= MaxProblems)
            problems.Add(text);
    }

    /// <summary>The schema's name of a type.</summary>
    public static string Name(TensorType type) => Enum.IsDefined(type) ? type.ToString().ToUpperInvariant() : $"number {(int)type}";

    private int TensorProblem(SourceTensor tensor, string text)
    {
        if (reported.Add(tensor.Index))
            Problem(text);
        return -1;
    }

    private DataType? TypeOf(SourceTensor tensor) => tensor.Type switch
    {
        TensorType.Float32 => DataType.Float32,
        TensorType.Int8 => DataType.Int8,
        TensorType.Int32 => DataType.Int32,
        TensorType.Int64 when narrowed.Contains(tensor.Index) => DataType.Int32,
        _ => null,
    };

    private static Allowed AllowedOf(DataType type) => type switch
    {
        DataType.Float32 => Allowed.Float32,
        DataType.Int8 => Allowed.Int8,
        _ => Allowed.Int32,
    };

    private static string Advice(TensorType type) => type switch
    {
        TensorType.UInt8 => "; convert with int8 inputs and outputs",
        TensorType.Float16 => "; convert to float32 or int8",
        TensorType.Int16 => "; convert with int8 activations",
        _ => "",
    };

    /// <summary>A dynamic batch means 1 here; other dynamic dimensions of an input leave the network's shapes open.</summary>
    private void CheckSignature(SourceTensor tensor)
    {
        for (int d = 0; d < tensor.Signature.Length; d++)
        {
            if (tensor.Signature[d] >= 0)
                continue;
            if (d > 0)
                Problem($"dynamic dimension {d} of input {tensor}, shape {string.Join('x', tensor.Signature)}");
            else
                Notes.Add($"the batch size of input {tensor} is dynamic in the file; it becomes {tensor.Dimensions.ElementAtOrDefault(0)}");
        }
    }
}

/// <summary>Element types that an operand may have.</summary>
[Flags]
internal enum Allowed
{
    Float32 = 1,
    Int8 = 2,
    Int32 = 4,

    /// <summary>What arithmetic works on.</summary>
    Numbers = Float32 | Int8,

    Any = Float32 | Int8 | Int32,
}
