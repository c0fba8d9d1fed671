namespace EdgeRuntime.Model;

/// <summary>How a window operator treats the border.</summary>
public enum PaddingMode
{
    /// <summary>The window stays inside the input.</summary>
    Valid = 0,

    /// <summary>Output size is input size / stride, rounded up; the odd pixel goes to the bottom and right.</summary>
    Same = 1,

    /// <summary>The amounts given.</summary>
    Explicit = 2,
}

/// <summary>Border of a window operator; the amounts count only where the mode is explicit.</summary>
public readonly record struct Padding2D(PaddingMode Mode, int Top = 0, int Bottom = 0, int Left = 0, int Right = 0)
{
    /// <summary>No border.</summary>
    public static Padding2D Valid => new(PaddingMode.Valid);

    /// <summary>Border that keeps the size divided by the stride.</summary>
    public static Padding2D Same => new(PaddingMode.Same);

    /// <summary>A border of the given amounts.</summary>
    public static Padding2D Of(int top, int bottom, int left, int right) => new(PaddingMode.Explicit, top, bottom, left, right);
}

/// <summary>What all convolutions share: how the window moves, and groups of channels.</summary>
public abstract record ConvolutionOptions : OperatorOptions
{
    private protected ConvolutionOptions()
    {
    }

    private protected ConvolutionOptions(AttributeReader reader)
    {
        StrideHeight = reader.Int(AttributeKey.StrideHeight, 1);
        StrideWidth = reader.Int(AttributeKey.StrideWidth, 1);
        DilationHeight = reader.Int(AttributeKey.DilationHeight, 1);
        DilationWidth = reader.Int(AttributeKey.DilationWidth, 1);
        Padding = reader.Padding();
        Groups = reader.Int(AttributeKey.Groups, 1);
        Activation = reader.Enum<Activation>(AttributeKey.Activation);
    }

    /// <summary>Vertical stride, 1 or more.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Horizontal stride, 1 or more.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Vertical dilation, 1 or more.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Horizontal dilation, 1 or more.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Border; what its positions hold is the operator's matter.</summary>
    public Padding2D Padding { get; init; }

    /// <summary>Groups of channels; input and output channels are divisible by it. 1 for depthwise operators.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Fused activation.</summary>
    public Activation Activation { get; init; }

    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.StrideHeight, StrideHeight, 1);
        writer.Write(AttributeKey.StrideWidth, StrideWidth, 1);
        writer.Write(AttributeKey.DilationHeight, DilationHeight, 1);
        writer.Write(AttributeKey.DilationWidth, DilationWidth, 1);
        writer.Write(Padding);
        writer.Write(AttributeKey.Groups, Groups, 1);
        writer.Write(AttributeKey.Activation, (int)Activation, 0);
    }
}

/// <summary>Options of the Conv2D and DepthwiseConv2D operators (the depth multiplier follows from the shapes). Padded positions hold the real value 0.</summary>
public sealed record Conv2DOptions : ConvolutionOptions
{
    /// <summary>One step, no dilation, no border, one group.</summary>
    public Conv2DOptions()
    {
    }

    private Conv2DOptions(AttributeReader reader)
        : base(reader)
    {
    }

    internal static Conv2DOptions Read(AttributeReader reader) => new(reader);
}

/// <summary>Options of the pooling operators.</summary>
public sealed record Pool2DOptions : OperatorOptions
{
    /// <summary>Window height, 1 or more.</summary>
    public int FilterHeight { get; init; } = 1;

    /// <summary>Window width, 1 or more.</summary>
    public int FilterWidth { get; init; } = 1;

    /// <summary>Vertical stride, 1 or more.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Horizontal stride, 1 or more.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Border; padded positions do not count.</summary>
    public Padding2D Padding { get; init; }

    /// <summary>Fused activation.</summary>
    public Activation Activation { get; init; }

    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.FilterHeight, FilterHeight, 1);
        writer.Write(AttributeKey.FilterWidth, FilterWidth, 1);
        writer.Write(AttributeKey.StrideHeight, StrideHeight, 1);
        writer.Write(AttributeKey.StrideWidth, StrideWidth, 1);
        writer.Write(Padding);
        writer.Write(AttributeKey.Activation, (int)Activation, 0);
    }

    internal static Pool2DOptions Read(AttributeReader reader) => new()
    {
        FilterHeight = reader.Int(AttributeKey.FilterHeight, 1),
        FilterWidth = reader.Int(AttributeKey.FilterWidth, 1),
        StrideHeight = reader.Int(AttributeKey.StrideHeight, 1),
        StrideWidth = reader.Int(AttributeKey.StrideWidth, 1),
        Padding = reader.Padding(),
        Activation = reader.Enum<Activation>(AttributeKey.Activation),
    };
}
