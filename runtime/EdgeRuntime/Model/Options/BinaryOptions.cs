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
/// <see cref="ConvolutionOptions.Activation"/> (None where the operator has slopes or packed output) or parametric ReLU, residual addition, signs (docs/binary.md).
/// </summary>
public sealed record BinaryConv2DOptions : ConvolutionOptions
{
    /// <summary>One step, no dilation, no border, one group.</summary>
    public BinaryConv2DOptions()
    {
    }

    private BinaryConv2DOptions(AttributeReader reader)
        : base(reader)
    {
        PaddingValue = reader.Enum<BinaryPadding>(AttributeKey.BinaryPadding);
        AccumulatorActivation = reader.Enum<Activation>(AttributeKey.AccumulatorActivation);
        ActivationAfterResidual = reader.Int(AttributeKey.ActivationAfterResidual, 0) != 0;
    }

    /// <summary>Value of the border.</summary>
    public BinaryPadding PaddingValue { get; init; }

    /// <summary>Activation of the integer accumulator, before scale and bias: None or Relu.</summary>
    public Activation AccumulatorActivation { get; init; }

    /// <summary>Applies <see cref="ConvolutionOptions.Activation"/> or the slopes after the residual was added, instead of before.</summary>
    public bool ActivationAfterResidual { get; init; }

    internal override void Write(AttributeWriter writer)
    {
        base.Write(writer);
        writer.Write(AttributeKey.BinaryPadding, (int)PaddingValue, 0);
        writer.Write(AttributeKey.AccumulatorActivation, (int)AccumulatorActivation, 0);
        writer.Write(AttributeKey.ActivationAfterResidual, ActivationAfterResidual ? 1 : 0, 0);
    }

    internal static BinaryConv2DOptions Read(AttributeReader reader) => new(reader);
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
