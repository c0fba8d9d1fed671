using System.Buffers.Binary;
using System.IO.Compression;

namespace EdgeRuntime.Training.Data;

/// <summary>Reader of MNIST's IDX files, plain or gzip: big-endian magic 0x0000080R (unsigned bytes, R dimensions), dimensions, bytes.</summary>
public static class IdxReader
{
    private const int MaxItems = 1_000_000;
    private const int MaxSide = 1024;

    /// <summary>Pictures with their labels.</summary>
    /// <exception cref="DataException">A file is missing, cut, or not an IDX file of that kind; the counts differ.</exception>
    public static ImageSet Read(string images, string labels)
    {
        var (imageDimensions, pixels) = ReadBytes(images, 3);
        var (labelDimensions, classes) = ReadBytes(labels, 1);
        if (imageDimensions[0] != labelDimensions[0])
            throw new DataException(DataError.Corrupt, $"{images} has {imageDimensions[0]} pictures, {labels} has {labelDimensions[0]} labels");
        return new ImageSet(
            imageDimensions[1], imageDimensions[2], 1, pixels, Array.ConvertAll(classes, l => (int)l),
            Enumerable.Range(0, 10).Select(d => d.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray());
    }

    private static (int[] Dimensions, byte[] Bytes) ReadBytes(string path, int rank)
    {
        using Stream stream = DataFile.OpenRead(path);
        Span<byte> header = stackalloc byte[16];
        header = header[..(4 + 4 * rank)];
        DataFile.ReadExactly(stream, header, path);
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (magic != 0x800 + rank)
            throw new DataException(DataError.Corrupt, $"{path}: IDX magic is 0x{magic:x8}; 0x{0x800 + rank:x8} is needed");
        var dimensions = new int[rank];
        long size = 1;
        for (int i = 0; i < rank; i++)
        {
            uint value = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + 4 * i)..]);
            uint limit = i == 0 ? MaxItems : (uint)MaxSide;
            if (value < 1 || value > limit)
                throw new DataException(DataError.LimitExceeded, $"{path}: dimension {i} is {value}; the limits are 1 and {limit}");
            dimensions[i] = (int)value;
            size *= value;
        }

        return (dimensions, DataFile.ReadBytes(stream, size, path));
    }
}
