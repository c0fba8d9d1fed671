using EdgeRuntime.Model;
using EdgeRuntime.Onnx;
using AttributeType = EdgeRuntime.Onnx.AttributeProto.Types.AttributeType;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>One node of a file while it is converted: its operands and attributes, and where its counterpart goes.</summary>
internal sealed class OnnxOperator(OnnxConversion conversion, NodeProto source)
{
    private const int MaxListed = 1 << 16;

    private readonly HashSet<string> read = [];

    public NodeProto Source => source;

    public int OperatorSet => conversion.OperatorSet;

    /// <summary>Whether something about the node is not supported; nothing is added to the graph any more.</summary>
    public bool Failed { get; private set; }

    public string Name => source.Name.Length > 0 ? source.Name : source.Output.FirstOrDefault(o => o.Length > 0) ?? source.OpType;

    public bool Has(int input) => input < source.Input.Count && source.Input[input].Length > 0;

    /// <summary>An input's value.</summary>
    public OnnxValue Value(int input) => Has(input)
        ? conversion.Find(source.Input[input], this)
        : throw Corrupt($"input {input} is absent");

    /// <summary>An input that must be real numbers: float32, or a dequantized constant.</summary>
    public OnnxValue Real(int input)
    {
        OnnxValue value = Value(input);
        if (!value.IsUnknown && (value.Constant is { } c ? !c.IsReal : value.Type != Type.Float))
            Unsupported($"{OnnxNames.Of(value.Type)} operands");
        return value;
    }

    /// <summary>A constant input; null after noting that it is none.</summary>
    public OnnxConstant? Constant(int input, string what)
    {
        OnnxValue value = Value(input);
        if (value.Constant is null && !value.IsUnknown)
            Unsupported($"{what} that is computed at run time ({value})");
        Failed |= value.Constant is null;
        return value.Constant;
    }

    /// <summary>Integers of a constant input; null after noting that there are none.</summary>
    public long[]? Integers(int input, string what)
    {
        OnnxConstant? constant = Constant(input, what);
        if (constant is { Integers: null })
            throw Corrupt($"{what} is no tensor of integers");
        if (constant is { Count: > MaxListed })
            throw Corrupt($"{what} has {constant.Count} values");
        return constant?.Integers;
    }

    /// <summary>Refuses a node whose operands are not as many as the specification says.</summary>
    public void Operands(int least, int most, int outputs = 1)
    {
        if (source.Input.Count < least || source.Input.Count > most)
            throw Corrupt($"it has {source.Input.Count} inputs; it takes {(least == most ? $"{most}" : $"{least} to {most}")}");
        if (source.Output.Count < 1 || source.Output.Count > outputs)
            throw Corrupt($"it has {source.Output.Count} outputs; it has 1{(outputs > 1 ? $" to {outputs}" : "")}");
        for (int i = 0; i < least; i++)
            Value(i);
    }

    public int Int(string name, int otherwise) => Attribute(name, AttributeType.Int) is { } a ? Narrow(a.I, $"attribute '{name}'") : otherwise;

    public float Float(string name, float otherwise)
    {
        float value = Attribute(name, AttributeType.Float)?.F ?? otherwise;
        return float.IsFinite(value) ? value : throw Corrupt($"attribute '{name}' is {value}");
    }

    public string Text(string name, string otherwise) => Attribute(name, AttributeType.String)?.S.ToStringUtf8() ?? otherwise;

    public int[]? Ints(string name)
    {
        if (Attribute(name, AttributeType.Ints) is not { } attribute)
            return null;
        return attribute.Ints.Count <= MaxListed
            ? [.. attribute.Ints.Select(v => Narrow(v, $"attribute '{name}'"))]
            : throw Corrupt($"attribute '{name}' has {attribute.Ints.Count} values");
    }

    public AttributeProto? Attribute(string name, AttributeType type)
    {
        read.Add(name);
        AttributeProto? attribute = source.Attribute.FirstOrDefault(a => a.Name == name);
        return attribute is null || attribute.Type == type
            ? attribute
            : throw Corrupt($"attribute '{name}' is of type {attribute.Type.ToString().ToUpperInvariant()}; it must be {type.ToString().ToUpperInvariant()}");
    }

    /// <summary>Lets attributes be there that make no difference for inference.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            read.Add(name);
    }

    /// <summary>Attributes that the conversion did not ask for may change what the node computes.</summary>
    public void RefuseUnreadAttributes()
    {
        foreach (AttributeProto attribute in source.Attribute)
        {
            if (!Failed && !read.Contains(attribute.Name))
                Unsupported($"attribute '{attribute.Name}'");
        }
    }

    public int Narrow(long value, string what) => value is >= int.MinValue and <= int.MaxValue ? (int)value
        : value == long.MaxValue ? int.MaxValue
        : value == long.MinValue ? int.MinValue
        : throw Corrupt($"{what} is {value}");

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Corrupt($"axis {axis} of a tensor of {rank} dimensions");

    public int Tensor(OnnxValue value, int[] order)
    {
        Failed |= value.IsUnknown;
        return Failed ? -1 : conversion.Tensor(value, order);
    }

    /// <summary>The tensor of a value as it lies.</summary>
    public int Tensor(OnnxValue value) => value.Constant is null && !Failed ? value.Tensor : Tensor(value, value.Order);

    public int AddTensor(TensorInfo tensor) => Failed ? -1 : conversion.AddTensor(tensor);

    public TensorInfo TensorAt(int tensor) => conversion.TensorAt(tensor);

    /// <summary>A float32 tensor between two operators that stand for this node.</summary>
    public int Between(string suffix, params ReadOnlySpan<int> shape) => Failed ? -1 : conversion.AddTensor(new TensorInfo($"{Name}/{suffix}", DataType.Float32, new Shape(shape)));

    public int Floats(string suffix, int[] shape, float[] values) =>
        AddTensor(new TensorInfo($"{Name}/{suffix}", DataType.Float32, new Shape(shape), null, GraphConstants.Bytes<float>(values)));

    public void Node(OperatorKind kind, ReadOnlySpan<int> inputs, ReadOnlySpan<int> outputs, OperatorOptions? options = null)
    {
        if (!Failed)
            conversion.AddNode(kind, Name, inputs, outputs, options);
    }

    /// <summary>Makes an output of the node: its tensor has the dimensions in the given order, and the type and quantization of a tensor like it.</summary>
    /// <returns>The tensor, or -1 if the node is not supported.</returns>
    public int Define(int[] dimensions, int[] order, int like = -1, Type type = Type.Float, int output = 0, (int, int, int)? pixels = null)
    {
        if (Failed)
            return -1;
        string name = source.Output[output];
        var shape = new Shape(Dimension.Reorder(dimensions, order));
        TensorInfo tensor = like < 0 ? new TensorInfo(name, DataType.Float32, shape) : new TensorInfo(name, TensorAt(like).Type, shape, TensorAt(like).Quantization);
        int index = conversion.AddTensor(tensor);
        conversion.Define(name, new OnnxValue(name, type, dimensions, index, order) { Pixels = pixels });
        return index;
    }

    /// <summary>Makes an output that is a value already.</summary>
    public void Alias(OnnxValue value, int output = 0)
    {
        if (!Failed)
            conversion.Define(source.Output[output], value);
    }

    public void DefineConstant(OnnxConstant constant) => conversion.Define(source.Output[0], new OnnxValue(source.Output[0], constant));

    public void DefineConstant(TensorProto tensor) => conversion.AddConstant(source.Output[0], tensor);

    public void Note(string text) => conversion.Notes.Add(text);

    /// <summary>Notes that something about this node is not supported.</summary>
    public void Unsupported(string what)
    {
        Failed = true;
        conversion.Problem($"{what} of {this}");
    }

    /// <summary>Notes that the operator itself is not supported.</summary>
    public void UnsupportedOperator()
    {
        Failed = true;
        conversion.Problem($"operator {this}");
    }

    /// <summary>Passes over a node whose inputs are not known.</summary>
    public void Abandon() => Failed = true;

    /// <summary>Gives the outputs of a node that is not supported the shapes that the file notes, so that what follows can be examined too.</summary>
    public void DefineMissing()
    {
        foreach (string name in source.Output.Where(o => o.Length > 0 && !conversion.IsDefined(o)))
        {
            int[]? shape = conversion.DeclaredShape(name);
            conversion.Define(name, shape is null
                ? new OnnxValue(name)
                : new OnnxValue(name, Type.Float, shape, conversion.AddTensor(new TensorInfo(name, DataType.Float32, new Shape(shape))), Dimension.Plain(shape.Length)));
        }
    }

    /// <summary>Converts nodes that stand for this one.</summary>
    public void Expand(params ReadOnlySpan<NodeProto> parts)
    {
        foreach (NodeProto part in parts)
            OnnxOperators.Convert(new OnnxOperator(conversion, part));
    }

    /// <summary>Makes a constant that the file does not have, and returns its name.</summary>
    public string AddConstant(string suffix, OnnxConstant constant)
    {
        string name = $"{Name}/{suffix}";
        conversion.Define(name, new OnnxValue(name, constant));
        return name;
    }

    public ImportException Corrupt(string what) => OnnxConstantReader.Corrupt($"{this}: {what}");

    public override string ToString() => $"{(source.Domain is "" or "ai.onnx" ? "" : source.Domain + ".")}{source.OpType} '{Name}'";
}
