using System.Buffers;
using System.Buffers.Binary;

namespace EdgeRuntime.Model.Format;

/// <summary>Builds the content of a section.</summary>
internal sealed class SectionWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    public ReadOnlyMemory<byte> Content => buffer.WrittenMemory;

    public void U8(byte value) => buffer.Write([value]);

    public void U16(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(2), checked((ushort)value));
        buffer.Advance(2);
    }

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    public void U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    public void I32(int value) => U32((uint)value);

    public void F32(float value) => U32(BitConverter.SingleToUInt32Bits(value));

    public void Bytes(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);

    public void Ints(IEnumerable<int> values)
    {
        foreach (int v in values)
            I32(v);
    }

    /// <summary>Zero bytes up to a multiple of <paramref name="alignment"/>.</summary>
    public void Pad(int alignment)
    {
        while (buffer.WrittenCount % alignment != 0)
            U8(0);
    }
}
