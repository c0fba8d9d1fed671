namespace EdgeRuntime.Daemon;

/// <summary>How scores of single frames become a steady decision.</summary>
internal sealed record DecisionOptions
{
    /// <summary>Frames over which probabilities are averaged, 1..1000.</summary>
    public int AverageFrames { get; init; } = 1;

    /// <summary>Least probability at which a label is taken, 0..1.</summary>
    public float MinimumConfidence { get; init; }

    /// <summary>Least probability for single labels by index, instead of <see cref="MinimumConfidence"/>.</summary>
    public IReadOnlyDictionary<int, float> LabelThresholds { get; init; } = new Dictionary<int, float>();

    /// <summary>A decided label stays until its probability falls this far below its threshold, or another label leads it by this much; 0..1.</summary>
    public float Hysteresis { get; init; }

    /// <summary>Frames of the last <see cref="OfFrames"/> in which a label must lead before it is decided, 1..OfFrames.</summary>
    public int RequiredFrames { get; init; } = 1;

    /// <summary>Frames that are looked back at, 1..1000.</summary>
    public int OfFrames { get; init; } = 1;

    /// <summary>After a change of the decision, the time during which it does not change again.</summary>
    public TimeSpan CoolDown { get; init; }

    /// <summary>Labels that are never decided, such as a background class; by index.</summary>
    public IReadOnlySet<int> IgnoredLabels { get; init; } = new HashSet<int>();
}
