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
        ["mjpeg"] = PixelFormat.Mjpeg,
    };

    /// <summary>The names of the formats, for messages.</summary>
    public static string PixelFormatNames => string.Join(", ", Formats.Keys);

    /// <summary>The format of a name, or null.</summary>
    public static PixelFormat? PixelFormatOf(string name) => Formats.TryGetValue(name, out PixelFormat format) ? format : null;

    /// <summary>Opens a source. A camera is opened by the first read, and again whenever it is lost.</summary>
    /// <param name="config">A checked configuration.</param>
    /// <param name="enough">Size of the network's input: pictures need not be decoded larger than that.</param>
    /// <param name="onProblem">Told of pictures that are left out, and of each loss of a camera.</param>
    /// <exception cref="CameraException">The source cannot be opened.</exception>
    public static IFrameSource Open(SourceConfig config, (int Width, int Height) enough, Action<CameraException> onProblem)
    {
        int width = config.Width ?? 320, height = config.Height ?? 240;
        PixelFormat format = PixelFormatOf(config.Format ?? "yuyv")!.Value;
        IFrameSource source = config.Kind switch
        {
            SourceKind.Digits => new SyntheticDigits(width, height, format, (ulong)config.Seed, config.FramesPerDigit),
            SourceKind.Bars => new MovingBars(width, height, format),
            SourceKind.Raw => new RawFileSource(config.Path!, new FrameFormat(width, height, format), config.Loop),
            SourceKind.Picture => Pictures(PictureSource.FromFile(config.Path!, config.Loop, enough), onProblem),
            SourceKind.Directory => Pictures(PictureSource.FromDirectory(config.Path!, config.Loop, enough), onProblem),
            SourceKind.Camera => Camera(config, enough, onProblem),
            _ => Rpicam(config, enough, onProblem),
        };
        if (config.FramesPerSecond > 0 && config.Kind is not (SourceKind.Camera or SourceKind.Rpicam))
            source = new PacedSource(source, config.FramesPerSecond);
        return config.Frames > 0 ? new LimitedSource(source, config.Frames) : source;
    }

    /// <summary>What is asked of a Video4Linux camera.</summary>
    public static V4l2Options CameraOptions(SourceConfig config, (int Width, int Height) enough)
    {
        var options = new V4l2Options
        {
            Width = config.Width ?? Math.Max(640, enough.Width),
            Height = config.Height ?? Math.Max(480, enough.Height),
            FramesPerSecond = config.FramesPerSecond > 0 ? config.FramesPerSecond : 30,
            PixelFormat = config.Format is { } name ? PixelFormatOf(name) : null,
            Exposure = config.ExposureMicroseconds is { } time ? TimeSpan.FromMicroseconds(time) : null,
            Gain = config.Gain,
            PowerLine = config.PowerLine,
        };
        if (config.Device is { } device)
            options = options with { Device = device };
        return config.StallMilliseconds is { } stall ? options with { StallTimeout = TimeSpan.FromMilliseconds(stall) } : options;
    }

    private static MjpegSource Camera(SourceConfig config, (int Width, int Height) enough, Action<CameraException> onProblem)
    {
        V4l2Options options = CameraOptions(config, enough);
        return new MjpegSource(new ReconnectingSource($"camera {options.Device}", () => new V4l2Source(options), onProblem), enough) { OnSkipped = onProblem };
    }

    /// <summary>A CSI camera that is not opened again when it is lost.</summary>
    public static RpicamSource OpenOnce(SourceConfig config, (int Width, int Height) enough) => new(RpicamOptionsOf(config, enough));

    private static ReconnectingSource Rpicam(SourceConfig config, (int Width, int Height) enough, Action<CameraException> onProblem)
    {
        RpicamOptions options = RpicamOptionsOf(config, enough);
        return new ReconnectingSource($"CSI camera {options.Camera}", () => new RpicamSource(options), onProblem);
    }

    private static RpicamOptions RpicamOptionsOf(SourceConfig config, (int Width, int Height) enough)
    {
        var options = new RpicamOptions
        {
            Width = config.Width ?? (Math.Max(640, enough.Width) + 63) / 64 * 64,
            Height = config.Height ?? (Math.Max(480, enough.Height) + 1) / 2 * 2,
            FramesPerSecond = config.FramesPerSecond > 0 ? config.FramesPerSecond : 30,
            Camera = config.CameraNumber ?? 0,
            ExtraArguments = config.Arguments ?? [],
        };
        if (config.Program is { } program)
            options = options with { Program = program };
        return config.StallMilliseconds is { } stall ? options with { StallTimeout = TimeSpan.FromMilliseconds(stall) } : options;
    }

    private static PictureSource Pictures(PictureSource source, Action<CameraException> onSkipped)
    {
        source.OnSkipped = onSkipped;
        return source;
    }
}
