namespace EdgeRuntime.Training.Data;

/// <summary>
/// Reader of a folder of pictures by class (<c>FOLDER/CLASS/NAME.jpg</c>, as ImageNet is unpacked): classes are the sub-folders in ordinal order,
/// each picture is squeezed onto the wanted size with area averaging after the largest centred square was cut out. Unreadable pictures are skipped and counted.
/// </summary>
public static class FolderReader
{
    private const int MaxClasses = 100_000;
    private const long MaxFileBytes = 64 << 20;
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp"];

    /// <summary>All pictures below <paramref name="folder"/> as <paramref name="size"/> x <paramref name="size"/> RGB.</summary>
    /// <exception cref="DataException">There is no such folder, no class in it, or no readable picture.</exception>
    public static ImageSet Read(string folder, int size)
    {
        if (size is < 1 or > 4096)
            throw new DataException(DataError.InvalidArgument, $"picture size {size} is outside 1..4096");
        if (!Directory.Exists(folder))
            throw new DataException(DataError.NotFound, $"folder {folder} does not exist");
        string[] classFolders = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        if (classFolders.Length is 0 or > MaxClasses)
            throw new DataException(DataError.NotFound, $"{folder} has {classFolders.Length} class folders; 1 to {MaxClasses} are needed");

        using var pixels = new MemoryStream();
        using var decoder = new PictureReader();
        var labels = new List<int>();
        int skipped = 0;
        for (int label = 0; label < classFolders.Length; label++)
        {
            foreach (string file in Directory.EnumerateFiles(classFolders[label]).Order(StringComparer.Ordinal))
            {
                if (!Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                    continue;
                if (new FileInfo(file).Length <= MaxFileBytes && decoder.TryReadRgb(File.ReadAllBytes(file), out RgbPicture picture))
                {
                    pixels.Write(Squeeze(picture, size));
                    labels.Add(label);
                }
                else
                {
                    skipped++;
                }
            }
        }

        if (labels.Count == 0)
            throw new DataException(DataError.Corrupt, $"{folder} has no readable picture in {classFolders.Length} class folders ({skipped} skipped)");
        return new ImageSet(size, size, 3, pixels.ToArray(), [.. labels], [.. classFolders.Select(f => Path.GetFileName(f)!)]) { Skipped = skipped };
    }

    /// <summary>Averages the part of the source below each destination pixel; where it is smaller than a pixel, takes the pixel.</summary>
    internal static byte[] Squeeze(RgbPicture picture, int size)
    {
        int side = Math.Min(picture.Width, picture.Height);
        int left = (picture.Width - side) / 2, top = (picture.Height - side) / 2;
        var result = new byte[size * size * 3];
        for (int y = 0; y < size; y++)
        {
            int y0 = (int)((long)y * side / size), y1 = Math.Max(y0 + 1, (int)((long)(y + 1) * side / size));
            for (int x = 0; x < size; x++)
            {
                int x0 = (int)((long)x * side / size), x1 = Math.Max(x0 + 1, (int)((long)(x + 1) * side / size));
                int area = (y1 - y0) * (x1 - x0);
                for (int c = 0; c < 3; c++)
                {
                    long sum = 0;
                    for (int sy = y0; sy < y1; sy++)
                    {
                        int row = (top + sy) * picture.Width + left;
                        for (int sx = x0; sx < x1; sx++)
                            sum += picture.Pixels[(row + sx) * 3 + c];
                    }

                    result[(y * size + x) * 3 + c] = (byte)((sum + area / 2) / area);
                }
            }
        }

        return result;
    }
}
