using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace EdgeRuntime.Training.Data;

/// <summary>A numeric array of a MAT file: dimensions, and elements in column-major order.</summary>
/// <param name="Name">Name of the variable.</param>
/// <param name="Dimensions">Dimensions, the first varies fastest.</param>
/// <param name="Bytes">Elements as unsigned bytes.</param>
internal sealed record MatArray(string Name, int[] Dimensions, byte[] Bytes);

/// <summary>
/// Reader of the numeric arrays of a MATLAB level 5 MAT file (MathWorks, "MAT-File Format"): little-endian, elements of small integers or
/// doubles that fit a byte, plain or zlib-compressed variables.
/// </summary>
internal static class MatFile
{
    private const int HeaderBytes = 128;
    private const int TypeInt8 = 1, TypeUInt8 = 2, TypeInt32 = 5, TypeUInt32 = 6, TypeDouble = 9, TypeMatrix = 14, TypeCompressed = 15;

    /// <summary>The arrays of a file, by name.</summary>
    /// <exception cref="DataException">The file is no such MAT file, truncated or corrupt.</exception>
    public static Dictionary<string, MatArray> Read(string path)
    {
        using FileStream file = DataFile.OpenRaw(path);
        byte[] bytes = DataFile.ReadBytes(file, file.Length, path);
        if (bytes.Length < HeaderBytes || bytes[126] != 'I' || bytes[127] != 'M' || BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(124)) != 0x100)
            throw new DataException(DataError.Corrupt, $"{path} is no little-endian MAT file of level 5");
        var arrays = new Dictionary<string, MatArray>(StringComparer.Ordinal);
        var reader = new Elements(bytes.AsMemory(HeaderBytes), path);
        while (reader.Next(out int type, out ReadOnlyMemory<byte> data))
        {
            if (type == TypeCompressed)
            {
                var inner = new Elements(Inflate(data, path), path);
                if (!inner.Next(out type, out data))
                    continue;
            }

            if (type == TypeMatrix && Matrix(data, path) is { } array)
                arrays[array.Name] = array;
        }

        return arrays;
    }

    private static MatArray? Matrix(ReadOnlyMemory<byte> content, string path)
    {
        var parts = new Elements(content, path);
        ReadOnlySpan<byte> flags = parts.Required(TypeUInt32).Span;
        int kind = flags.Length >= 1 ? flags[0] : 0;
        // Class 6 is double, 8 and 9 are int8 and uint8; structures, cells and texts are passed over.
        if (kind is not (6 or 8 or 9))
            return null;
        ReadOnlySpan<byte> sizes = parts.Required(TypeInt32).Span;
        var dimensions = new int[sizes.Length / 4];
        long count = 1;
        for (int i = 0; i < dimensions.Length; i++)
        {
            dimensions[i] = BinaryPrimitives.ReadInt32LittleEndian(sizes[(4 * i)..]);
            if (dimensions[i] < 0 || (count *= dimensions[i]) > ImageSet.MaxBytes)
                throw new DataException(DataError.LimitExceeded, $"{path}: an array of {string.Join('x', dimensions)} is above the limit of {ImageSet.MaxBytes} elements");
        }

        string name = Encoding.ASCII.GetString(parts.Required(TypeInt8).Span);
        if (!parts.Next(out int type, out ReadOnlyMemory<byte> data))
            throw new DataException(DataError.Corrupt, $"{path}: array '{name}' has no elements");
        int width = type switch
        {
            TypeInt8 or TypeUInt8 => 1,
            TypeDouble => 8,
            _ => throw new DataException(DataError.Corrupt, $"{path}: array '{name}' holds elements of type {type}; bytes and doubles are read"),
        };
        if (data.Length != count * width)
            throw new DataException(DataError.Corrupt, $"{path}: array '{name}' has {data.Length} bytes; {count * width} are needed");
        return new MatArray(name, dimensions, width == 1 ? data.ToArray() : FromDoubles(data.Span, name, path));
    }

    private static byte[] FromDoubles(ReadOnlySpan<byte> data, string name, string path)
    {
        var bytes = new byte[data.Length / 8];
        for (int i = 0; i < bytes.Length; i++)
        {
            double value = BinaryPrimitives.ReadDoubleLittleEndian(data[(8 * i)..]);
            if (value != (byte)value)
                throw new DataException(DataError.Corrupt, $"{path}: array '{name}' has the element {value}; whole numbers 0..255 are read");
            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static byte[] Inflate(ReadOnlyMemory<byte> packed, string path)
    {
        using var result = new MemoryStream();
        using var zlib = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        var chunk = new byte[1 << 16];
        try
        {
            for (int got; (got = zlib.Read(chunk)) > 0;)
            {
                if (result.Length + got > ImageSet.MaxBytes)
                    throw new DataException(DataError.LimitExceeded, $"{path}: a variable unpacks to more than the limit of {ImageSet.MaxBytes} bytes");
                result.Write(chunk, 0, got);
            }
        }
        catch (InvalidDataException e)
        {
            throw new DataException(DataError.Corrupt, $"{path}: a compressed variable is corrupt: {e.Message}", e);
        }

        return result.ToArray();
    }

    /// <summary>Walks data elements: a tag of type and length, or type and length in half a tag where at most four bytes follow; padded to 8.</summary>
    private sealed class Elements(ReadOnlyMemory<byte> bytes, string path)
    {
        private int at;

        public bool Next(out int type, out ReadOnlyMemory<byte> data)
        {
            type = 0;
            data = default;
            if (at == bytes.Length)
                return false;
            if (bytes.Length - at < 8)
                throw new DataException(DataError.Corrupt, $"{path}: {bytes.Length - at} bytes are left where a tag of 8 should be");
            ReadOnlySpan<byte> tag = bytes.Span[at..];
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(tag);
            bool small = word > 0xffff;
            type = (int)(word & 0xffff);
            uint length = small ? word >> 16 : BinaryPrimitives.ReadUInt32LittleEndian(tag[4..]);
            int start = at + (small ? 4 : 8);
            if (length > (small ? 4 : bytes.Length - start))
                throw new DataException(DataError.Corrupt, $"{path}: an element of {length} bytes exceeds the remaining {bytes.Length - start}");
            data = bytes.Slice(start, (int)length);
            int end = start + (int)length;
            // Compressed variables are the only ones without padding.
            at = small ? at + 8 : type == TypeCompressed ? end : Math.Min(bytes.Length, (end + 7) & ~7);
            return true;
        }

        public ReadOnlyMemory<byte> Required(int type) =>
            Next(out int found, out ReadOnlyMemory<byte> data) && found == type
                ? data
                : throw new DataException(DataError.Corrupt, $"{path}: an element of type {type} is missing; found type {found}");
    }
}
