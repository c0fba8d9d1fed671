using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon;

/// <summary>Kinds of frame sources.</summary>
internal enum SourceKind
{
    /// <summary>Handwritten-looking digits, rendered.</summary>
    Digits,

    /// <summary>Moving colour bars.</summary>
    Bars,

    /// <summary>One picture file.</summary>
    Picture,

    /// <summary>All pictures of a directory, by name.</summary>
    Directory,

    /// <summary>A file of raw frames.</summary>
    Raw,

    /// <summary>A Video4Linux camera: USB cameras and frame grabbers.</summary>
    Camera,

    /// <summary>A CSI camera of the Raspberry Pi, through rpicam-vid.</summary>
    Rpicam,
}

/// <summary>A frame source.</summary>
internal sealed record SourceConfig
{
    /// <summary>Which source.</summary>
    public required SourceKind Kind { get; init; }

    /// <summary>File or directory of picture, directory and raw.</summary>
    public string? Path { get; set; }

    /// <summary>Columns: of raw and drawn frames (320 unless given), or wanted of a camera (640 or what the network needs).</summary>
    public int? Width { get; set; }

    /// <summary>Rows, as <see cref="Width"/>: 240, or 480 or what the network needs.</summary>
    public int? Height { get; set; }

    /// <summary>Pixel format of raw and drawn frames (yuyv unless given); of a camera the one to use instead of the best.</summary>
    public string? Format { get; set; }

    /// <summary>Start of the random sequence of digits.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>Frames that each digit is shown.</summary>
    public int FramesPerDigit { get; set; } = 10;

    /// <summary>Frames a second; 0 for as fast as they can be had, or 30 from a camera.</summary>
    public double FramesPerSecond { get; set; }

    /// <summary>Frames after which the stream ends; 0 for no limit.</summary>
    public long Frames { get; set; }

    /// <summary>Whether picture, directory and raw begin again at their end.</summary>
    public bool Loop { get; set; }

    /// <summary>Device file of a camera.</summary>
    public string? Device { get; set; }

    /// <summary>Exposure of a camera; automatic unless given.</summary>
    public int? ExposureMicroseconds { get; set; }

    /// <summary>Gain of a camera in its driver's units; automatic unless given.</summary>
    public int? Gain { get; set; }

    /// <summary>A camera's filter against the flicker of lamps.</summary>
    public PowerLineFrequency? PowerLine { get; set; }

    /// <summary>A camera that delivers nothing for this time is opened again.</summary>
    public int? StallMilliseconds { get; set; }

    /// <summary>Number of a CSI camera, 0 for the first.</summary>
    public int? CameraNumber { get; set; }

    /// <summary>The program that reads a CSI camera.</summary>
    public string? Program { get; set; }

    /// <summary>More options for that program, such as --hflip.</summary>
    public IReadOnlyList<string>? Arguments { get; set; }
}
