using StbImageSharp;

namespace EdgeRuntime.Training.Data;

/// <summary>A decoded picture: red, green, blue bytes row by row.</summary>
internal readonly record struct RgbPicture(int Height, int Width, byte[] Pixels);

/// <summary>Decodes still pictures (JPEG, PNG, BMP) for data sets.</summary>
internal static class PictureReader
{
    /// <summary>Decodes to RGB; false where the bytes are no picture that can be read.</summary>
    public static bool TryReadRgb(byte[] encoded, out RgbPicture picture)
    {
        try
        {
            ImageResult result = ImageResult.FromMemory(encoded, ColorComponents.RedGreenBlue);
            picture = new RgbPicture(result.Height, result.Width, result.Data);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            picture = default;
            return false;
        }
    }
}
