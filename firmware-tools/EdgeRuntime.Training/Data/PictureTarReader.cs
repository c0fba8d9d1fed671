using System.Formats.Tar;

namespace EdgeRuntime.Training.Data;

/// <summary>Reader of a tar archive (plain or gzip) of pictures named <c>CLASS/NAME</c>, all of one size after decoding.</summary>
public static class PictureTarReader
{
    private const int MaxPictureBytes = 1 << 20;
    private const int MaxPictures = 1_000_000;

    /// <summary>The pictures in the order of the archive.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="classes">Names of the classes in order of their labels.</param>
    /// <param name="height">Height that each picture must have.</param>
    /// <param name="width">Width that each picture must have.</param>
    /// <exception cref="DataException">The archive is corrupt, or an entry is in no known class folder.</exception>
    public static ImageSet Read(string path, IReadOnlyList<string> classes, int height, int width)
    {
        Dictionary<string, int> index = classes.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        using var pixels = new MemoryStream();
        var labels = new List<int>();
        int skipped = 0;
        using var decoder = new PictureReader();
        using Stream stream = DataFile.OpenRead(path);
        try
        {
            using var tar = new TarReader(stream);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is not { } data)
                    continue;
                if (entry.Length > MaxPictureBytes || labels.Count >= MaxPictures)
                    throw new DataException(DataError.LimitExceeded, $"{path}: entry {entry.Name} has {entry.Length} bytes and is number {labels.Count + 1}; the limits are {MaxPictureBytes} and {MaxPictures}");
                string[] parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length < 2 || !index.TryGetValue(parts[^2], out int label))
                    throw new DataException(DataError.Corrupt, $"{path}: entry {entry.Name} is in none of the {classes.Count} class folders");
                if (decoder.TryReadRgb(DataFile.ReadBytes(data, entry.Length, path), out RgbPicture picture) && picture.Height == height && picture.Width == width)
                {
                    pixels.Write(picture.Pixels);
                    labels.Add(label);
                }
                else
                {
                    skipped++;
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or FormatException)
        {
            throw new DataException(DataError.Corrupt, $"{path} is no readable tar archive: {e.Message}", e);
        }

        if (labels.Count == 0)
            throw new DataException(DataError.Corrupt, $"{path} has no readable picture of {width}x{height} ({skipped} skipped)");
        return new ImageSet(height, width, 3, pixels.ToArray(), [.. labels], classes) { Skipped = skipped };
    }
}
