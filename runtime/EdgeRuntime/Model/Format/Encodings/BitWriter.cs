namespace EdgeRuntime.Model.Format;

/// <summary>Appends bit fields to bytes; the first bit written is the lowest bit of the first byte.</summary>
internal sealed class BitWriter
{
    private readonly List<byte> bytes = [];
    private ulong pending;
    private int count;

    /// <summary>Appends the lowest <paramref name="bits"/> bits of a value, lowest first; 0..32 bits.</summary>
    public void Write(uint value, int bits)
    {
        pending |= ((ulong)value & ((1UL << bits) - 1)) << count;
        count += bits;
        while (count >= 8)
        {
            bytes.Add((byte)pending);
            pending >>= 8;
            count -= 8;
        }
    }

    /// <summary>All bytes; the last one is filled up with zero bits.</summary>
    public byte[] ToArray()
    {
        if (count == 0)
            return [.. bytes];
        return [.. bytes, (byte)pending];
    }
}
