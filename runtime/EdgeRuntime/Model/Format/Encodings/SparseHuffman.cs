using System.Buffers.Binary;

namespace EdgeRuntime.Model.Format;

/// <summary>
/// Encoding of a mostly zero tensor with few different values: Deep Compression's third stage (Han, Mao and Dally 2016). Each non-zero
/// element is a pair of symbols: the number of zeros before it, and its index in a codebook; both are Huffman coded. A gap too long for its symbol begins with one
/// or more filler symbols that stand for <c>2^gapBits - 1</c> zeros (the paper's padding zeros, without the value that they need not carry).
/// </summary>
/// <remarks>
/// Layout: u8 element bytes (1 or 4), u8 gap bits g (1..8), u16 codebook entries k (0..256), u32 pairs n, u32 fillers f,
/// codebook (k elements), k word lengths, 2^g word lengths (u8 each), then the bit stream of n + f gap symbols, each but a filler followed by a code.
/// </remarks>
internal static class SparseHuffman
{
    private const int HeaderBytes = 12;
    private const int MaxEntries = 256;
    private const int MaxGapBits = 8;

    /// <summary>The encoded form of elements of 1 or 4 bytes, with the gap width that makes it smallest; null if they have more than 256 values beside 0.</summary>
    public static byte[]? Encode(ReadOnlySpan<byte> data, int elementBytes)
    {
        if (Split(data, elementBytes) is not { } parts)
            return null;
        byte[]? best = null;
        for (int gapBits = 1; gapBits <= MaxGapBits; gapBits++)
        {
            byte[] encoded = Encode(parts, elementBytes, gapBits);
            if (best is null || encoded.Length < best.Length)
                best = encoded;
        }

        return best;
    }

    /// <summary>Decodes into a destination of the tensor's size, which must be zeroed.</summary>
    /// <exception cref="EdgeModelException">The stream is damaged or does not fill the tensor exactly.</exception>
    public static void Decode(ReadOnlySpan<byte> encoded, int elementBytes, Span<byte> destination)
    {
        if (encoded.Length < HeaderBytes)
            throw Damaged($"has {encoded.Length} bytes; its header alone has {HeaderBytes}");
        int storedBytes = encoded[0];
        int gapBits = encoded[1];
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(encoded[2..]);
        uint pairs = BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]);
        uint fillers = BinaryPrimitives.ReadUInt32LittleEndian(encoded[8..]);
        int elements = destination.Length / elementBytes;
        if (storedBytes != elementBytes)
            throw Damaged($"holds elements of {storedBytes} bytes; the tensor's have {elementBytes}");
        if (gapBits is < 1 or > MaxGapBits)
            throw Damaged($"has gaps of {gapBits} bits; the limits are 1 and {MaxGapBits}");
        if (entries > MaxEntries || (entries == 0 && pairs > 0))
            throw Damaged($"has a codebook of {entries} entries for {pairs} values; the limit is {MaxEntries}");
        if (pairs > elements || fillers > elements)
            throw Damaged($"has {pairs} values and {fillers} fillers; the tensor has {elements} elements");
        int gapSymbols = 1 << gapBits;
        int tables = HeaderBytes + (entries * elementBytes) + entries + gapSymbols;
        if (encoded.Length < tables)
            throw Damaged($"has {encoded.Length} bytes; its tables alone take {tables}");

        ReadOnlySpan<byte> codebook = encoded.Slice(HeaderBytes, entries * elementBytes);
        ReadOnlySpan<byte> lengths = encoded[(HeaderBytes + codebook.Length)..tables];
        ushort[] codes = HuffmanCode.OfLengths(lengths[..entries]).DecodingTable();
        ushort[] gaps = HuffmanCode.OfLengths(lengths[entries..]).DecodingTable();
        var stream = new BitReader(encoded[tables..]);
        if (elementBytes == 4)
            Fill(ref stream, codebook, codes, gaps, gapSymbols - 1, pairs, fillers, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(destination));
        else
            Fill(ref stream, codebook, codes, gaps, gapSymbols - 1, pairs, fillers, destination);
        if (stream.Overrun)
            throw Damaged("ends before its last value");
        stream.Fill();
        if (stream.Remaining >= 8 || stream.Peek(8) != 0)
            throw Damaged($"has {stream.Remaining} bits behind its last value; fewer than 8 are allowed, and they must be 0");
    }

    private static void Fill<T>(
        ref BitReader stream, ReadOnlySpan<byte> codebook, ushort[] codes, ushort[] gaps, int filler, uint pairs, uint fillers, Span<T> destination)
        where T : unmanaged
    {
        const int Mask = HuffmanCode.MaxLength;
        ReadOnlySpan<T> values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(codebook);
        long at = 0;
        while (pairs > 0)
        {
            // One filling holds a gap and a code: 24 of at least 32 bits.
            stream.Fill();
            int gap = gaps[stream.Peek(Mask)];
            if (gap == 0)
                throw Damaged("has a gap that is no word of its code");
            stream.Skip(gap & 15);
            at += gap >> 4;
            if (gap >> 4 == filler)
            {
                if (fillers-- == 0)
                    throw Damaged("has more fillers than its header says");
                continue;
            }

            int code = codes[stream.Peek(Mask)];
            if (code == 0)
                throw Damaged("has a value that is no word of its code");
            stream.Skip(code & 15);
            if (at >= destination.Length)
                throw Damaged($"puts a value at element {at}; the tensor has {destination.Length}");
            destination[(int)at++] = values[code >> 4];
            pairs--;
        }

        if (fillers != 0)
            throw Damaged($"lacks {fillers} of its fillers");
    }

    private static (List<int> Gaps, List<int> Codes, byte[] Codebook)? Split(ReadOnlySpan<byte> data, int elementBytes)
    {
        var index = new Dictionary<uint, int>();
        var codebook = new List<byte>();
        var gaps = new List<int>();
        var codes = new List<int>();
        int gap = 0;
        for (int i = 0; i < data.Length; i += elementBytes)
        {
            uint value = elementBytes == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(data[i..]) : data[i];
            if (value == 0)
            {
                gap++;
                continue;
            }

            if (!index.TryGetValue(value, out int code))
            {
                if (index.Count == MaxEntries)
                    return null;
                index[value] = code = index.Count;
                codebook.AddRange(data.Slice(i, elementBytes));
            }

            gaps.Add(gap);
            codes.Add(code);
            gap = 0;
        }

        return (gaps, codes, [.. codebook]);
    }

    private static byte[] Encode((List<int> Gaps, List<int> Codes, byte[] Codebook) parts, int elementBytes, int gapBits)
    {
        int filler = (1 << gapBits) - 1;
        int entries = parts.Codebook.Length / elementBytes;
        long[] gapCounts = new long[filler + 1];
        long[] codeCounts = new long[entries];
        for (int i = 0; i < parts.Gaps.Count; i++)
        {
            gapCounts[filler] += parts.Gaps[i] / filler;
            gapCounts[parts.Gaps[i] % filler]++;
            codeCounts[parts.Codes[i]]++;
        }

        HuffmanCode gaps = HuffmanCode.ForFrequencies(gapCounts);
        HuffmanCode codes = HuffmanCode.ForFrequencies(codeCounts);
        var writer = new BitWriter();
        for (int i = 0; i < parts.Gaps.Count; i++)
        {
            for (int n = parts.Gaps[i] / filler; n > 0; n--)
                gaps.Write(writer, filler);
            gaps.Write(writer, parts.Gaps[i] % filler);
            codes.Write(writer, parts.Codes[i]);
        }

        byte[] header = new byte[HeaderBytes];
        header[0] = (byte)elementBytes;
        header[1] = (byte)gapBits;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), (ushort)entries);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)parts.Gaps.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), (uint)gapCounts[filler]);
        return [.. header, .. parts.Codebook, .. codes.Lengths, .. gaps.Lengths, .. writer.ToArray()];
    }

    private static EdgeModelException Damaged(string what) => new(ModelError.Corrupt, "a sparse Huffman stream " + what);
}
