using System.CommandLine;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>edged doctor: checks everything that the service needs, and says what to do.</summary>
internal static class DoctorVerb
{
    public const string DefaultConfig = "/etc/edge-runtime/config.json";

    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "configuration file", DefaultValueFactory = _ => DefaultConfig };
        var command = new Command("doctor", "check camera, pins, ports, model and board, and say what to do") { config };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string configPath, TextWriter output)
    {
        bool bad = false;
        foreach (Finding finding in ServiceChecks.Run(configPath).Concat(new BoardChecks("/").Run(DateTimeOffset.UtcNow)))
        {
            string mark = finding.State switch { FindingState.Good => "ok  ", FindingState.Note => "note", _ => "BAD " };
            output.WriteLine($"{mark}  {finding.Subject,-14} {finding.Text}");
            if (finding.Advice is not null)
                output.WriteLine($"      {"",-14} -> {finding.Advice}");
            bad |= finding.State == FindingState.Bad;
        }

        return (int)(bad ? ExitCode.Device : ExitCode.Success);
    }
}
