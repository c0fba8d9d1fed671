namespace EdgeRuntime.Model;

/// <summary>Activation fused into an operator's output.</summary>
public enum Activation
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>max(x, 0).</summary>
    Relu = 1,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6 = 2,

    /// <summary>min(max(x, -1), 1).</summary>
    ReluN1To1 = 3,
}

/// <summary>Options of operators whose only option is a fused activation: FullyConnected, Add, Sub, Mul.</summary>
public sealed record ActivationOptions(Activation Activation = Activation.None) : OperatorOptions
{
    internal override void Write(AttributeWriter writer) => writer.Write(AttributeKey.Activation, (int)Activation, 0);

    internal static ActivationOptions Read(AttributeReader reader) => new(reader.Enum<Activation>(AttributeKey.Activation));
}

/// <summary>Options of Softmax: e^(beta x) / sum.</summary>
public sealed record SoftmaxOptions(float Beta = 1) : OperatorOptions
{
    internal override void Write(AttributeWriter writer) => writer.Write(AttributeKey.Beta, Beta, 1f);

    internal static SoftmaxOptions Read(AttributeReader reader) => new(reader.Float(AttributeKey.Beta, 1));
}
