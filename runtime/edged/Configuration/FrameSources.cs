using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon;

/// <summary>Opens the frame source that a configuration names.</summary>
internal static class FrameSources
{
    private static readonly Dictionary<string, PixelFormat> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["yuyv"] = PixelFormat.Yuyv,
        ["uyvy"] = PixelFormat.Uyvy,
        ["nv12"] = PixelFormat.Nv12,
        ["yuv420"] = PixelFormat.Yuv420,
        ["rgb24"] = PixelFormat.Rgb24,
        ["grey"] = PixelFormat.Grey8,
    };

    /// <summary>The names of the formats, for messages.</summary>
    public static string PixelFormatNames => string.Join(", ", Formats.Keys);

    /// <summary>The format of a name, or null.</summary>
    public static PixelFormat? PixelFormatOf(string name) => Formats.TryGetValue(name, out PixelFormat format) ? format : null;

    /// <summary>Opens a source.</summary>
    /// <param name="config">A checked configuration.</param>
    /// <param name="enough">Size of the network's input: pictures need not be decoded larger than that.</param>
    /// <param name="onSkipped">Told of pictures that are left out.</param>
    /// <exception cref="CameraException">The source cannot be opened.</exception>
    public static IFrameSource Open(SourceConfig config, (int Width, int Height) enough, Action<CameraException> onSkipped)
    {
        PixelFormat format = PixelFormatOf(config.Format)!.Value;
        IFrameSource source = config.Kind switch
        {
            SourceKind.Digits => new SyntheticDigits(config.Width, config.Height, format, (ulong)config.Seed, config.FramesPerDigit),
            SourceKind.Bars => new MovingBars(config.Width, config.Height, format),
            SourceKind.Raw => new RawFileSource(config.Path!, new FrameFormat(config.Width, config.Height, format), config.Loop),
            SourceKind.Picture => Pictures(PictureSource.FromFile(config.Path!, config.Loop, enough), onSkipped),
            _ => Pictures(PictureSource.FromDirectory(config.Path!, config.Loop, enough), onSkipped),
        };
        if (config.FramesPerSecond > 0)
            source = new PacedSource(source, config.FramesPerSecond);
        return config.Frames > 0 ? new LimitedSource(source, config.Frames) : source;
    }

    private static PictureSource Pictures(PictureSource source, Action<CameraException> onSkipped)
    {
        source.OnSkipped = onSkipped;
        return source;
    }
}
