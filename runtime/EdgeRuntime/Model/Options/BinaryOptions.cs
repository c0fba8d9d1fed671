namespace EdgeRuntime.Model;

/// <summary>What the positions outside the picture hold in a binary convolution.</summary>
public enum BinaryPadding
{
    /// <summary>+1: costs nothing, and what networks should be trained with.</summary>
    Ones = 0,

    /// <summary>0: exact, through a correction of the accumulators at the border.</summary>
    Zeros = 1,
}

/// <summary>
/// Options of the BinaryConv2D and BinaryDepthwiseConv2D operators. In order: accumulator, <see cref="AccumulatorActivation"/>, scale and bias,
/// <see cref="Activation"/> or parametric ReLU, residual addition, signs (docs/binary.md).
/// </summary>
public sealed record BinaryConv2DOptions : OperatorOptions
{
    /// <summary>Vertical stride, 1 or more.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Horizontal stride, 1 or more.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Vertical dilation, 1 or more.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Horizontal dilation, 1 or more.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Extent of the border.</summary>
    public Padding2D Padding { get; init; }

    /// <summary>Value of the border.</summary>
    public BinaryPadding PaddingValue { get; init; }

    /// <summary>Groups of channels; input and output channels are divisible by it. 1 for the depthwise operator.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Activation of the integer accumulator, before scale and bias: None or Relu.</summary>
    public Activation AccumulatorActivation { get; init; }

    /// <summary>Activation after scale and bias; None where the operator has slopes or packed output.</summary>
    public Activation Activation { get; init; }

    /// <summary>Applies <see cref="Activation"/> or the slopes after the residual was added, instead of before.</summary>
    public bool ActivationAfterResidual { get; init; }

    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.StrideHeight, StrideHeight, 1);
        writer.Write(AttributeKey.StrideWidth, StrideWidth, 1);
        writer.Write(AttributeKey.DilationHeight, DilationHeight, 1);
        writer.Write(AttributeKey.DilationWidth, DilationWidth, 1);
        writer.Write(Padding);
        writer.Write(AttributeKey.BinaryPadding, (int)PaddingValue, 0);
        writer.Write(AttributeKey.Groups, Groups, 1);
        writer.Write(AttributeKey.AccumulatorActivation, (int)AccumulatorActivation, 0);
        writer.Write(AttributeKey.Activation, (int)Activation, 0);
        writer.Write(AttributeKey.ActivationAfterResidual, ActivationAfterResidual ? 1 : 0, 0);
    }

    internal static BinaryConv2DOptions Read(AttributeReader reader) => new()
    {
        StrideHeight = reader.Int(AttributeKey.StrideHeight, 1),
        StrideWidth = reader.Int(AttributeKey.StrideWidth, 1),
        DilationHeight = reader.Int(AttributeKey.DilationHeight, 1),
        DilationWidth = reader.Int(AttributeKey.DilationWidth, 1),
        Padding = reader.Padding(),
        PaddingValue = reader.Enum<BinaryPadding>(AttributeKey.BinaryPadding),
        Groups = reader.Int(AttributeKey.Groups, 1),
        AccumulatorActivation = reader.Enum<Activation>(AttributeKey.AccumulatorActivation),
        Activation = reader.Enum<Activation>(AttributeKey.Activation),
        ActivationAfterResidual = reader.Int(AttributeKey.ActivationAfterResidual, 0) != 0,
    };
}

/// <summary>Options of BinaryFullyConnected; see <see cref="BinaryConv2DOptions"/> for their meaning.</summary>
public sealed record BinaryFullyConnectedOptions : OperatorOptions
{
    /// <summary>Activation of the integer accumulator, before scale and bias: None or Relu.</summary>
    public Activation AccumulatorActivation { get; init; }

    /// <summary>Activation after scale and bias.</summary>
    public Activation Activation { get; init; }

    /// <summary>Applies <see cref="Activation"/> or the slopes after the residual was added, instead of before.</summary>
    public bool ActivationAfterResidual { get; init; }

    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.AccumulatorActivation, (int)AccumulatorActivation, 0);
        writer.Write(AttributeKey.Activation, (int)Activation, 0);
        writer.Write(AttributeKey.ActivationAfterResidual, ActivationAfterResidual ? 1 : 0, 0);
    }

    internal static BinaryFullyConnectedOptions Read(AttributeReader reader) => new()
    {
        AccumulatorActivation = reader.Enum<Activation>(AttributeKey.AccumulatorActivation),
        Activation = reader.Enum<Activation>(AttributeKey.Activation),
        ActivationAfterResidual = reader.Int(AttributeKey.ActivationAfterResidual, 0) != 0,
    };
}
