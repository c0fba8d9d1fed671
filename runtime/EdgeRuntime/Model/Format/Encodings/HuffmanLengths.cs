namespace EdgeRuntime.Model.Format;

/// <summary>Optimal word lengths under a limit, by the package-merge algorithm (Larmore and Hirschberg 1990).</summary>
internal static class HuffmanLengths
{
    /// <summary>Length of the word of each symbol; 0 where the frequency is 0, 1 for a symbol that occurs alone.</summary>
    /// <param name="frequencies">Occurrences of each symbol; at most 2^<paramref name="limit"/> of them are not 0.</param>
    /// <param name="limit">Longest word in bits.</param>
    public static byte[] Limited(ReadOnlySpan<long> frequencies, int limit)
    {
        byte[] lengths = new byte[frequencies.Length];
        var leaves = new List<Package>();
        for (int s = 0; s < frequencies.Length; s++)
        {
            if (frequencies[s] > 0)
                leaves.Add(new Package(frequencies[s], s, null, null));
        }

        if (leaves.Count > 1L << limit)
            throw new ArgumentException($"{leaves.Count} symbols do not fit words of {limit} bits", nameof(frequencies));
        if (leaves.Count == 1)
            lengths[leaves[0].Symbol] = 1;
        if (leaves.Count < 2)
            return lengths;

        leaves.Sort((a, b) => a.Weight != b.Weight ? a.Weight.CompareTo(b.Weight) : a.Symbol.CompareTo(b.Symbol));
        List<Package> level = leaves;
        for (int bits = 1; bits < limit; bits++)
            level = Merge(leaves, level);

        // The cheapest 2n - 2 packages of the last level; a symbol's length is how often it occurs in them.
        for (int i = 0; i < (2 * leaves.Count) - 2; i++)
            level[i].Count(lengths);
        return lengths;
    }

    private static List<Package> Merge(List<Package> leaves, List<Package> previous)
    {
        var merged = new List<Package>(leaves.Count + (previous.Count / 2));
        int leaf = 0;
        for (int i = 0; i + 1 < previous.Count; i += 2)
        {
            var pair = new Package(previous[i].Weight + previous[i + 1].Weight, -1, previous[i], previous[i + 1]);
            while (leaf < leaves.Count && leaves[leaf].Weight <= pair.Weight)
                merged.Add(leaves[leaf++]);
            merged.Add(pair);
        }

        merged.AddRange(leaves.Skip(leaf));
        return merged;
    }

    private sealed record Package(long Weight, int Symbol, Package? Left, Package? Right)
    {
        public void Count(byte[] lengths)
        {
            if (Left is null || Right is null)
            {
                lengths[Symbol]++;
                return;
            }

            Left.Count(lengths);
            Right.Count(lengths);
        }
    }
}
