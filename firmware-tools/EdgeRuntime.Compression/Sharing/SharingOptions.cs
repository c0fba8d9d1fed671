namespace EdgeRuntime.Compression;

/// <summary>How the weights of a network come to share values.</summary>
public sealed record SharingOptions
{
    /// <summary>Fewest bits of a code.</summary>
    public const int MinBits = 1;

    /// <summary>Most bits of a code.</summary>
    public const int MaxBits = 8;

    /// <summary>Bits of the codes of each layer with weights (2^bits values beside 0), 1..8; one number for all layers alike. Empty: values are left as they are.</summary>
    public IReadOnlyList<int> Bits { get; init; } = [5];

    /// <summary>Bits of the codes of biases; 0 leaves them as they are.</summary>
    public int BiasBits { get; init; }

    /// <summary>Share of the weights of each layer that is kept, the largest ones, or one for all layers alike; 1 keeps all. For networks that were not pruned and retrained.</summary>
    public IReadOnlyList<double> Keep { get; init; } = [1];

    /// <summary>Where k-means starts.</summary>
    public CentroidInitialization Initialization { get; init; } = CentroidInitialization.Linear;

    /// <summary>For <see cref="CentroidInitialization.Random"/>.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Bits of each layer.</summary>
    /// <param name="layers">Names of the layers with weights.</param>
    /// <exception cref="CompressionException">A number is out of range, or there are neither as many numbers as layers nor one.</exception>
    public int[] BitsOf(IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Validate();
        return PerLayer(Bits, layers, "numbers of bits");
    }

    /// <summary>Share of each layer that is kept.</summary>
    /// <param name="layers">Names of the layers with weights.</param>
    /// <exception cref="CompressionException">A share is out of range, or there are neither as many as layers nor one.</exception>
    public double[] KeepOf(IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Validate();
        return PerLayer(Keep, layers, "shares to keep");
    }

    private static T[] PerLayer<T>(IReadOnlyList<T> given, IReadOnlyList<string> layers, string what)
    {
        if (given.Count != 1 && given.Count != layers.Count)
            throw new CompressionException($"{given.Count} {what} are given; the network has {layers.Count} layers with weights: {string.Join(", ", layers)}");
        return given.Count == 1 ? [.. layers.Select(_ => given[0])] : [.. given];
    }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="CompressionException">A number is out of range.</exception>
    public void Validate()
    {
        foreach (int bits in Bits)
        {
            if (bits is < MinBits or > MaxBits)
                throw new CompressionException($"codes of {bits} bits were asked for; the limits are {MinBits} and {MaxBits}");
        }

        if (BiasBits is < 0 or > MaxBits)
            throw new CompressionException($"codes of {BiasBits} bits were asked for biases; the limits are 0 (float32) and {MaxBits}");
        foreach (double keep in Keep)
        {
            if (keep is not (> 0 and <= 1))
                throw new CompressionException(FormattableString.Invariant($"a share of {keep} of the weights shall be kept; it must be above 0 and at most 1"));
        }
    }
}
