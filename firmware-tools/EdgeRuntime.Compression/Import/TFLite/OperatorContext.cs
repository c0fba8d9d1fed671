using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>One operator while it is converted: its operands, options and known integers, and where its counterpart goes.</summary>
internal sealed class OperatorContext(GraphConversion conversion, SourceOperator source)
{
    private bool failed;

    public SourceOperator Source => source;

    public IntegerValues Values => conversion.Values;

    public SourceTensor Input(int index) => conversion.Source.Tensor(source.Inputs[index], source);

    public SourceTensor Output(int index = 0) => conversion.Source.Tensor(source.Outputs[index], source);

    public bool HasInput(int index) => index < source.Inputs.Length && source.Inputs[index] >= 0;

    /// <summary>Refuses an operator whose operands are not as many as the schema asks for, or absent where they must not be.</summary>
    public void RequireOperands(int leastInputs, int mostInputs, int leastOutputs = 1, int mostOutputs = 1)
    {
        int inputs = source.Inputs.Length;
        int outputs = source.Outputs.Length;
        if (inputs < leastInputs || inputs > mostInputs)
            throw FlatBuffer.Corrupt($"{source} has {inputs} inputs; it takes {Range(leastInputs, mostInputs)}");
        if (outputs < leastOutputs || outputs > mostOutputs)
            throw FlatBuffer.Corrupt($"{source} has {outputs} outputs; it has {Range(leastOutputs, mostOutputs)}");
        for (int i = 0; i < leastInputs; i++)
            Input(i);
        for (int i = 0; i < outputs; i++)
            Output(i);
    }

    /// <summary>Index in the graph of an input.</summary>
    public int In(int index, Allowed allowed = Allowed.Numbers) => Checked(conversion.Use(Input(index), source, allowed));

    /// <summary>Index in the graph of an input, or -1 if it is absent.</summary>
    public int OptionalIn(int index, Allowed allowed) => HasInput(index) ? In(index, allowed) : -1;

    /// <summary>Index in the graph of an output.</summary>
    public int Out(int index = 0, Allowed allowed = Allowed.Numbers) => Checked(conversion.Use(Output(index), source, allowed));

    /// <summary>Index in the graph of an input of packed bits.</summary>
    public int PackedIn(int index) => Checked(conversion.UsePacked(Input(index), source));

    /// <summary>Channels of an input of packed bits; 0 if it holds no packed bits.</summary>
    public int PackedChannels(int index) => conversion.PackedChannels(Input(index));

    /// <summary>Index in the graph of an output of packed bits, with its dimensions in bits.</summary>
    public int PackedOut(ReadOnlySpan<int> dimensions) => Checked(conversion.AddPacked(Output(), source, dimensions));

    /// <summary>Lets an int64 output become int32.</summary>
    public void NarrowOutput() => conversion.Narrow(Output());

    /// <summary>The options table; null if the file has none, which means defaults.</summary>
    public FlatTable? Options(int unionType)
    {
        if (source.OptionsType == 0)
            return null;
        if (source.OptionsType != unionType)
            throw FlatBuffer.Corrupt($"{source} has options of union member {source.OptionsType}; its own is {unionType}");
        return source.Options;
    }

    /// <summary>The options table of an operator that cannot do without.</summary>
    public FlatTable RequireOptions(int unionType) => Options(unionType) ?? throw FlatBuffer.Corrupt($"{source} has no options");

    /// <summary>A fused activation; TANH and SIGN_BIT are noted as unsupported.</summary>
    public Activation Activation(FlatTable? options, int field)
    {
        var value = (FusedActivation)(options?.Byte(field) ?? 0);
        switch (value)
        {
            case FusedActivation.None:
                return EdgeRuntime.Model.Activation.None;
            case FusedActivation.Relu:
                return EdgeRuntime.Model.Activation.Relu;
            case FusedActivation.Relu6:
                return EdgeRuntime.Model.Activation.Relu6;
            case FusedActivation.ReluN1To1:
                return EdgeRuntime.Model.Activation.ReluN1To1;
            case FusedActivation.Tanh or FusedActivation.SignBit:
                Unsupported($"fused activation {(value == FusedActivation.Tanh ? "TANH" : "SIGN_BIT")}");
                return EdgeRuntime.Model.Activation.None;
            default:
                throw FlatBuffer.Corrupt($"{source} has fused activation {(int)value}; the last known one is {(int)FusedActivation.SignBit}");
        }
    }

    /// <summary>Values of an integer input that must be known at import; null after noting that they are not.</summary>
    public int[]? Integers(int index, string what)
    {
        if (Values.Find(source.Inputs[index], source) is { } values)
            return values;
        Unsupported($"{what} that is computed at run time (tensor {Input(index)})");
        return null;
    }

    /// <summary>Notes that something about this operator is not supported, with its tensors.</summary>
    public void Unsupported(string what)
    {
        failed = true;
        conversion.Problem($"{what} of {source}, {Operands()}");
    }

    /// <summary>Notes that the operator itself is not supported.</summary>
    public void UnsupportedOperator()
    {
        failed = true;
        conversion.Problem($"{source}, {Operands()}");
    }

    /// <summary>Adds the operator to the graph, unless something about it was not supported.</summary>
    public void Add(OperatorKind kind, ReadOnlySpan<int> inputs, ReadOnlySpan<int> outputs, OperatorOptions? options = null)
    {
        if (!failed)
            conversion.AddNode(kind, NameOf(source), inputs, outputs, options);
    }

    /// <summary>Adds an activation tensor between two operators that stand for this one, of the output's type and quantization.</summary>
    public int Between(string suffix, ReadOnlySpan<int> dimensions, SourceTensor like)
    {
        if (failed)
            return -1;
        DataType type = like.Type switch
        {
            TensorType.Float32 => DataType.Float32,
            TensorType.Int8 => DataType.Int8,
            _ => DataType.Int32,
        };
        Quantization? quantization = type == DataType.Float32 ? null : like.Quantization;
        return conversion.AddTensor(new TensorInfo($"{Output().Name}/{suffix}", type, new Shape(dimensions), quantization));
    }

    /// <summary>Adds a constant that the file does not have in this form.</summary>
    public int Constant(TensorInfo tensor) => failed ? -1 : conversion.AddTensor(tensor);

    /// <summary>A damaged operator.</summary>
    public ImportException Corrupt(string what) => FlatBuffer.Corrupt($"{source}: {what}");

    private int Checked(int index)
    {
        failed |= index < 0;
        return index;
    }

    private string Operands() => $"tensors {Names(source.Inputs)} -> {Names(source.Outputs)}";

    private string Names(int[] tensors) => string.Join(", ", tensors.Where(t => t >= 0).Take(8).Select(t => conversion.Source.Tensor(t, source).ToString()))
        + (tensors.Length > 8 ? ", …" : "");

    private static string Range(int least, int most) => least == most ? $"{least}" : most == int.MaxValue ? $"{least} or more" : $"{least} to {most}";

    /// <summary>"conv2d_12": the operator and its number.</summary>
    private static string NameOf(SourceOperator op) => $"{op.Name.ToLowerInvariant()}_{op.Index}";
}
