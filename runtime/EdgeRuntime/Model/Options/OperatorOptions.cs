namespace EdgeRuntime.Model;

/// <summary>
/// Options of an operator. Each kind of operator has one sealed record; <see cref="Write"/> and the record's reader turn it into the
/// attributes of the file format (docs/format.md) and back.
/// </summary>
public abstract record OperatorOptions
{
    /// <summary>The options of a kind of operator with all values at their defaults.</summary>
    public static OperatorOptions DefaultOf(OperatorKind kind) =>
        Enum.IsDefined(kind) ? Read(kind, new AttributeReader(kind.ToString(), [])) : NoOptions.Instance;

    /// <summary>Writes each option that differs from its default as an attribute.</summary>
    internal abstract void Write(AttributeWriter writer);

    /// <summary>The options record of a kind of operator, from the attributes of a file.</summary>
    /// <exception cref="EdgeModelException">The kind or an attribute is unknown, or an attribute has an impossible value.</exception>
    internal static OperatorOptions Read(OperatorKind kind, AttributeReader reader)
    {
        OperatorOptions options = kind switch
        {
            OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D => Conv2DOptions.Read(reader),
            OperatorKind.MaxPool2D or OperatorKind.AveragePool2D => Pool2DOptions.Read(reader),
            OperatorKind.FullyConnected or OperatorKind.Add or OperatorKind.Sub or OperatorKind.Mul => ActivationOptions.Read(reader),
            OperatorKind.Softmax => SoftmaxOptions.Read(reader),
            OperatorKind.Concat or OperatorKind.Split or OperatorKind.ArgMax => AxisOptions.Read(reader),
            OperatorKind.Mean => ReduceOptions.Read(reader),
            OperatorKind.Transpose => TransposeOptions.Read(reader),
            OperatorKind.Pad => PadOptions.Read(reader),
            OperatorKind.Slice or OperatorKind.StridedSlice => SliceOptions.Read(reader),
            OperatorKind.ResizeNearest or OperatorKind.ResizeBilinear => ResizeOptions.Read(reader),
            OperatorKind.ChannelShuffle => GroupOptions.Read(reader),
            OperatorKind.BinaryConv2D or OperatorKind.BinaryDepthwiseConv2D => BinaryConv2DOptions.Read(reader),
            OperatorKind.BinaryFullyConnected => BinaryFullyConnectedOptions.Read(reader),
            OperatorKind.BinaryMaxPool2D or OperatorKind.BinaryAveragePool2D => Pool2DOptions.Read(reader),
            _ when Enum.IsDefined(kind) => NoOptions.Instance,
            _ => throw new EdgeModelException(ModelError.Unsupported, $"operator kind {(int)kind} is not known to this runtime"),
        };
        reader.Finish();
        return options;
    }
}

/// <summary>For operators without options.</summary>
public sealed record NoOptions : OperatorOptions
{
    /// <summary>The only value.</summary>
    public static NoOptions Instance { get; } = new();

    internal override void Write(AttributeWriter writer)
    {
    }
}
