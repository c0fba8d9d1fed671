using System.Formats.Tar;

namespace EdgeRuntime.Training.Data;

/// <summary>
/// Reader of the official binary version of CIFAR-10 (A. Krizhevsky): records of one label byte and 3,072 pixel bytes, planes red, green, blue of 32x32;
/// files of 10,000 records, <c>data_batch_1.bin</c> to <c>_5</c> and <c>test_batch.bin</c>, in a folder or in <c>cifar-10-binary.tar.gz</c>.
/// </summary>
public static class CifarBinaryReader
{
    /// <summary>The ten classes in the order of the labels.</summary>
    public static IReadOnlyList<string> Classes { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int RecordBytes = 1 + 3 * Plane;

    /// <summary>Training and test set of the tar archive.</summary>
    /// <exception cref="DataException">The archive is corrupt or lacks a batch.</exception>
    public static (ImageSet Train, ImageSet Test) ReadArchive(string path)
    {
        var batches = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using Stream stream = DataFile.OpenRead(path);
        try
        {
            using var tar = new TarReader(stream);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is { } data && entry.Name.EndsWith(".bin", StringComparison.Ordinal))
                    batches[Path.GetFileName(entry.Name)] = DataFile.ReadBytes(data, entry.Length, $"{path}:{entry.Name}");
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or FormatException)
        {
            throw new DataException(DataError.Corrupt, $"{path} is no readable tar archive: {e.Message}", e);
        }

        return Assemble(path, name => batches.GetValueOrDefault(name));
    }

    /// <summary>Training and test set of a folder with the six batch files.</summary>
    /// <exception cref="DataException">A batch is missing or corrupt.</exception>
    public static (ImageSet Train, ImageSet Test) ReadFolder(string folder) => Assemble(folder, name =>
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
            return null;
        using FileStream file = DataFile.OpenRaw(path);
        return DataFile.ReadBytes(file, file.Length, path);
    });

    /// <summary>Decodes records.</summary>
    /// <exception cref="DataException">The length is no multiple of a record, or a label is above 9.</exception>
    public static ImageSet Decode(ReadOnlySpan<byte> records, string name)
    {
        if (records.Length % RecordBytes != 0)
            throw new DataException(DataError.Corrupt, $"{name} has {records.Length} bytes, which is no multiple of {RecordBytes}");
        int count = records.Length / RecordBytes;
        var pixels = new byte[count * 3 * Plane];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> record = records.Slice(i * RecordBytes, RecordBytes);
            labels[i] = record[0];
            for (int p = 0; p < Plane; p++)
            {
                for (int c = 0; c < 3; c++)
                    pixels[(i * Plane + p) * 3 + c] = record[1 + c * Plane + p];
            }
        }

        return new ImageSet(Side, Side, 3, pixels, labels, Classes);
    }

    private static (ImageSet Train, ImageSet Test) Assemble(string place, Func<string, byte[]?> batch)
    {
        byte[] Required(string name) =>
            batch(name) ?? throw new DataException(DataError.NotFound, $"{place} has no {name}");
        byte[] train = [.. Enumerable.Range(1, 5).SelectMany(i => Required($"data_batch_{i}.bin"))];
        return (Decode(train, $"{place}: training batches"), Decode(Required("test_batch.bin"), $"{place}: test_batch.bin"));
    }
}
