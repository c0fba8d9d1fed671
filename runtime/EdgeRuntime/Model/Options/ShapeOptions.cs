namespace EdgeRuntime.Model;

/// <summary>Options of operators along one axis: Concat, Split, ArgMax. A negative axis counts from the end.</summary>
public sealed record AxisOptions(int Axis, Activation Activation = Activation.None) : OperatorOptions
{
    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.Axis, Axis, 0);
        writer.Write(AttributeKey.Activation, (int)Activation, 0);
    }

    internal static AxisOptions Read(AttributeReader reader) =>
        new(reader.Int(AttributeKey.Axis, 0), reader.Enum<Activation>(AttributeKey.Activation));
}

/// <summary>Options of Mean: the axes that are averaged, and whether they stay as dimensions of 1.</summary>
public sealed record ReduceOptions(IReadOnlyList<int> Axes, bool KeepDimensions) : OperatorOptions
{
    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.Axes, Axes);
        writer.Write(AttributeKey.KeepDimensions, KeepDimensions ? 1 : 0, 0);
    }

    internal static ReduceOptions Read(AttributeReader reader) =>
        new(reader.Ints(AttributeKey.Axes), reader.Int(AttributeKey.KeepDimensions, 0) != 0);
}

/// <summary>Options of Transpose: output dimension i is input dimension Permutation[i].</summary>
public sealed record TransposeOptions(IReadOnlyList<int> Permutation) : OperatorOptions
{
    internal override void Write(AttributeWriter writer) => writer.Write(AttributeKey.Permutation, Permutation);

    internal static TransposeOptions Read(AttributeReader reader) => new(reader.Ints(AttributeKey.Permutation));
}

/// <summary>Options of Pad: elements added before and after, one each per dimension.</summary>
public sealed record PadOptions(IReadOnlyList<int> Before, IReadOnlyList<int> After) : OperatorOptions
{
    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.Before, Before);
        writer.Write(AttributeKey.After, After);
    }

    internal static PadOptions Read(AttributeReader reader) => new(reader.Ints(AttributeKey.Before), reader.Ints(AttributeKey.After));
}

/// <summary>Options of Slice and StridedSlice: first element and step per dimension; the count is the output's shape.</summary>
public sealed record SliceOptions(IReadOnlyList<int> Begin, IReadOnlyList<int> Stride) : OperatorOptions
{
    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.Begin, Begin);
        writer.Write(AttributeKey.Stride, Stride);
    }

    internal static SliceOptions Read(AttributeReader reader) => new(reader.Ints(AttributeKey.Begin), reader.Ints(AttributeKey.Stride));
}

/// <summary>Options of the resize operators (TensorFlow's conventions).</summary>
public sealed record ResizeOptions(bool AlignCorners = false, bool HalfPixelCenters = false) : OperatorOptions
{
    internal override void Write(AttributeWriter writer)
    {
        writer.Write(AttributeKey.AlignCorners, AlignCorners ? 1 : 0, 0);
        writer.Write(AttributeKey.HalfPixelCenters, HalfPixelCenters ? 1 : 0, 0);
    }

    internal static ResizeOptions Read(AttributeReader reader) =>
        new(reader.Int(AttributeKey.AlignCorners, 0) != 0, reader.Int(AttributeKey.HalfPixelCenters, 0) != 0);
}

/// <summary>Options of ChannelShuffle: channel g * (c / groups) + i moves to i * groups + g.</summary>
public sealed record GroupOptions(int Groups) : OperatorOptions
{
    internal override void Write(AttributeWriter writer) => writer.Write(AttributeKey.Groups, Groups, 1);

    internal static GroupOptions Read(AttributeReader reader) => new(reader.Int(AttributeKey.Groups, 1));
}
