namespace EdgeRuntime.Daemon;

/// <summary>Makes the reporters that a configuration names. Devices are opened by the reporters' own threads.</summary>
internal static class ReporterFactory
{
    private const int DefaultQueue = 16;

    /// <summary>Finds out whether the reporters fit a network, without making them.</summary>
    /// <exception cref="DaemonException">A reporter names a label that the network does not have.</exception>
    public static void Check(IReadOnlyList<ReporterConfig> configs, Prediction template)
    {
        foreach (ReporterConfig config in configs.Where(c => c.Kind == ReporterKind.Gpio))
            PinWiring.Of(config, template.Labels);
    }

    /// <summary>The reporters, each with a queue of its own.</summary>
    /// <param name="configs">Checked configurations.</param>
    /// <param name="template">A prediction of the network whose predictions will come.</param>
    /// <exception cref="DaemonException">A reporter names a label that the network does not have.</exception>
    public static List<IReporter> Create(IReadOnlyList<ReporterConfig> configs, Prediction template)
    {
        Check(configs, template);
        return [.. configs.Select(c => Create(c, template))];
    }

    private static IReporter Create(ReporterConfig config, Prediction template)
    {
        int queue = config.Queue ?? DefaultQueue;
        switch (config.Kind)
        {
            case ReporterKind.File:
                return new FileReporter(config.Path!, config.MaximumBytes ?? long.MaxValue, template, queue, config.Report ?? ReportWhen.Frames);
            case ReporterKind.Socket:
                return new SocketReporter(config.Path!, template, queue, config.Report ?? ReportWhen.Frames);
            case ReporterKind.Serial:
                return new SerialReporter(
                    new SerialOptions(config.Path ?? "/dev/serial0", config.BaudRate ?? 115_200, config.Protocol ?? SerialProtocol.Lines,
                        TimeSpan.FromMilliseconds(config.HeartbeatMilliseconds ?? 1000), queue, config.Report ?? ReportWhen.Changes),
                    template);
            case ReporterKind.Gpio:
                PinWiring wiring = PinWiring.Of(config, template.Labels);
                return new GpioReporter(() => new GpioChip(config.Chip, wiring.Lines, config.ActiveLow ?? false), wiring.Options, template);
            default:
                return new LinesReporter("console", Console.OpenStandardOutput(), template, queue, config.Report ?? ReportWhen.Frames);
        }
    }
}
