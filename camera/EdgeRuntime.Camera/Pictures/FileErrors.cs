namespace EdgeRuntime.Camera;

/// <summary>Turns what the file system throws into one line.</summary>
internal static class FileErrors
{
    public static CameraException Of(string path, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => new(CameraErrorKind.NotFound, $"{path}: no such file or directory", e),
        UnauthorizedAccessException => new(CameraErrorKind.PermissionDenied, $"{path}: not readable for this user, or a directory", e),
        _ => new(CameraErrorKind.SystemError, $"{path}: {e.Message}", e),
    };
}
