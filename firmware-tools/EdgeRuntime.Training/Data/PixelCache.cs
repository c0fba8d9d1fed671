using System.Security.Cryptography;
using System.Text;

namespace EdgeRuntime.Training.Data;

/// <summary>
/// Keeps decoded pixels in a file, so that a data set is decoded once and is the same in every run. A cache is used only for the source it was made
/// of (length and time of last change) and only if its checksum is right; otherwise it is made anew.
/// </summary>
public static class PixelCache
{
    private const uint Magic = 0x43504445; // "EDPC"
    private const int Version = 1;

    /// <summary>Folder of the caches: EDGE_CACHE, or <c>edgeruntime</c> in XDG_CACHE_HOME or in <c>~/.cache</c>.</summary>
    public static string DefaultFolder =>
        Environment.GetEnvironmentVariable("EDGE_CACHE") is { Length: > 0 } own
            ? own
            : Path.Combine(
                Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
                    ? xdg
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "edgeruntime");

    /// <summary>The cached pixels of <paramref name="source"/>, or what <paramref name="decode"/> makes of it, which is then cached.</summary>
    public static ImageSet GetOrDecode(string folder, string source, Func<ImageSet> decode)
    {
        ArgumentNullException.ThrowIfNull(decode);
        var info = new FileInfo(source);
        string key = $"{info.FullName}\n{(info.Exists ? info.Length : 0)}\n{(info.Exists ? info.LastWriteTimeUtc.Ticks : 0)}";
        string path = Path.Combine(folder, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..24].ToLowerInvariant() + ".pixels");
        if (TryRead(path) is { } cached)
            return cached;
        ImageSet set = decode();
        try
        {
            Write(path, set);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a place for it, the data set is decoded each time.
        }

        return set;
    }

    /// <summary>Writes a cache file.</summary>
    public static void Write(string path, ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        DataFile.WriteAtomically(path, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(Magic);
            writer.Write(Version);
            foreach (int value in (ReadOnlySpan<int>)[set.Height, set.Width, set.Channels, set.Count, set.Skipped, set.Classes.Count])
                writer.Write(value);
            foreach (string name in set.Classes)
                writer.Write(name);
            foreach (int label in set.Labels)
                writer.Write(label);
            writer.Write(SHA256.HashData(set.Pixels));
            writer.Write(set.Pixels);
        });
    }

    /// <summary>Reads a cache file; null where there is none or it is not intact.</summary>
    public static ImageSet? TryRead(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using FileStream file = DataFile.OpenRaw(path);
            using var reader = new BinaryReader(file, Encoding.UTF8);
            if (reader.ReadUInt32() != Magic || reader.ReadInt32() != Version)
                return null;
            int height = reader.ReadInt32(), width = reader.ReadInt32(), channels = reader.ReadInt32();
            int count = reader.ReadInt32(), skipped = reader.ReadInt32(), classCount = reader.ReadInt32();
            if (height is < 1 or > 4096 || width is < 1 or > 4096 || channels is < 1 or > 4 || count < 0 || classCount < 1
                || (long)classCount + 4L * count > file.Length || (long)height * width * channels * count > file.Length)
                return null;
            var classes = new string[classCount];
            for (int i = 0; i < classCount; i++)
                classes[i] = reader.ReadString();
            var labels = new int[count];
            for (int i = 0; i < count; i++)
                labels[i] = reader.ReadInt32();
            byte[] checksum = reader.ReadBytes(SHA256.HashSizeInBytes);
            byte[] pixels = reader.ReadBytes(height * width * channels * count);
            return SHA256.HashData(pixels).AsSpan().SequenceEqual(checksum)
                ? new ImageSet(height, width, channels, pixels, labels, classes) { Skipped = skipped }
                : null;
        }
        catch (Exception e) when (e is IOException or DataException or FormatException or OverflowException)
        {
            return null;
        }
    }
}
