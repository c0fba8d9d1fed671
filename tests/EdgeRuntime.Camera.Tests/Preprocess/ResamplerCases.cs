namespace EdgeRuntime.Camera.Tests;

/// <summary>One conversion of the table that every optimised resampler is compared on.</summary>
public sealed record ResamplerCase(PixelFormat Format, int Width, int Height, int Padding, FrameTransform Transform, YuvEncoding Encoding = YuvEncoding.Bt601)
{
    public override string ToString() => FormattableString.Invariant(
        $"{Encoding} {Format} {Width}x{Height}+{Padding} to {Transform.Width}x{Transform.Height}x{Transform.Channels} {Transform.Fit} {Transform.Filter} {Transform.Layout} {Transform.CropFraction}");

    public FrameFormat FrameFormat
    {
        get
        {
            var tight = new FrameFormat(Width, Height, Format, 0, Encoding);
            return Padding == 0 ? tight : new FrameFormat(Width, Height, Format, tight.Stride + Padding, Encoding);
        }
    }

    private static readonly PixelFormat[] Formats =
        [PixelFormat.Rgb24, PixelFormat.Bgr24, PixelFormat.Rgba32, PixelFormat.Grey8, PixelFormat.Yuyv, PixelFormat.Uyvy, PixelFormat.Nv12, PixelFormat.Yuv420];

    public static IEnumerable<ResamplerCase> Table()
    {
        foreach (PixelFormat format in Formats)
        {
            bool paired = format is PixelFormat.Yuyv or PixelFormat.Uyvy;
            foreach (int channels in new[] { 1, 3 })
            {
                FrameTransform To(int width, int height, FitMode fit = FitMode.Stretch, ResizeFilter filter = ResizeFilter.Antialias, double crop = 1) =>
                    new() { Width = width, Height = height, Channels = channels, Fit = fit, Filter = filter, CropFraction = crop };

                yield return new(format, 64, 48, 0, To(64, 48));
                yield return new(format, 64, 48, 0, To(32, 24));
                yield return new(format, 66, 51, 6, To(29, 31, FitMode.Crop));
                yield return new(format, 66, 51, 0, To(33, 17, FitMode.Letterbox));
                yield return new(format, paired ? 38 : 37, 23, 11, To(19, 41, FitMode.Crop, ResizeFilter.Bilinear, 0.875));
                yield return new(format, paired ? 2 : 1, 1, 0, To(5, 3));
                yield return new(format, paired ? 4 : 3, 7, 0, To(1, 1));
                yield return new(format, 8, 300, 0, To(17, 5, filter: ResizeFilter.Area));
                yield return new(format, 300, 8, 2, To(7, 16, filter: ResizeFilter.Antialias));
                yield return new(format, 100, 60, 0, To(43, 29, FitMode.Letterbox, ResizeFilter.Nearest));
                yield return new(format, 40, 30, 0, To(96, 96, FitMode.Crop, ResizeFilter.Area));
            }
        }

        foreach (YuvEncoding encoding in Enum.GetValues<YuvEncoding>())
            yield return new(PixelFormat.Nv12, 50, 34, 14, new() { Width = 24, Height = 24, Fit = FitMode.Crop, Layout = OutputLayout.Nchw }, encoding);
        yield return new(PixelFormat.Yuyv, 640, 480, 0, new() { Width = 224, Height = 224, Fit = FitMode.Crop });
        foreach (FrameTransform quantized in Quantizations())
            yield return new(PixelFormat.Rgb24, 41, 41, 0, quantized);
        yield return new(PixelFormat.Rgb24, 1313, 800, 0, new() { Width = 96, Height = 96, Fit = FitMode.Stretch });
    }

    private static IEnumerable<FrameTransform> Quantizations()
    {
        var plain = new FrameTransform { Width = 41, Height = 41 };
        var imageNet = plain with { Mean = [123.675, 116.28, 103.53], Std = [58.395, 57.12, 57.375], Scale = 0.0186311156, ZeroPoint = -14 };
        yield return imageNet;
        yield return imageNet with { Layout = OutputLayout.Nchw };
        yield return plain with { Std = [255], Scale = 1 / 255.0 };
        yield return plain with { Mean = [127.5], Std = [127.5], Scale = 0.0078125, ZeroPoint = 0 };
        yield return plain with { Std = [-1], ZeroPoint = 127 };
        yield return plain with { Scale = 0.1, ZeroPoint = 0 };
        yield return plain with { Scale = 1000, ZeroPoint = 5 };
        yield return plain with { Mean = [100000], ZeroPoint = 5 };
        yield return plain with { Mean = [0, 50, 255], Std = [1, 3, 7], Scale = 0.3, ZeroPoint = -20 };
    }

    /// <summary>Pictures of which each stresses something else: noise, the extremes only, all dark, all bright, a ramp.</summary>
    public Frame[] Frames()
    {
        FrameFormat format = FrameFormat;
        var random = new Random(format.GetHashCode() & 1);
        byte[] noise = new byte[format.ByteLength];
        random.NextBytes(noise);
        return
        [
            Fill(format, i => noise[i]),
            Fill(format, i => (byte)((noise[i] & 1) * 255)),
            Fill(format, _ => 0),
            Fill(format, _ => 255),
            Fill(format, i => (byte)i),
        ];
    }

    private static Frame Fill(FrameFormat format, Func<int, byte> value)
    {
        var frame = new Frame();
        Span<byte> data = frame.Prepare(format);
        for (int i = 0; i < data.Length; i++)
            data[i] = value(i);
        return frame;
    }
}
