using System.Buffers.Binary;
using System.Text.Unicode;

namespace EdgeRuntime.Daemon;

/// <summary>Codes predictions for a serial port, as docs/serial-protocol.md describes it.</summary>
internal static class SerialMessage
{
    /// <summary>Bytes of a binary message.</summary>
    public const int BinaryLength = 16;

    /// <summary>The longest line, with its end.</summary>
    public const int MaxLineLength = 96;

    /// <summary>Characters of a label that a line carries.</summary>
    public const int MaxLabelLength = 48;

    private const byte Sync0 = 0xa5, Sync1 = 0x5a, Version = 1;
    private const byte FlagChanged = 1, FlagRepeated = 2;

    /// <summary>Writes the line "$EDGE,sequence,milliseconds,index,confidence,label*CRC" with its end and returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxLineLength"/> bytes.</param>
    /// <param name="p">The prediction.</param>
    /// <param name="sequence">Number of the message.</param>
    /// <param name="time">Time since start.</param>
    public static int WriteLine(Span<byte> destination, Prediction p, ushort sequence, TimeSpan time)
    {
        int perMille = (int)MathF.Round(Math.Clamp(p.Confidence, 0, 1) * 1000);
        _ = Utf8.TryWrite(destination, $"$EDGE,{sequence},{(uint)(long)time.TotalMilliseconds},{p.Decision},{perMille},", out int length);
        length += WriteLabel(destination.Slice(length, MaxLabelLength), p.Decision == DecisionFilter.None ? "-" : p.NameOf(p.Decision));
        ushort crc = Crc16.Of(destination[1..length]);
        _ = Utf8.TryWrite(destination[length..], $"*{crc:X4}\r\n", out int tail);
        return length + tail;
    }

    /// <summary>Writes a message of <see cref="BinaryLength"/> bytes, little-endian.</summary>
    public static void WriteBinary(Span<byte> destination, Prediction p, ushort sequence, TimeSpan time, bool repeated)
    {
        destination[0] = Sync0;
        destination[1] = Sync1;
        destination[2] = Version;
        destination[3] = (byte)((p.DecisionChanged && !repeated ? FlagChanged : 0) | (repeated ? FlagRepeated : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], sequence);
        BinaryPrimitives.WriteInt16LittleEndian(destination[6..], (short)Math.Min(p.Decision, short.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], (ushort)MathF.Round(Math.Clamp(p.Confidence, 0, 1) * ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(destination[10..], (uint)(long)time.TotalMilliseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[14..], Crc16.Of(destination[2..14]));
    }

    // Only letters, digits and signs that mean nothing in the protocol: others become '_', one for each UTF-16 unit.
    private static int WriteLabel(Span<byte> destination, string label)
    {
        int length = Math.Min(label.Length, destination.Length);
        for (int i = 0; i < length; i++)
            destination[i] = label[i] is > ' ' and < '\x7f' and not (',' or '*' or '$') ? (byte)label[i] : (byte)'_';
        return length;
    }
}
