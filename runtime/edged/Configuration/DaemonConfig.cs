namespace EdgeRuntime.Daemon;

/// <summary>The configuration file of run and serve (deploy/config/config.schema.json). Paths are relative to the file's directory.</summary>
internal sealed record DaemonConfig
{
    /// <summary>Address of the schema, for editors; not read.</summary>
    public string? Schema { get; init; }

    /// <summary>The network: an .edge file.</summary>
    public required string Model { get; init; }

    /// <summary>A file with one class name per line instead of the model's own names.</summary>
    public string? Labels { get; init; }

    /// <summary>Threads of inference, 1..64.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Where frames come from.</summary>
    public required SourceConfig Source { get; init; }

    /// <summary>How frames become decisions.</summary>
    public DecisionConfig Decision { get; init; } = new();

    /// <summary>Labels per report, 1..100.</summary>
    public int Top { get; init; } = 3;

    /// <summary>Where predictions go.</summary>
    public IReadOnlyList<ReporterConfig> Reporters { get; init; } = [new ReporterConfig { Kind = ReporterKind.Console }];
}

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
}

/// <summary>A frame source.</summary>
internal sealed record SourceConfig
{
    /// <summary>Which source.</summary>
    public required SourceKind Kind { get; init; }

    /// <summary>File or directory of picture, directory and raw.</summary>
    public string? Path { get; init; }

    /// <summary>Columns of raw and rendered frames.</summary>
    public int Width { get; init; } = 320;

    /// <summary>Rows of raw and rendered frames.</summary>
    public int Height { get; init; } = 240;

    /// <summary>Pixel format of raw and rendered frames.</summary>
    public string Format { get; init; } = "yuyv";

    /// <summary>Start of the random sequence of digits.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Frames that each digit is shown.</summary>
    public int FramesPerDigit { get; init; } = 10;

    /// <summary>Frames a second; 0 for as fast as they can be had.</summary>
    public double FramesPerSecond { get; init; }

    /// <summary>Frames after which the stream ends; 0 for no limit.</summary>
    public long Frames { get; init; }

    /// <summary>Whether picture, directory and raw begin again at their end.</summary>
    public bool Loop { get; init; }
}

/// <summary>Decision logic; see <see cref="DecisionOptions"/>.</summary>
internal sealed record DecisionConfig
{
    public int AverageFrames { get; init; } = 1;

    public float MinimumConfidence { get; init; }

    public IReadOnlyDictionary<string, float> LabelThresholds { get; init; } = new Dictionary<string, float>();

    public float Hysteresis { get; init; }

    public int RequiredFrames { get; init; } = 1;

    public int OfFrames { get; init; } = 1;

    public int CoolDownMilliseconds { get; init; }

    public IReadOnlyList<string> IgnoredLabels { get; init; } = [];
}

/// <summary>Kinds of reporters.</summary>
internal enum ReporterKind
{
    /// <summary>JSON lines on standard output.</summary>
    Console,

    /// <summary>JSON lines appended to a file.</summary>
    File,
}

/// <summary>A reporter.</summary>
internal sealed record ReporterConfig
{
    /// <summary>Which reporter.</summary>
    public required ReporterKind Kind { get; init; }

    /// <summary>The file of a file reporter.</summary>
    public string? Path { get; init; }
}
