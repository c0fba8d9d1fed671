using System.Text.Json.Serialization;

namespace EdgeRuntime.Daemon;

// The generated serializer hands init-only properties their type's default where the file leaves a key out, so optional ones are settable.
/// <summary>The configuration file of run and serve (deploy/config/config.schema.json). Paths are relative to the file's directory.</summary>
internal sealed record DaemonConfig
{
    /// <summary>Address of the schema, for editors; not read.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>The network: an .edge file.</summary>
    public required string Model { get; init; }

    /// <summary>A file with one class name per line instead of the model's own names.</summary>
    public string? Labels { get; set; }

    /// <summary>Threads of inference, 1..64.</summary>
    public int Threads { get; set; } = 1;

    /// <summary>Where frames come from.</summary>
    public required SourceConfig Source { get; init; }

    /// <summary>How frames become decisions.</summary>
    public DecisionConfig Decision { get; set; } = new();

    /// <summary>Labels per report, 1..100.</summary>
    public int Top { get; set; } = 3;

    /// <summary>Where predictions go.</summary>
    public IReadOnlyList<ReporterConfig> Reporters { get; set; } = [new ReporterConfig { Kind = ReporterKind.Console }];
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
    public string? Path { get; set; }

    /// <summary>Columns of raw and rendered frames.</summary>
    public int Width { get; set; } = 320;

    /// <summary>Rows of raw and rendered frames.</summary>
    public int Height { get; set; } = 240;

    /// <summary>Pixel format of raw and rendered frames.</summary>
    public string Format { get; set; } = "yuyv";

    /// <summary>Start of the random sequence of digits.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>Frames that each digit is shown.</summary>
    public int FramesPerDigit { get; set; } = 10;

    /// <summary>Frames a second; 0 for as fast as they can be had.</summary>
    public double FramesPerSecond { get; set; }

    /// <summary>Frames after which the stream ends; 0 for no limit.</summary>
    public long Frames { get; set; }

    /// <summary>Whether picture, directory and raw begin again at their end.</summary>
    public bool Loop { get; set; }
}

/// <summary>Decision logic; see <see cref="DecisionOptions"/>.</summary>
internal sealed record DecisionConfig
{
    public int AverageFrames { get; set; } = 1;

    public float MinimumConfidence { get; set; }

    public IReadOnlyDictionary<string, float> LabelThresholds { get; set; } = new Dictionary<string, float>();

    public float Hysteresis { get; set; }

    public int RequiredFrames { get; set; } = 1;

    public int OfFrames { get; set; } = 1;

    public int CoolDownMilliseconds { get; set; }

    public IReadOnlyList<string> IgnoredLabels { get; set; } = [];
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
    public string? Path { get; set; }
}
