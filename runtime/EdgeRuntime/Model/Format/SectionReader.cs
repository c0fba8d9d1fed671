using System.Buffers.Binary;

namespace EdgeRuntime.Model.Format;

/// <summary>Reads numbers from one section, front to back. Nothing is read past its end; counts are compared with the bytes that are left.</summary>
internal ref struct SectionReader(SectionKind kind, ReadOnlySpan<byte> content)
{
    private readonly int length = content.Length;
    private ReadOnlySpan<byte> rest = content;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public int I32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public float F32() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    /// <summary>A count of items that take at least <paramref name="itemBytes"/> each and are stored in this section.</summary>
    public int Count(string items, long limit, int itemBytes) => Check(U32(), items, limit, itemBytes);

    /// <summary>As <see cref="Count"/>, stored in 16 bits.</summary>
    public int ShortCount(string items, int limit, int itemBytes) => Check(U16(), items, limit, itemBytes);

    /// <summary>A number that must be one of 0 (or <paramref name="least"/>) to <paramref name="most"/>.</summary>
    public int Within(string what, uint least, uint most)
    {
        uint value = U32();
        if (value < least || value > most)
            throw Wrong($"{what} is {value}; it must be {least} to {most}");
        return (int)value;
    }

    public int[] Ints(int count)
    {
        int[] values = new int[count];
        ReadOnlySpan<byte> bytes = Take((long)count * 4);
        for (int i = 0; i < count; i++)
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]);
        return values;
    }

    public float[] Floats(int count)
    {
        float[] values = new float[count];
        ReadOnlySpan<byte> bytes = Take((long)count * 4);
        for (int i = 0; i < count; i++)
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]);
        return values;
    }

    public ReadOnlySpan<byte> Take(long count)
    {
        if (count > rest.Length)
            throw Wrong($"{count} bytes are needed at byte {length - rest.Length}, but {rest.Length} are left");
        ReadOnlySpan<byte> taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    /// <summary>Refuses bytes that nothing asked for.</summary>
    public readonly void Finish()
    {
        if (!rest.IsEmpty)
            throw Wrong($"{rest.Length} bytes are left over at byte {length - rest.Length}");
    }

    public readonly EdgeModelException Wrong(string message, ModelError error = ModelError.Corrupt) => new(error, $"section {kind}: {message}");

    private readonly int Check(uint count, string items, long limit, int itemBytes)
    {
        if (count > limit)
            throw Wrong($"{count} {items}; the limit is {limit}", ModelError.TooLarge);
        if ((long)count * itemBytes > rest.Length)
            throw Wrong($"{count} {items} need at least {(long)count * itemBytes} bytes, but {rest.Length} are left");
        return (int)count;
    }
}
