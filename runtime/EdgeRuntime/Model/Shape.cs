namespace EdgeRuntime.Model;

/// <summary>Dimensions of a tensor, outermost first; activations are NHWC. At most <see cref="MaxRank"/> dimensions, each 1 or more.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>Most dimensions a tensor can have.</summary>
    public const int MaxRank = 6;

    /// <summary>Most elements a tensor can have: byte offsets inside one tensor fit an Int32 for every element type.</summary>
    public const long MaxElements = int.MaxValue / 4;

    private readonly int[]? dims;

    /// <summary>A shape of the given dimensions; none makes a scalar.</summary>
    /// <exception cref="EdgeModelException">Too many dimensions, a dimension below 1, or too many elements.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        if (dimensions.Length > MaxRank)
            throw new EdgeModelException(ModelError.BadShape, $"a tensor has {dimensions.Length} dimensions; the limit is {MaxRank}");
        long count = 1;
        foreach (int d in dimensions)
        {
            if (d < 1)
                throw new EdgeModelException(ModelError.BadShape, $"a tensor dimension is {d}; the least is 1");
            count *= d;
            if (count > MaxElements)
                throw new EdgeModelException(ModelError.TooLarge, $"a tensor of {string.Join('x', dimensions.ToArray())} has more than {MaxElements} elements");
        }

        dims = dimensions.ToArray();
    }

    /// <summary>Number of dimensions; 0 for a scalar.</summary>
    public int Rank => dims?.Length ?? 0;

    /// <summary>The dimensions, outermost first.</summary>
    public ReadOnlySpan<int> Dimensions => dims;

    /// <summary>Product of the dimensions; 1 for a scalar.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (int d in Dimensions)
                count *= d;
            return count;
        }
    }

    /// <summary>Dimension at an index, which may count from the end.</summary>
    public int this[Index index] => Dimensions[index];

    /// <summary>Whether two shapes are the same.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dimensions.SequenceEqual(other.Dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int d in Dimensions)
            hash.Add(d);
        return hash.ToHashCode();
    }

    /// <summary>The dimensions as "1x32x32x3".</summary>
    public override string ToString() => Rank == 0 ? "scalar" : string.Join('x', dims!);
}
