namespace EdgeRuntime.Camera;

/// <summary>
/// Decodes still pictures: JPEG (baseline, progressive) with the system's libturbojpeg or, where that is missing, with StbImageSharp, whose pixels may
/// differ by a grey level or two; PNG and BMP. Colour pictures become RGB24, grey ones Grey8; transparency is dropped.
/// A decoder and the frame it fills are reused: JPEG pictures of a size seen before allocate nothing. Used by one thread at a time.
/// </summary>
public sealed class PictureDecoder : IDisposable
{
    /// <summary>Largest length of an encoded picture in bytes.</summary>
    public const int MaxFileLength = 64 << 20;

    private readonly TurboJpegDecoder? turbo = TurboJpegDecoder.TryCreate();

    /// <summary>True where the system has libturbojpeg.</summary>
    public static bool HasTurboJpeg => TurboJpegLibrary.Instance is not null;

    /// <summary>Decodes a whole picture file.</summary>
    /// <param name="encoded">The bytes of the file.</param>
    /// <param name="frame">Receives format and pixels.</param>
    /// <param name="minWidth">A JPEG picture may be decoded at a half, quarter or eighth, as long as it keeps this width; 0: full size.</param>
    /// <param name="minHeight">As <paramref name="minWidth"/>.</param>
    /// <exception cref="CameraException">The file is no picture, truncated, corrupt, or above a limit.</exception>
    public void Decode(ReadOnlySpan<byte> encoded, Frame frame, int minWidth = 0, int minHeight = 0)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (encoded.Length > MaxFileLength)
            throw new CameraException(CameraErrorKind.LimitExceeded, $"picture of {encoded.Length} bytes is above the limit of {MaxFileLength}");
        if (encoded.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8]))
        {
            if (turbo is not null)
                turbo.Decode(encoded, frame, minWidth, minHeight);
            else
                StbJpegDecoder.Decode(encoded, frame);
        }
        else if (encoded.StartsWith(PngDecoder.Signature))
            PngDecoder.Decode(encoded, frame);
        else if (encoded.StartsWith("BM"u8))
            BmpDecoder.Decode(encoded, frame);
        else
            throw new CameraException(CameraErrorKind.InvalidData, $"no JPEG, PNG or BMP picture: {encoded.Length} bytes that begin with {Convert.ToHexString(encoded[..Math.Min(8, encoded.Length)])}");
    }

    /// <summary>Reads and decodes a picture file.</summary>
    /// <exception cref="CameraException">The file cannot be read or is no usable picture; the message names it.</exception>
    public static Frame Load(string path)
    {
        using var decoder = new PictureDecoder();
        var frame = new Frame { Name = path };
        decoder.DecodeFile(new BoundedFileReader(), path, frame, 0, 0);
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose() => turbo?.Dispose();

    internal void DecodeFile(BoundedFileReader reader, string path, Frame frame, int minWidth, int minHeight)
    {
        try
        {
            Decode(reader.Read(path, MaxFileLength), frame, minWidth, minHeight);
        }
        catch (CameraException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new CameraException(e.Kind, $"{path}: {e.Message}", e);
        }
    }
}
