using System.Buffers.Binary;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Model.Format;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720 appendix B.4): the checksum of .edge files. One instruction per 8 bytes where the core has it (SSE4.2, Armv8 CRC),
/// a table per byte elsewhere.
/// </summary>
public static class Crc32C
{
    private const uint ReflectedPolynomial = 0x82F63B78;

    private static readonly uint[] Table = BuildTable();

    /// <summary>The checksum of <paramref name="data"/>, continuing that of the bytes before it (0 if there are none).</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> data)
    {
        if (Sse42.X64.IsSupported)
            return ~X64(~checksum, data);
        if (Crc32.Arm64.IsSupported)
            return ~Arm64(~checksum, data);
        return ~Portable(~checksum, data);
    }

    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    internal static uint Portable(uint state, ReadOnlySpan<byte> data)
    {
        foreach (byte b in data)
            state = Table[(byte)(state ^ b)] ^ (state >> 8);
        return state;
    }

    private static uint X64(uint state, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            state = (uint)Sse42.X64.Crc32(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (byte b in data)
            state = Sse42.Crc32(state, b);
        return state;
    }

    private static uint Arm64(uint state, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            state = Crc32.Arm64.ComputeCrc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (byte b in data)
            state = Crc32.ComputeCrc32C(state, b);
        return state;
    }

    private static uint[] BuildTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint c = i;
            for (int bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? (c >> 1) ^ ReflectedPolynomial : c >> 1;
            table[i] = c;
        }

        return table;
    }
}
