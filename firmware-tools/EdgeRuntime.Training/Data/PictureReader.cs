using EdgeRuntime.Camera;

namespace EdgeRuntime.Training.Data;

/// <summary>A decoded picture: red, green, blue bytes row by row.</summary>
internal readonly record struct RgbPicture(int Height, int Width, byte[] Pixels);

/// <summary>Decodes still pictures (JPEG, PNG, BMP) with the decoder that the board uses.</summary>
internal sealed class PictureReader : IDisposable
{
    private readonly PictureDecoder decoder = new();
    private readonly Frame frame = new();

    /// <summary>Decodes to RGB; false where the bytes are no picture that can be read.</summary>
    public bool TryReadRgb(ReadOnlySpan<byte> encoded, out RgbPicture picture)
    {
        picture = default;
        try
        {
            decoder.Decode(encoded, frame);
        }
        catch (CameraException)
        {
            return false;
        }

        int width = frame.Format.Width, height = frame.Format.Height, stride = frame.Format.Stride;
        int channels = frame.Format.PixelFormat switch { PixelFormat.Rgb24 => 3, PixelFormat.Grey8 => 1, _ => 0 };
        if (channels == 0)
            return false;
        var pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = frame.Data.Slice(y * stride, width * channels);
            for (int x = 0; x < width * 3; x++)
                pixels[y * width * 3 + x] = channels == 3 ? row[x] : row[x / 3];
        }

        picture = new RgbPicture(height, width, pixels);
        return true;
    }

    public void Dispose() => decoder.Dispose();
}
