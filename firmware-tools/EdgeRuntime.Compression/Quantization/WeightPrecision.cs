using System.Globalization;

namespace EdgeRuntime.Compression;

/// <summary>How the weights of one layer are rounded.</summary>
/// <param name="Bits">Bits per weight in the file, 1 to 8.</param>
/// <param name="Shared">
/// Whether the layer's 2^Bits values are chosen from its weights (weight sharing; a table and an index per weight in the file) instead of lying at equal distances around 0.
/// </param>
public readonly record struct WeightPrecision(int Bits, bool Shared)
{
    /// <summary>8 bits at equal distances: TensorFlow Lite's int8 weights.</summary>
    public static WeightPrecision Int8 => new(8, false);

    /// <summary>4 bits at equal distances, two weights to a byte.</summary>
    public static WeightPrecision Int4 => new(4, false);

    /// <summary>The precision of a number of bits: equal distances where the file has a form for them (8 and 4), else chosen values.</summary>
    /// <exception cref="CompressionException">The number is not 1 to 8.</exception>
    public static WeightPrecision Of(int bits) => bits is 8 or 4 ? new(bits, false)
        : bits is >= 1 and < 8 ? new(bits, true)
        : throw new CompressionException($"weights of {bits} bits were asked for; 1 to 8 are possible");

    /// <summary>"8" or "3 shared".</summary>
    public override string ToString() => Bits.ToString(CultureInfo.InvariantCulture) + (Shared ? " shared" : "");
}
