namespace EdgeRuntime.Compression;

/// <summary>Lengths of a sparse tensor in the forms that it has before Huffman coding.</summary>
internal static class SparseStatistics
{
    private const int MaxGapBits = 8;
    private const int MaxSharedValues = 256;

    /// <summary>The breakdown of a constant of elements of 1 or 4 bytes.</summary>
    public static LayerBreakdown Of<T>(string name, ReadOnlySpan<T> elements, long storedBytes, string encoding)
        where T : unmanaged, IEquatable<T>
    {
        var distinct = new HashSet<T>();
        Span<long> fillers = stackalloc long[MaxGapBits + 1];
        fillers.Clear();
        long kept = 0, gap = 0;
        foreach (T element in elements)
        {
            if (element.Equals(default))
            {
                gap++;
                continue;
            }

            kept++;
            if (distinct.Count <= MaxSharedValues)
                distinct.Add(element);
            for (int bits = 1; bits <= MaxGapBits; bits++)
                fillers[bits] += gap / ((1 << bits) - 1);
            gap = 0;
        }

        long floatBytes = 4L * elements.Length;
        int codeBits = distinct.Count < 2 ? 1 : 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)distinct.Count - 1);
        bool shared = distinct.Count <= MaxSharedValues;
        int best = 1;
        for (int bits = 2; bits <= MaxGapBits; bits++)
        {
            if ((kept + fillers[bits]) * (codeBits + bits) < (kept + fillers[best]) * (codeBits + best))
                best = bits;
        }

        long pruned = Math.Min(floatBytes, Bytes(kept, fillers[best], 32 + best));
        long table = 4L * distinct.Count;
        // A dense layer needs no gaps, only the codes (0 among them).
        long codes = Math.Min(Bytes(kept, fillers[best], codeBits + best), Bytes(elements.Length, 0, codeBits));
        return new LayerBreakdown(
            name, elements.Length, kept, shared ? distinct.Count : 0, best, fillers[best], floatBytes, pruned, shared ? Math.Min(pruned, codes + table) : pruned, storedBytes, encoding);
    }

    private static long Bytes(long kept, long fillers, int bitsEach) => ((kept + fillers) * bitsEach + 7) / 8;
}
