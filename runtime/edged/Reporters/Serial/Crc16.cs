namespace EdgeRuntime.Daemon;

/// <summary>CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF, nothing reflected, no final exclusive or): 0x29B1 for "123456789".</summary>
internal static class Crc16
{
    private const ushort Polynomial = 0x1021;

    /// <summary>The checksum of some bytes.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes)
    {
        int crc = 0xffff;
        foreach (byte b in bytes)
        {
            crc ^= b << 8;
            for (int i = 0; i < 8; i++)
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
        }

        return (ushort)crc;
    }
}
