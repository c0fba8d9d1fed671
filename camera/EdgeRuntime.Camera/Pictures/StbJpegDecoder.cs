using StbImageSharp;

namespace EdgeRuntime.Camera;

/// <summary>JPEG without libturbojpeg. StbImageSharp checks little: size is bounded before, and whatever it throws becomes one kind of error.</summary>
internal static class StbJpegDecoder
{
    public static void Decode(ReadOnlySpan<byte> jpeg, Frame frame)
    {
        byte[] file = jpeg.ToArray();
        using var stream = new MemoryStream(file, writable: false);
        if (ImageInfo.FromStream(stream) is not { } info)
            throw new CameraException(CameraErrorKind.InvalidData, $"no JPEG picture in {file.Length} bytes");
        bool grey = info.ColorComponents == ColorComponents.Grey;
        var format = new FrameFormat(info.Width, info.Height, grey ? PixelFormat.Grey8 : PixelFormat.Rgb24);
        if (file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xff, 0xd9]) < 0)
            throw new CameraException(CameraErrorKind.InvalidData, $"truncated JPEG picture of {info.Width}x{info.Height}: no end marker in {file.Length} bytes");
        try
        {
            ImageResult image = ImageResult.FromMemory(file, grey ? ColorComponents.Grey : ColorComponents.RedGreenBlue);
            image.Data.AsSpan(0, format.ByteLength).CopyTo(frame.Prepare(format));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or CameraException))
        {
            throw new CameraException(CameraErrorKind.InvalidData, $"corrupt JPEG picture of {info.Width}x{info.Height} in {file.Length} bytes: {e.Message}", e);
        }
    }
}
