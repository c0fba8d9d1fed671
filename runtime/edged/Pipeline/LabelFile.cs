namespace EdgeRuntime.Daemon;

/// <summary>A text file with one class name per line.</summary>
internal static class LabelFile
{
    private const long MaxBytes = 4 << 20;

    /// <summary>The names, in the order of the scores; empty lines at the end do not count.</summary>
    /// <exception cref="DaemonException">The file is missing, unreadable or too large.</exception>
    public static string[] Read(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxBytes)
                throw new DaemonException(ExitCode.File, $"label file {path} has {length} bytes; the limit is {MaxBytes}");
            return File.ReadAllText(path).TrimEnd().Split('\n').Select(l => l.Trim()).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DaemonException(ExitCode.File, $"label file {path} cannot be read: {e.Message}", e);
        }
    }
}
