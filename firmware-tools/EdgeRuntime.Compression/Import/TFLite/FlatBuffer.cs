using Google.FlatBuffers;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>
/// A FlatBuffers file from an untrusted source. The wire format is little-endian: a root offset, then tables (a signed offset back to a
/// vtable of field offsets), vectors (a 32-bit count, then elements) and strings (a vector of UTF-8 bytes); references are unsigned
/// offsets forward from where they are stored. Every offset, count and field is checked against the file before it is followed, and what
/// is copied out of the file is counted, so that shared or overlapping objects cannot multiply into memory.
/// </summary>
internal sealed class FlatBuffer(byte[] bytes)
{
    /// <summary>Most bytes of names, shapes and lists that one file may expand to. Constants are not copied and do not count.</summary>
    public const long MaxDecodedBytes = 64 << 20;

    private readonly ByteBuffer buffer = new(bytes);
    private long decoded;

    /// <summary>Bytes of the file.</summary>
    public int Length => bytes.Length;

    /// <summary>The root table of a file with the given four-character identifier.</summary>
    public FlatTable Root(string identifier)
    {
        if (Length < 8)
            throw new ImportException(ImportError.NotAModel, $"the file has {Length} bytes; a FlatBuffers file has at least 8");
        for (int i = 0; i < identifier.Length; i++)
        {
            if (bytes[4 + i] != identifier[i])
                throw new ImportException(ImportError.NotAModel, $"the file identifier is {Convert.ToHexStringLower(bytes, 4, 4)}; expected '{identifier}'");
        }

        return TableAt(Follow(0));
    }

    public byte Byte(int position) => buffer.Get(Check(position, 1));

    public ushort UShort(int position) => buffer.GetUshort(Check(position, 2));

    public int Int(int position) => buffer.GetInt(Check(position, 4));

    public uint UInt(int position) => buffer.GetUint(Check(position, 4));

    public long Long(int position) => buffer.GetLong(Check(position, 8));

    public float Float(int position) => buffer.GetFloat(Check(position, 4));

    /// <summary>A part of the file itself, not a copy.</summary>
    public ReadOnlyMemory<byte> Slice(int position, int length) => bytes.AsMemory(Check(position, length), length);

    /// <summary>The position that the reference at a position leads to.</summary>
    public int Follow(int position)
    {
        long target = position + (long)UInt(position);
        if (target > Length - 4 || target == position)
            throw Corrupt($"the reference at byte {position} leads to byte {target}; the file has {Length}");
        return (int)target;
    }

    public FlatTable TableAt(int position)
    {
        long vtable = position - (long)Int(position);
        if (vtable < 0 || vtable > Length - 4)
            throw Corrupt($"the table at byte {position} has its vtable at byte {vtable}; the file has {Length}");
        int vtableSize = UShort((int)vtable);
        int tableSize = UShort((int)vtable + 2);
        if (vtableSize < 4 || vtableSize % 2 != 0 || vtableSize > Length - vtable)
            throw Corrupt($"the vtable at byte {vtable} has {vtableSize} bytes; the file ends after {Length - vtable}");
        if (tableSize < 4 || tableSize > Length - position)
            throw Corrupt($"the table at byte {position} has {tableSize} bytes; the file ends after {Length - position}");
        return new FlatTable(this, position, (int)vtable, vtableSize, tableSize);
    }

    public FlatVector VectorAt(int position, int elementSize)
    {
        uint count = UInt(position);
        long room = Length - position - 4L;
        if (count * (long)elementSize > room)
            throw Corrupt($"the vector at byte {position} has {count} elements of {elementSize} bytes; the file ends after {room} bytes");
        return new FlatVector(this, position + 4, (int)count, elementSize);
    }

    /// <summary>Counts bytes that are copied out of the file.</summary>
    public void Charge(long count)
    {
        decoded += count;
        if (decoded > MaxDecodedBytes)
            throw new ImportException(ImportError.TooLarge, $"the file's names, shapes and lists expand to more than {MaxDecodedBytes} bytes");
    }

    public static ImportException Corrupt(string message) => new(ImportError.Corrupt, message);

    private int Check(int position, int size)
    {
        if (position < 0 || size < 0 || position > Length - size)
            throw Corrupt($"{size} bytes at byte {position} lie outside the file, which has {Length}");
        return position;
    }
}
