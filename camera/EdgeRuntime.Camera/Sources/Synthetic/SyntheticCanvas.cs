namespace EdgeRuntime.Camera;

/// <summary>A plane of brightness values (0..255) or of RGB colours that is written out in the pixel format of a camera.</summary>
internal sealed class SyntheticCanvas
{
    private readonly byte[] grey;

    public SyntheticCanvas(int width, int height, PixelFormat pixelFormat)
    {
        if (width is < 32 or > 4096 || height is < 32 or > 4096 || width % 2 != 0 || height % 2 != 0)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"scene of {width}x{height}: both must be even and in 32..4096");
        if (pixelFormat == PixelFormat.Mjpeg)
            throw new CameraException(CameraErrorKind.Unsupported, "scenes are not rendered as MJPEG");
        Format = new FrameFormat(width, height, pixelFormat);
        grey = new byte[width * height];
    }

    public FrameFormat Format { get; }

    /// <summary>Sets all brightness values and returns them for drawing.</summary>
    public Span<byte> Clear(byte dark)
    {
        grey.AsSpan().Fill(dark);
        return grey;
    }

    /// <summary>Adds noise of a triangular distribution, at most <paramref name="strength"/> either way.</summary>
    public void AddNoise(ref SceneRandom random, int strength)
    {
        if (strength == 0)
            return;
        ulong bits = 0;
        for (int i = 0; i < grey.Length; i++)
        {
            if (i % 4 == 0)
                bits = random.NextBits();
            int sum = (int)(bits & 0xff) + (int)((bits >> 8) & 0xff) - 255;
            bits >>= 16;
            grey[i] = (byte)Math.Clamp(grey[i] + (sum * strength / 256), 0, 255);
        }
    }

    /// <summary>Writes the brightness plane in the format of the canvas.</summary>
    public void WriteGrey(Span<byte> frame)
    {
        for (int i = 0; i < grey.Length; i++)
            WritePixel(frame, i, grey[i], grey[i], grey[i]);
    }

    /// <summary>Writes one pixel; in formats with shared chroma the pixel at even coordinates sets it.</summary>
    public void WritePixel(Span<byte> frame, int index, int red, int green, int blue)
    {
        int width = Format.Width, luma = grey.Length;
        int chroma = (index / width / 2 * (width / 2)) + (index % width / 2);
        bool first = (index % width & 1) == 0, firstRow = (index / width & 1) == 0;
        switch (Format.PixelFormat)
        {
            case PixelFormat.Grey8:
                frame[index] = (byte)(((306 * red) + (601 * green) + (117 * blue) + 512) >> 10);
                return;
            case PixelFormat.Rgb24 or PixelFormat.Bgr24 or PixelFormat.Rgba32:
                int step = Format.PixelFormat == PixelFormat.Rgba32 ? 4 : 3;
                bool reversed = Format.PixelFormat == PixelFormat.Bgr24;
                frame[index * step] = (byte)(reversed ? blue : red);
                frame[(index * step) + 1] = (byte)green;
                frame[(index * step) + 2] = (byte)(reversed ? red : blue);
                if (step == 4)
                    frame[(index * step) + 3] = 255;
                return;
        }

        // BT.601 limited range, coefficients times 256.
        byte y = (byte)(16 + (((66 * red) + (129 * green) + (25 * blue) + 128) >> 8));
        byte u = (byte)(128 + (((-38 * red) - (74 * green) + (112 * blue) + 128) >> 8));
        byte v = (byte)(128 + (((112 * red) - (94 * green) - (18 * blue) + 128) >> 8));
        switch (Format.PixelFormat)
        {
            case PixelFormat.Yuyv:
                frame[index * 2] = y;
                frame[(index * 2) + 1] = first ? u : v;
                break;
            case PixelFormat.Uyvy:
                frame[(index * 2) + 1] = y;
                frame[index * 2] = first ? u : v;
                break;
            case PixelFormat.Nv12:
                frame[index] = y;
                if (first && firstRow)
                    (frame[luma + (chroma * 2)], frame[luma + (chroma * 2) + 1]) = (u, v);
                break;
            case PixelFormat.Yuv420:
                frame[index] = y;
                if (first && firstRow)
                    (frame[luma + chroma], frame[luma + (luma / 4) + chroma]) = (u, v);
                break;
        }
    }
}
