using EdgeRuntime.Compression.Import.Onnx.Operators;
using EdgeRuntime.Model;
using EdgeRuntime.Onnx;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>
/// Turns the nodes of a file into a graph, in their order. Problems are collected, so that one run tells all of them; what an unsupported node makes keeps the shape that
/// the file notes for it.
/// </summary>
internal sealed class OnnxConversion(GraphProto source, int operatorSet)
{
    private const int MaxProblems = 100;

    private readonly Dictionary<string, OnnxValue> values = [];
    private readonly Dictionary<string, ValueInfoProto> declared = [];
    private readonly List<TensorInfo> tensors = [];
    private readonly List<Node> nodes = [];
    private readonly List<int> inputs = [];
    private readonly List<string> problems = [];
    private readonly HashSet<string> reported = [];

    /// <summary>Version of the standard operators.</summary>
    public int OperatorSet => operatorSet;

    public List<string> Notes { get; } = [];

    public Graph Convert()
    {
        foreach (ValueInfoProto info in source.ValueInfo.Concat(source.Output))
            declared[info.Name] = info;
        foreach (TensorProto initializer in source.Initializer)
            AddConstant(initializer.Name, initializer);
        foreach (ValueInfoProto info in source.Input.Where(i => !values.ContainsKey(i.Name)))
            new OnnxInputs(this, source).Add(info);
        foreach (NodeProto node in source.Node)
            OnnxOperators.Convert(new OnnxOperator(this, node));

        var builder = new GraphBuilder();
        int[] outputs = [.. source.Output.Select(Output)];
        if (problems.Count > 0)
            throw new ImportException(problems);
        foreach (TensorInfo tensor in tensors)
            builder.AddTensor(tensor);
        foreach (Node node in nodes)
            builder.AddNode(node);
        foreach (int t in inputs)
            builder.AddInput(t);
        foreach (int t in outputs)
            builder.AddOutput(t);
        return QdqFusion.Apply(builder.Build(), Notes);
    }

    public void AddConstant(string name, TensorProto tensor)
    {
        OnnxConstant? constant = OnnxConstantReader.Read(tensor, name, out string? unsupported);
        if (unsupported is not null)
            Problem(unsupported);
        Define(name, constant is null ? new OnnxValue(name) : new OnnxValue(name, constant));
    }

    public void Define(string name, OnnxValue value)
    {
        if (!values.TryAdd(name, value))
            throw OnnxConstantReader.Corrupt($"value '{name}' is written twice");
    }

    public bool IsDefined(string name) => values.ContainsKey(name);

    public OnnxValue Find(string name, object user) => values.TryGetValue(name, out OnnxValue? value)
        ? value
        : throw OnnxConstantReader.Corrupt($"{user} reads '{name}', which nothing before it writes");

    public int AddInput(TensorInfo tensor)
    {
        inputs.Add(AddTensor(tensor));
        return inputs[^1];
    }

    public int AddTensor(TensorInfo tensor)
    {
        tensors.Add(tensor);
        return tensors.Count - 1;
    }

    public TensorInfo TensorAt(int tensor) => tensors[tensor];

    public void AddNode(OperatorKind kind, string name, ReadOnlySpan<int> from, ReadOnlySpan<int> to, OperatorOptions? options = null) =>
        nodes.Add(new Node(kind, name, from.ToArray(), to.ToArray(), options ?? NoOptions.Instance));

    /// <summary>The tensor that holds a value with its dimensions in an order; it is made if there is none yet.</summary>
    public int Tensor(OnnxValue value, int[] order)
    {
        string key = value.Pixels is null ? OnnxValue.Key(order) : $"flat {OnnxValue.Key(order)}";
        if (value.Tensors.TryGetValue(key, out int known))
            return known;
        int made = value.Constant is { } constant ? Constant(value.Name, constant, order) : Reordered(value, order);
        value.Tensors[key] = made;
        return made;
    }

    /// <summary>The shape that the file notes for a value, or null.</summary>
    public int[]? DeclaredShape(string name)
    {
        if (!declared.TryGetValue(name, out ValueInfoProto? info) || info.Type?.TensorType?.Shape is not { } shape || info.Type.TensorType.ElemType != (int)Type.Float)
            return null;
        return shape.Dim.Count <= Shape.MaxRank && shape.Dim.All(d => d.DimValue is >= 1 and <= int.MaxValue)
            ? OnnxConstantReader.Dimensions([.. shape.Dim.Select(d => d.DimValue)], $"value '{name}'")
            : null;
    }

    /// <summary>Notes something that is not supported, once.</summary>
    public void Problem(string text)
    {
        if (!reported.Add(text))
            return;
        if (problems.Count == MaxProblems)
            problems.Add("…");
        if (problems.Count <= MaxProblems)
            problems.Add(text);
    }

    private int Constant(string name, OnnxConstant constant, int[] order)
    {
        if (constant.Dimensions.Contains(0))
            throw OnnxConstantReader.Corrupt($"constant '{name}' is empty ({string.Join('x', constant.Dimensions)})");
        OnnxConstant moved = constant.Permuted(order);
        TensorInfo? tensor = moved.ToTensor(name);
        if (tensor is null)
        {
            Problem($"integers of more than 32 bits in constant '{name}'");
            tensor = new TensorInfo(name, DataType.Float32, new Shape(moved.Dimensions));
        }

        int index = AddTensor(tensor);
        if (constant.Scale is null)
            return index;
        int real = AddTensor(new TensorInfo(name, DataType.Float32, tensor.Shape));
        AddNode(OperatorKind.Dequantize, name, [index], [real]);
        return real;
    }

    private int Reordered(OnnxValue value, int[] order)
    {
        TensorInfo lying = tensors[value.Tensor];
        if (value.Pixels is { } p)
        {
            int flat = Unflattened(value, lying, p);
            return Tensor(new OnnxValue(value.Name, value.Type, value.Dimensions, flat, Dimension.Plain(2)), order);
        }

        int[] permutation = [.. order.Select(d => Array.IndexOf(value.Order, d))];
        int to = AddTensor(lying with { Name = $"{value.Name}/moved", Shape = new Shape(Dimension.Reorder(value.Dimensions, order)) });
        Move(value.Name, value.Tensor, to, permutation);
        return to;
    }

    /// <summary>Elements in the file's order of a value that was flattened from h, w, c.</summary>
    private int Unflattened(OnnxValue value, TensorInfo lying, (int Channels, int Height, int Width) p)
    {
        int batch = value.Dimensions[0];
        int picture = AddTensor(lying with { Name = $"{value.Name}/picture", Shape = new Shape(batch, p.Height, p.Width, p.Channels) });
        int moved = AddTensor(lying with { Name = $"{value.Name}/moved", Shape = new Shape(batch, p.Channels, p.Height, p.Width) });
        int to = AddTensor(lying with { Name = $"{value.Name}/flat" });
        AddNode(OperatorKind.Reshape, $"{value.Name}/picture", [value.Tensor], [picture]);
        Move(value.Name, picture, moved, [0, 3, 1, 2]);
        AddNode(OperatorKind.Reshape, $"{value.Name}/flat", [moved], [to]);
        return to;
    }

    /// <summary>A Transpose, or only a Reshape where no two dimensions above 1 change places.</summary>
    private void Move(string name, int from, int to, int[] permutation)
    {
        int[] large = [.. permutation.Where(d => tensors[from].Shape[d] > 1)];
        if (large.SequenceEqual(large.Order()))
            AddNode(OperatorKind.Reshape, $"{name}/reshape", [from], [to]);
        else
            AddNode(OperatorKind.Transpose, $"{name}/transpose", [from], [to], new TransposeOptions(permutation));
    }

    private int Output(ValueInfoProto info)
    {
        OnnxValue value = Find(info.Name, "the network's list of outputs");
        if (value.IsUnknown)
            return -1;
        int tensor = Tensor(value, Dimension.Plain(value.Dimensions.Length));
        if (tensors[tensor].Name != info.Name && value.Constant is null)
            tensors[tensor] = tensors[tensor] with { Name = info.Name };
        return tensor;
    }
}
