namespace EdgeRuntime.Daemon;

/// <summary>Turns the names of labels in a configuration into indices.</summary>
internal static class DecisionSettings
{
    /// <summary>Options of the decision logic for a network with these labels.</summary>
    /// <exception cref="DaemonException">A name is none of the labels.</exception>
    public static DecisionOptions Of(DecisionConfig config, IReadOnlyList<string> labels) => new()
    {
        AverageFrames = config.AverageFrames,
        MinimumConfidence = config.MinimumConfidence,
        LabelThresholds = config.LabelThresholds.ToDictionary(p => IndexOf(p.Key, labels), p => p.Value),
        Hysteresis = config.Hysteresis,
        RequiredFrames = config.RequiredFrames,
        OfFrames = config.OfFrames,
        CoolDown = TimeSpan.FromMilliseconds(config.CoolDownMilliseconds),
        IgnoredLabels = config.IgnoredLabels.Select(l => IndexOf(l, labels)).ToHashSet(),
    };

    /// <summary>Index of a label.</summary>
    /// <exception cref="DaemonException">It is none of the labels.</exception>
    public static int IndexOf(string label, IReadOnlyList<string> labels)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] == label)
                return i;
        }

        throw new DaemonException(ExitCode.Configuration, $"the configuration names the label '{label}', which is none of the network's {labels.Count}");
    }
}
