using System.Buffers.Binary;
using System.Numerics;

namespace EdgeRuntime.Model.Format;

/// <summary>A table of at most 256 values, and a fixed number of bits per element that select one.</summary>
internal sealed class CodebookCodec : TensorCodec
{
    private const int HeaderLength = 4;
    private const int MaxValues = 256;

    public static CodebookCodec Instance { get; } = new();

    public override ReadOnlyMemory<byte> Encode(TensorInfo tensor)
    {
        int valueBytes = ValueBytes(tensor);
        ReadOnlySpan<byte> elements = tensor.Data!.Value.Span;
        uint[] values = DistinctValues(tensor, elements, valueBytes);
        int bits = Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)values.Length - 1));
        int tableEnd = TableEnd(values.Length, valueBytes);

        byte[] stored = new byte[StoredLength(tensor, bits, tableEnd)];
        stored[0] = (byte)bits;
        stored[1] = (byte)valueBytes;
        BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(2), (ushort)values.Length);
        for (int i = 0; i < values.Length; i++)
            WriteValue(stored.AsSpan(HeaderLength + (i * valueBytes)), values[i], valueBytes);

        long bit = 0;
        for (int at = 0; at < elements.Length; at += valueBytes)
        {
            int index = Array.BinarySearch(values, ReadValue(elements[at..], valueBytes));
            int place = tableEnd + (int)(bit >> 3);
            int spread = index << (int)(bit & 7);
            stored[place] |= (byte)spread;
            if (spread > byte.MaxValue)
                stored[place + 1] |= (byte)(spread >> 8);
            bit += bits;
        }

        return stored;
    }

    public override ReadOnlyMemory<byte> Decode(TensorInfo tensor, ReadOnlyMemory<byte> stored)
    {
        int valueBytes = ValueBytes(tensor);
        ReadOnlySpan<byte> source = stored.Span;
        if (source.Length < HeaderLength)
            throw Wrong(tensor, $"has {source.Length} stored bytes; its header alone has {HeaderLength}");
        int bits = source[0];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(source[2..]);
        if (bits is < 1 or > 8)
            throw Wrong(tensor, $"has {bits} bits per index; it must be 1 to 8");
        if (source[1] != valueBytes)
            throw Wrong(tensor, $"has {source[1]} bytes per value; {tensor.Type} has {valueBytes}");
        if (count == 0 || count > 1 << bits)
            throw Wrong(tensor, $"has {count} values; it must be 1 to {1 << bits} with {bits} bits");
        int tableEnd = TableEnd(count, valueBytes);
        CheckLength(tensor, source.Length, StoredLength(tensor, bits, tableEnd));
        if (source[(HeaderLength + (count * valueBytes))..tableEnd].ContainsAnyExcept((byte)0))
            throw Wrong(tensor, "has padding that is not 0");

        Span<uint> values = stackalloc uint[MaxValues];
        for (int i = 0; i < count; i++)
            values[i] = ReadValue(source[(HeaderLength + (i * valueBytes))..], valueBytes);

        byte[] elements = new byte[tensor.ByteSize];
        ReadOnlySpan<byte> indices = source[tableEnd..];
        uint window = 0;
        int held = 0;
        int next = 0;
        uint mask = (1u << bits) - 1;
        for (int at = 0; at < elements.Length; at += valueBytes)
        {
            if (held < bits)
            {
                window |= (uint)indices[next++] << held;
                held += 8;
            }

            int index = (int)(window & mask);
            window >>= bits;
            held -= bits;
            if (index >= count)
                throw Wrong(tensor, $"has index {index} at element {at / valueBytes}; there are {count} values");
            WriteValue(elements.AsSpan(at), values[index], valueBytes);
        }

        return window == 0 ? elements : throw Wrong(tensor, "has unused bits that are not 0");
    }

    private static uint[] DistinctValues(TensorInfo tensor, ReadOnlySpan<byte> elements, int valueBytes)
    {
        var distinct = new HashSet<uint>();
        for (int at = 0; at < elements.Length; at += valueBytes)
        {
            if (distinct.Add(ReadValue(elements[at..], valueBytes)) && distinct.Count > MaxValues)
                throw new EdgeModelException(ModelError.BadType, $"constant '{tensor.Name}' has more than {MaxValues} different values; a codebook holds no more");
        }

        uint[] values = [.. distinct];
        Array.Sort(values);
        return values;
    }

    private static int ValueBytes(TensorInfo tensor) => tensor.Type switch
    {
        DataType.Int8 => 1,
        DataType.Float32 or DataType.Int32 => 4,
        _ => throw new EdgeModelException(ModelError.BadType, $"constant '{tensor.Name}' is {tensor.Type}; a codebook holds float32, int8 and int32"),
    };

    private static int TableEnd(int count, int valueBytes) => (HeaderLength + (count * valueBytes) + 3) & ~3;

    private static long StoredLength(TensorInfo tensor, int bits, int tableEnd) => tableEnd + (((tensor.Shape.ElementCount * bits) + 7) / 8);

    private static uint ReadValue(ReadOnlySpan<byte> bytes, int valueBytes) => valueBytes == 1 ? bytes[0] : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static void WriteValue(Span<byte> bytes, uint value, int valueBytes)
    {
        if (valueBytes == 1)
            bytes[0] = (byte)value;
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
    }

    private static EdgeModelException Wrong(TensorInfo tensor, string message) => new(ModelError.Corrupt, $"codebook of constant '{tensor.Name}' {message}");
}
