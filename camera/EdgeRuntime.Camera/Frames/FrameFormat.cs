using System.Globalization;

namespace EdgeRuntime.Camera;

/// <summary>Size and memory layout of a frame.</summary>
public readonly record struct FrameFormat
{
    /// <summary>Largest width and largest height of a frame, in pixels.</summary>
    public const int MaxSide = 16384;

    /// <summary>Largest number of pixels of a frame.</summary>
    public const int MaxPixels = 40_000_000;

    /// <summary>Describes a frame and checks that such a frame can exist.</summary>
    /// <param name="width">Pixels per row, 1..<see cref="MaxSide"/>; even for YUYV and UYVY.</param>
    /// <param name="height">Rows, 1..<see cref="MaxSide"/>.</param>
    /// <param name="pixelFormat">Layout of the pixels.</param>
    /// <param name="stride">Bytes from one row of the first plane to the next; 0 means rows without a gap.</param>
    /// <param name="encoding">Meaning of Y, U, V bytes; ignored by the other formats.</param>
    /// <exception cref="CameraException">A size or the stride is out of range.</exception>
    public FrameFormat(int width, int height, PixelFormat pixelFormat, int stride = 0, YuvEncoding encoding = YuvEncoding.Bt601)
    {
        if (width is < 1 or > MaxSide)
            throw new CameraException(CameraErrorKind.LimitExceeded, $"frame width {width} is outside 1..{MaxSide}");
        if (height is < 1 or > MaxSide)
            throw new CameraException(CameraErrorKind.LimitExceeded, $"frame height {height} is outside 1..{MaxSide}");
        if ((long)width * height > MaxPixels)
            throw new CameraException(CameraErrorKind.LimitExceeded, $"frame of {width}x{height} = {(long)width * height} pixels is above the limit of {MaxPixels}");
        if (!Enum.IsDefined(pixelFormat))
            throw new CameraException(CameraErrorKind.InvalidArgument, $"unknown pixel format {(int)pixelFormat}");
        if (!Enum.IsDefined(encoding))
            throw new CameraException(CameraErrorKind.InvalidArgument, $"unknown YUV encoding {(int)encoding}");
        if (pixelFormat is PixelFormat.Yuyv or PixelFormat.Uyvy && width % 2 != 0)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"{pixelFormat} codes pixels in pairs: the width {width} must be even");
        int tight = TightStride(width, pixelFormat);
        if (stride == 0)
            stride = tight;
        if (stride < tight || stride > MaxSide * 8)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"stride {stride} is outside {tight}..{MaxSide * 8} for {width} pixels of {pixelFormat}");
        if (pixelFormat == PixelFormat.Yuv420 && stride != tight && stride % 2 != 0)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"stride {stride} of a padded Yuv420 frame must be even");
        Width = width;
        Height = height;
        PixelFormat = pixelFormat;
        Stride = stride;
        Encoding = encoding;
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Layout of the pixels.</summary>
    public PixelFormat PixelFormat { get; }

    /// <summary>Bytes from one row of the first plane to the next.</summary>
    public int Stride { get; }

    /// <summary>Meaning of Y, U, V bytes.</summary>
    public YuvEncoding Encoding { get; }

    /// <summary>Bytes from one row of a chroma plane to the next; 0 where there is none.</summary>
    internal int ChromaStride => PixelFormat switch
    {
        PixelFormat.Nv12 => Stride + (Stride & 1),
        PixelFormat.Yuv420 => (Stride + 1) / 2,
        _ => 0,
    };

    /// <summary>Bytes of a whole frame; the largest possible length for <see cref="PixelFormat.Mjpeg"/>.</summary>
    public int ByteLength => PixelFormat switch
    {
        PixelFormat.Nv12 => checked((Stride * Height) + (ChromaStride * ((Height + 1) / 2))),
        PixelFormat.Yuv420 => checked((Stride * Height) + (2 * ChromaStride * ((Height + 1) / 2))),
        PixelFormat.Mjpeg => checked(65536 + (Width * Height * 3)),
        _ => checked(Stride * Height),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height} {PixelFormat}");

    private static int TightStride(int width, PixelFormat pixelFormat) => pixelFormat switch
    {
        PixelFormat.Rgb24 or PixelFormat.Bgr24 => width * 3,
        PixelFormat.Rgba32 => width * 4,
        PixelFormat.Yuyv or PixelFormat.Uyvy => width * 2,
        PixelFormat.Mjpeg => 0,
        _ => width,
    };
}
