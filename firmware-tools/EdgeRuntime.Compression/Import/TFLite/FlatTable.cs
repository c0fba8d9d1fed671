using System.Text;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>A table: fields by number, each absent or at an offset inside the table. Absent fields have the schema's default.</summary>
internal readonly struct FlatTable(FlatBuffer file, int position, int vtable, int vtableSize, int tableSize)
{
    /// <summary>Longest name that is read.</summary>
    private const int MaxString = 65_535;

    public bool Has(int field) => Find(field, 1) >= 0;

    public byte Byte(int field, byte omitted = 0) => Find(field, 1) is >= 0 and int at ? file.Byte(at) : omitted;

    public bool Bool(int field, bool omitted = false) => Find(field, 1) is >= 0 and int at ? file.Byte(at) != 0 : omitted;

    public int Int(int field, int omitted = 0) => Find(field, 4) is >= 0 and int at ? file.Int(at) : omitted;

    public uint UInt(int field, uint omitted = 0) => Find(field, 4) is >= 0 and int at ? file.UInt(at) : omitted;

    public float Float(int field, float omitted = 0) => Find(field, 4) is >= 0 and int at ? file.Float(at) : omitted;

    public ulong ULong(int field, ulong omitted = 0) => Find(field, 8) is >= 0 and int at ? (ulong)file.Long(at) : omitted;

    /// <summary>A string, or "" if it is absent; bytes that are no UTF-8 become replacement characters.</summary>
    public string String(int field)
    {
        FlatVector bytes = Vector(field, 1);
        if (bytes.Count > MaxString)
            throw new ImportException(ImportError.TooLarge, $"a name has {bytes.Count} bytes; the limit is {MaxString}");
        file.Charge(bytes.Count * 2L);
        return Encoding.UTF8.GetString(bytes.Bytes().Span);
    }

    /// <summary>The table that a field refers to, or null.</summary>
    public FlatTable? Table(int field) => Find(field, 4) is >= 0 and int at ? file.TableAt(file.Follow(at)) : null;

    /// <summary>The vector that a field refers to; empty if it is absent.</summary>
    public FlatVector Vector(int field, int elementSize) =>
        Find(field, 4) is >= 0 and int at ? file.VectorAt(file.Follow(at), elementSize) : new FlatVector(file, 0, 0, elementSize);

    /// <summary>The vector of references to tables of a field.</summary>
    public FlatVector Tables(int field) => Vector(field, 4);

    /// <summary>Absolute position of a field of <paramref name="size"/> bytes, or -1 if the table does not have it.</summary>
    private int Find(int field, int size)
    {
        int entry = 4 + (2 * field);
        if (entry + 2 > vtableSize)
            return -1;
        int offset = file.UShort(vtable + entry);
        if (offset == 0)
            return -1;
        if (offset < 4 || offset + size > tableSize)
            throw FlatBuffer.Corrupt($"field {field} of the table at byte {position} lies at {offset}; the table has {tableSize} bytes");
        return position + offset;
    }
}

/// <summary>A vector of scalars or references, already known to lie inside the file.</summary>
internal readonly struct FlatVector(FlatBuffer file, int start, int count, int elementSize)
{
    public int Count => count;

    public int Int(int index) => file.Int(At(index));

    public long Long(int index) => file.Long(At(index));

    public float Float(int index) => file.Float(At(index));

    public FlatTable Table(int index) => file.TableAt(file.Follow(At(index)));

    /// <summary>The bytes of all elements, in the file.</summary>
    public ReadOnlyMemory<byte> Bytes() => file.Slice(start, count * elementSize);

    /// <summary>A copy of a vector of 32-bit integers of limited length.</summary>
    public int[] Ints(string what, int limit)
    {
        Limit(what, limit);
        int[] values = new int[count];
        for (int i = 0; i < count; i++)
            values[i] = Int(i);
        return values;
    }

    /// <summary>A copy of a vector of floats of limited length.</summary>
    public float[] Floats(string what, int limit)
    {
        Limit(what, limit);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = Float(i);
        return values;
    }

    /// <summary>Refuses a vector of more than <paramref name="limit"/> elements, and counts what a copy takes.</summary>
    public void Limit(string what, int limit)
    {
        if (count > limit)
            throw new ImportException(ImportError.TooLarge, $"{what}: {count} values; the limit is {limit}");
        file.Charge(count * (long)elementSize);
    }

    private int At(int index) => (uint)index < (uint)count ? start + (index * elementSize) : throw FlatBuffer.Corrupt($"index {index} of a vector of {count}");
}
