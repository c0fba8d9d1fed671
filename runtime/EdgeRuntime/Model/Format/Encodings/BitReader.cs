using System.Buffers.Binary;

namespace EdgeRuntime.Model.Format;

/// <summary>
/// Reads bit fields in the order of <see cref="BitWriter"/>. Past the end it delivers zero bits and remembers it: the caller asks
/// <see cref="Overrun"/> once at the end instead of at every field.
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> bytes = source;
    private int position;
    private ulong window;
    private int available;

    /// <summary>Whether more bits were consumed than there are.</summary>
    public readonly bool Overrun => available < 0;

    /// <summary>Bits that were not consumed.</summary>
    public readonly long Remaining => available + (8L * (bytes.Length - position));

    /// <summary>Makes at least 32 bits available for <see cref="Peek"/>, as far as there are any.</summary>
    public void Fill()
    {
        if (available >= 32)
            return;
        if (position + 8 <= bytes.Length && available >= 0)
        {
            // Whole bytes that fit above the bits at hand: (63 - available) / 8 of the next eight.
            window |= BinaryPrimitives.ReadUInt64LittleEndian(bytes[position..]) << available;
            int taken = (63 - available) >> 3;
            position += taken;
            available += taken * 8;
            return;
        }

        while (available is >= 0 and <= 56 && position < bytes.Length)
        {
            window |= (ulong)bytes[position++] << available;
            available += 8;
        }
    }

    /// <summary>The next bits without consuming them; at most 32, after <see cref="Fill"/>.</summary>
    public readonly uint Peek(int bits) => (uint)(window & ((1UL << bits) - 1));

    /// <summary>Consumes bits that were peeked at.</summary>
    public void Skip(int bits)
    {
        window >>= bits;
        available -= bits;
    }
}
