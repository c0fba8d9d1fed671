namespace EdgeRuntime.Daemon;

/// <summary>The pins that a configuration names, in the order of the bits of <see cref="PinStates"/>, and what they mean for a network's labels.</summary>
/// <param name="Lines">Lines of the chip.</param>
/// <param name="Options">What they mean.</param>
internal sealed record PinWiring(int[] Lines, PinOptions Options)
{
    /// <summary>All lines that a gpio reporter drives, without looking at labels.</summary>
    public static int[] LinesOf(ReporterConfig config)
    {
        int[] lines = config.BinaryPins is { } binary ? [.. binary] : [.. (config.Pins?.Values ?? []).Distinct()];
        return config.HeartbeatPin is { } beat ? [.. lines, beat] : lines;
    }

    /// <summary>The wiring for a network with these labels.</summary>
    /// <exception cref="DaemonException">A label is none of the network's, or there are too few pins for a binary number.</exception>
    public static PinWiring Of(ReporterConfig config, IReadOnlyList<string> labels)
    {
        int[] lines = LinesOf(config);
        ulong[] masks = new ulong[labels.Count];
        if (config.BinaryPins is { } binary)
        {
            if (labels.Count >= 1L << binary.Count)
                throw new DaemonException(ExitCode.Configuration, $"{binary.Count} binary pins tell {(1 << binary.Count) - 1} labels apart; the network has {labels.Count}");
            for (int i = 0; i < masks.Length; i++)
                masks[i] = (ulong)i + 1;
        }

        foreach ((string label, int line) in config.Pins ?? new Dictionary<string, int>())
            masks[DecisionSettings.IndexOf(label, labels)] |= 1UL << Array.IndexOf(lines, line);

        return new PinWiring(lines, new PinOptions
        {
            Masks = masks,
            IsBinary = config.BinaryPins is not null,
            Pulse = config.Show == PinShow.Pulse ? TimeSpan.FromMilliseconds(config.PulseMilliseconds!.Value) : TimeSpan.Zero,
            Minimum = TimeSpan.FromMilliseconds(config.MinimumMilliseconds ?? 0),
            HeartbeatBit = config.HeartbeatPin is null ? -1 : lines.Length - 1,
            Heartbeat = TimeSpan.FromMilliseconds(config.HeartbeatMilliseconds ?? 500),
        });
    }
}
