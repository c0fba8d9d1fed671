namespace EdgeRuntime.Model.Format;

/// <summary>
/// A canonical Huffman code whose words are at most <see cref="MaxLength"/> bits long: shorter words first, then by symbol (the convention of RFC 1951), stored as
/// one length per symbol. Words are written with their first bit lowest, so that a decoder looks them up with a mask.
/// </summary>
internal sealed class HuffmanCode
{
    /// <summary>Longest word in bits: the decoder's table has 2^12 entries and stays in a 32 KB L1 cache.</summary>
    public const int MaxLength = 12;

    private readonly uint[] words;

    private HuffmanCode(byte[] lengths, uint[] words)
    {
        Lengths = lengths;
        this.words = words;
    }

    /// <summary>Length of each symbol's word; 0 for a symbol that does not occur.</summary>
    public byte[] Lengths { get; }

    /// <summary>The optimal code for the frequencies, within the length limit.</summary>
    public static HuffmanCode ForFrequencies(ReadOnlySpan<long> frequencies) => OfLengths(HuffmanLengths.Limited(frequencies, MaxLength));

    /// <summary>The code of the given lengths.</summary>
    /// <exception cref="EdgeModelException">The lengths do not make a complete prefix code (one symbol alone has length 1).</exception>
    public static HuffmanCode OfLengths(ReadOnlySpan<byte> lengths)
    {
        Span<int> perLength = stackalloc int[MaxLength + 1];
        int used = 0;
        foreach (byte length in lengths)
        {
            if (length > MaxLength)
                throw new EdgeModelException(ModelError.Corrupt, $"a Huffman word is {length} bits long; the limit is {MaxLength}");
            perLength[length]++;
            used += length > 0 ? 1 : 0;
        }

        Span<uint> next = stackalloc uint[MaxLength + 2];
        long room = 1;
        perLength[0] = 0;
        for (int bits = 1; bits <= MaxLength; bits++)
        {
            room = (room << 1) - perLength[bits];
            if (room < 0)
                throw new EdgeModelException(ModelError.Corrupt, $"Huffman lengths are over-subscribed at {bits} bits");
            next[bits + 1] = (next[bits] + (uint)perLength[bits]) << 1;
        }

        bool single = used == 1 && perLength[1] == 1;
        if (room != 0 && used != 0 && !single)
            throw new EdgeModelException(ModelError.Corrupt, $"Huffman lengths of {used} symbols leave words unused");

        uint[] words = new uint[lengths.Length];
        for (int s = 0; s < lengths.Length; s++)
        {
            if (lengths[s] > 0)
                words[s] = Reverse(next[lengths[s]]++, lengths[s]);
        }

        return new HuffmanCode(lengths.ToArray(), words);
    }

    /// <summary>Appends a symbol's word.</summary>
    public void Write(BitWriter writer, int symbol) => writer.Write(words[symbol], Lengths[symbol]);

    /// <summary>Bits of the word of a symbol.</summary>
    public int LengthOf(int symbol) => Lengths[symbol];

    /// <summary>
    /// Table for decoding: entry i belongs to the word that the bits of i begin with and holds symbol * 16 + length; entries that no word reaches are 0.
    /// </summary>
    public ushort[] DecodingTable()
    {
        ushort[] table = new ushort[1 << MaxLength];
        for (int s = 0; s < words.Length; s++)
        {
            if (Lengths[s] == 0)
                continue;
            for (uint i = words[s]; i < table.Length; i += 1u << Lengths[s])
                table[i] = (ushort)((s << 4) | Lengths[s]);
        }

        return table;
    }

    private static uint Reverse(uint word, int length)
    {
        uint reversed = 0;
        for (int i = 0; i < length; i++)
            reversed |= ((word >> i) & 1) << (length - 1 - i);
        return reversed;
    }
}
