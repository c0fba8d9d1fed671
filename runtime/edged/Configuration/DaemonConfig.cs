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
