namespace EdgeRuntime.Compression;

/// <summary>What each stage of Deep Compression makes of a layer's weights (Han, Mao and Dally 2016, figure 4 and tables 4 and 5).</summary>
/// <param name="Name">Name of the constant.</param>
/// <param name="Weights">All weights.</param>
/// <param name="Kept">Those that are not 0.</param>
/// <param name="Values">Different values beside 0.</param>
/// <param name="GapBits">Bits of a gap that make the layer smallest before Huffman coding.</param>
/// <param name="Fillers">Padding entries with gaps of that width.</param>
/// <param name="FloatBytes">As float32.</param>
/// <param name="PrunedBytes">After pruning: a float32 and a gap for each kept weight and filler, or all as float32 if that is less.</param>
/// <param name="SharedBytes">After sharing: a code and a gap each, and the table of values; the same as before where values are not shared.</param>
/// <param name="StoredBytes">As stored in the file, tables of the Huffman codes included.</param>
/// <param name="Encoding">Encoding in the file.</param>
public sealed record LayerBreakdown(
    string Name, long Weights, long Kept, int Values, int GapBits, long Fillers, long FloatBytes, long PrunedBytes, long SharedBytes, long StoredBytes, string Encoding)
{
    /// <summary>Bits of a code: enough for all values beside 0.</summary>
    public int CodeBits => Values < 2 ? 1 : 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)Values - 1);
}
