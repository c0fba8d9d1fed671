using System.IO.Compression;

namespace EdgeRuntime.Training.Data;

/// <summary>Opening and reading files of data sets, with failures as <see cref="DataException"/>.</summary>
internal static class DataFile
{
    private const int Chunk = 1 << 20;

    /// <summary>Opens a file; one that begins with gzip's magic is unpacked while it is read.</summary>
    public static Stream OpenRead(string path)
    {
        FileStream file = OpenRaw(path);
        try
        {
            bool packed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return packed ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file as it is.</summary>
    public static FileStream OpenRaw(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(DataError.NotFound, $"{path} does not exist; `edgec data` downloads the known data sets", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(DataError.NotFound, $"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Fills the buffer.</summary>
    public static void ReadExactly(Stream stream, Span<byte> buffer, string path)
    {
        int got = Guard(path, stream, buffer, static (s, b) => s.ReadAtLeast(b, b.Length, throwOnEndOfStream: false));
        if (got < buffer.Length)
            throw new DataException(DataError.Corrupt, $"{path} ends after {got} of {buffer.Length} bytes");
    }

    /// <summary>Reads <paramref name="size"/> bytes; memory grows with what is really there.</summary>
    public static byte[] ReadBytes(Stream stream, long size, string path)
    {
        if (size > ImageSet.MaxBytes)
            throw new DataException(DataError.LimitExceeded, $"{path}: {size} bytes of pixels are above the limit of {ImageSet.MaxBytes}");
        var bytes = new byte[Math.Min(size, Chunk)];
        long have = 0;
        while (have < size)
        {
            if (have == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(size, have * 2));
            int got = Guard(path, stream, bytes.AsSpan((int)have), static (s, b) => s.Read(b));
            if (got == 0)
                throw new DataException(DataError.Corrupt, $"{path} ends after {have} of {size} bytes");
            have += got;
        }

        return bytes;
    }

    /// <summary>Writes to a temporary file beside <paramref name="path"/> and renames it, so that the file is either the old or the new one.</summary>
    public static void WriteAtomically(string path, Action<Stream> write)
    {
        string temporary = path + ".tmp";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static int Guard(string path, Stream stream, Span<byte> buffer, Func<Stream, Span<byte>, int> read)
    {
        try
        {
            return read(stream, buffer);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new DataException(DataError.Corrupt, $"{path} cannot be read: {e.Message}", e);
        }
    }
}
