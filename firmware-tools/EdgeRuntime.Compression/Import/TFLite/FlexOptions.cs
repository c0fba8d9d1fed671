using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>
/// Options of a custom operator: a FlexBuffers map from names to integers. FlexBuffers is read from its end: the last byte is the width of the root value, the
/// one before it its type (upper six bits) and the width of the elements that it refers to (lower two, as a power of two), and before these the root value
/// itself, an offset backwards. A map's values are preceded by their number, the width of its keys and an offset to the vector of keys, and followed by one type each
/// (specification: FlexBuffers internals, FlatBuffers documentation). Every offset is checked before it is followed.
/// </summary>
internal sealed class FlexOptions
{
    /// <summary>Most entries of a map.</summary>
    private const int MaxEntries = 256;

    /// <summary>Longest name.</summary>
    private const int MaxName = 256;

    private const int TypeInt = 1;
    private const int TypeUInt = 2;
    private const int TypeIndirectInt = 6;
    private const int TypeIndirectUInt = 7;
    private const int TypeMap = 9;
    private const int TypeBool = 26;

    private readonly Dictionary<string, long?> values = new(StringComparer.Ordinal);
    private readonly SourceOperator owner;
    private readonly ReadOnlyMemory<byte> bytes;

    /// <summary>Reads the options of an operator.</summary>
    /// <exception cref="ImportException">They are damaged, or no map.</exception>
    public FlexOptions(SourceOperator owner)
    {
        this.owner = owner;
        bytes = owner.CustomOptions;
        if (bytes.Length < 3)
            throw Corrupt($"custom options have {bytes.Length} bytes; a FlexBuffers map has at least 3");
        ReadOnlySpan<byte> span = bytes.Span;
        int rootWidth = span[^1];
        int rootType = span[^2];
        if (rootWidth is not (1 or 2 or 4 or 8) || rootType >> 2 != TypeMap)
            throw Corrupt($"custom options have root type {rootType >> 2} of width {rootWidth}; they are a FlexBuffers map, type {TypeMap}");
        int width = 1 << (rootType & 3);
        int start = Follow(bytes.Length - 2 - rootWidth, rootWidth);
        ulong count = Unsigned(start - width, width);
        if (count > MaxEntries)
            throw Corrupt($"custom options have {count} entries; the limit is {MaxEntries}");
        int keys = Follow(start - (3 * width), width);
        ulong keyWidth = Unsigned(start - (2 * width), width);
        if (keyWidth is not (1 or 2 or 4 or 8))
            throw Corrupt($"custom options have names referred to by {keyWidth} bytes; the limit is 8");
        for (int i = 0; i < (int)count; i++)
        {
            string name = Name(Follow(keys + (i * (int)keyWidth), (int)keyWidth));
            int type = Byte(start + ((int)count * width) + i);
            values[name] = Integer(start + (i * width), width, type);
        }
    }

    /// <summary>The integer of a name.</summary>
    /// <param name="name">Name of the option.</param>
    /// <param name="omitted">Value if the map does not have it; null if it must.</param>
    /// <exception cref="ImportException">It is missing, no integer, or does not fit 32 bits.</exception>
    public int Int(string name, int? omitted = null)
    {
        if (!values.TryGetValue(name, out long? value))
            return omitted ?? throw Corrupt($"custom options have no '{name}'");
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value.Value
            : throw Corrupt($"custom option '{name}' is {(value is { } v ? v.ToString(System.Globalization.CultureInfo.InvariantCulture) : "no integer")}; it is a 32-bit integer");
    }

    private long? Integer(int at, int width, int type)
    {
        switch (type >> 2)
        {
            case TypeInt:
                return Signed(at, width);
            case TypeUInt or TypeBool:
                return Narrow(Unsigned(at, width));
            case TypeIndirectInt:
                return Signed(Follow(at, width), 1 << (type & 3));
            case TypeIndirectUInt:
                return Narrow(Unsigned(Follow(at, width), 1 << (type & 3)));
            default:
                return null;
        }
    }

    private long Narrow(ulong value) => value <= long.MaxValue ? (long)value : throw Corrupt($"custom options hold {value}; the limit is {long.MaxValue}");

    private string Name(int at)
    {
        ReadOnlySpan<byte> rest = bytes.Span[at..];
        int length = rest[..Math.Min(rest.Length, MaxName + 1)].IndexOf((byte)0);
        if (length < 0)
            throw Corrupt($"custom options have a name without end at byte {at}; the limit is {MaxName} bytes");
        return Encoding.UTF8.GetString(rest[..length]);
    }

    /// <summary>The position that an offset backwards leads to.</summary>
    private int Follow(int at, int width)
    {
        ulong offset = Unsigned(at, width);
        if (offset > (ulong)at)
            throw Corrupt($"custom options have offset {offset} at byte {at}, which leads before their start");
        return at - (int)offset;
    }

    private byte Byte(int at) => bytes.Span[Check(at, 1)];

    private ulong Unsigned(int at, int width)
    {
        ReadOnlySpan<byte> span = bytes.Span.Slice(Check(at, width), width);
        return width switch
        {
            1 => span[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(span),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(span),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(span),
        };
    }

    private long Signed(int at, int width)
    {
        int unused = 64 - (8 * width);
        return (long)(Unsigned(at, width) << unused) >> unused;
    }

    private int Check(int at, int size)
    {
        if (at < 0 || at > bytes.Length - size)
            throw Corrupt($"custom options refer to byte {at}; they have {bytes.Length}");
        return at;
    }

    private ImportException Corrupt(string what) => FlatBuffer.Corrupt($"{owner}: {what}");
}
