namespace EdgeRuntime.Camera;

/// <summary>Reads whole files into one buffer that is reused, up to a limit.</summary>
internal sealed class BoundedFileReader
{
    private byte[] buffer = [];

    public ReadOnlySpan<byte> Read(string path, int limit)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = RandomAccess.GetLength(file);
            if (length > limit)
                throw new CameraException(CameraErrorKind.LimitExceeded, $"{path}: {length} bytes are above the limit of {limit}");
            if (buffer.Length < length)
                buffer = GC.AllocateUninitializedArray<byte>((int)length);
            int filled = 0;
            while (filled < length)
            {
                int read = RandomAccess.Read(file, buffer.AsSpan(filled, (int)length - filled), filled);
                if (read == 0)
                    break;
                filled += read;
            }

            return buffer.AsSpan(0, filled);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Of(path, e);
        }
    }
}
