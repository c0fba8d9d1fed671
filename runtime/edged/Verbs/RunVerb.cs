using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>edged run --config FILE: frames, network, predictions, until the source ends or a signal comes.</summary>
internal static class RunVerb
{
    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "configuration file (JSON with comments)", Required = true };
        var frames = new Option<long>("--frames") { Description = "stop after this many frames; 0: as the configuration says" };
        var command = new Command("run", "recognise the frames of a source and report predictions") { config, frames };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config), parsed.GetValue(frames), parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string configPath, long frames, TextWriter error)
    {
        if (frames < 0)
            throw new DaemonException(ExitCode.Usage, $"--frames is {frames}; the least is 0");
        DaemonConfig config = ConfigFile.Read(configPath);
        if (frames > 0)
            config = config with { Source = config.Source with { Frames = frames } };

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            // The frame in work is finished; a second signal is not needed.
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using FramePipeline pipeline = FramePipeline.Load(
            config.Model, config.Labels, config.Threads, labels => DecisionSettings.Of(config.Decision, labels), config.Top);
        using IFrameSource source = FrameSources.Open(config.Source, pipeline.InputSize, e => error.WriteLine($"edged: skipped: {e.Message}"));
        List<IReporter> reporters = OpenReporters(config.Reporters, pipeline.Current);
        try
        {
            Loop(source, pipeline, reporters, stop.Token);
        }
        finally
        {
            foreach (IReporter reporter in reporters)
                reporter.Dispose();
        }

        return (int)ExitCode.Success;
    }

    // Sources of this verb may wait, so console and file get every prediction; the others are as in the service.
    private static List<IReporter> OpenReporters(IReadOnlyList<ReporterConfig> configs, Prediction template)
    {
        var reporters = new List<IReporter>();
        foreach (ReporterConfig config in configs)
        {
            switch (config.Kind)
            {
                case ReporterKind.Console:
                    reporters.Add(new StreamReporter("console", Console.OpenStandardOutput()));
                    break;
                case ReporterKind.File:
                    reporters.Add(new StreamReporter($"file {config.Path}", new FileStream(config.Path!, FileMode.Append, FileAccess.Write, FileShare.Read)));
                    break;
                default:
                    reporters.AddRange(ReporterFactory.Create([config], template));
                    break;
            }
        }

        return reporters;
    }

    private static void Loop(IFrameSource source, FramePipeline pipeline, List<IReporter> reporters, CancellationToken stop)
    {
        long waiting = Stopwatch.GetTimestamp();
        while (source.TryRead(out Frame? frame, stop))
        {
            TimeSpan capture = Stopwatch.GetElapsedTime(waiting);
            pipeline.Process(frame, capture);
            pipeline.Current.DroppedFrames = source.Counters.Dropped;
            bool anybody = false;
            foreach (IReporter reporter in reporters)
            {
                reporter.Report(pipeline.Current);
                anybody |= reporter is not StreamReporter { ReaderGone: true };
            }

            if (!anybody && reporters.Count > 0)
                return;
            waiting = Stopwatch.GetTimestamp();
        }
    }
}
