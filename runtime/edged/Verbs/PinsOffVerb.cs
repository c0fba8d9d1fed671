using System.CommandLine;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>edged pins-off --config FILE: what the service's unit calls after it ended, in whichever way, so that no pin stays active.</summary>
internal static class PinsOffVerb
{
    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "configuration file (JSON with comments)", Required = true };
        var command = new Command("pins-off", "make all pins of a configuration inactive") { config };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config)));
        return command;
    }

    private static int Run(string configPath)
    {
        foreach (ReporterConfig reporter in ConfigFile.Read(configPath).Reporters.Where(r => r.Kind == ReporterKind.Gpio))
            new GpioChip(reporter.Chip, PinWiring.LinesOf(reporter), reporter.ActiveLow ?? false).Dispose();
        return (int)ExitCode.Success;
    }
}
