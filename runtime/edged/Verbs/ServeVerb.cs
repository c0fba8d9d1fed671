using System.CommandLine;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>edged serve --config FILE: the service on a board.</summary>
internal static class ServeVerb
{
    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "configuration file (JSON with comments)", Required = true };
        var command = new Command("serve", "run as a systemd service: report what a camera shows, through unplugged cables and reloads (SIGHUP)") { config };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config), parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string configPath, TextWriter error)
    {
        using var stop = new CancellationTokenSource();
        using var log = ServiceLog.FromEnvironment(error);
        using var notifier = ServiceNotifier.FromEnvironment();
        using var service = new FrameService(configPath, notifier, log);
        void Stop(PosixSignalContext context)
        {
            // The frame in work is finished, and the pins are left inactive.
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            service.Reload();
        });
        try
        {
            service.Run(stop.Token);
            return (int)ExitCode.Success;
        }
#pragma warning disable CA1031 // the log and systemd are told before the program ends
        catch (Exception e)
#pragma warning restore CA1031
        {
            (ExitCode code, string message) = ErrorReport.For(e);
            log.Write(LogPriority.Error, "failed", message, ("EDGED_EXIT_CODE", ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            notifier.Status(message);
            notifier.Stopping();
            return (int)code;
        }
    }
}
