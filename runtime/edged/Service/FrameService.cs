using System.Diagnostics;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon;

/// <summary>
/// edged serve: frames to predictions until it is stopped. A reload is prepared beside the frames and taken over between two of them, so that none is lost; what
/// cannot be loaded changes nothing.
/// </summary>
internal sealed class FrameService : IDisposable
{
    /// <summary>Least time between two messages about broken frames: a bad cable breaks every one of them.</summary>
    private static readonly TimeSpan BrokenFrameInterval = TimeSpan.FromSeconds(10);

    private readonly string configPath;
    private readonly ServiceNotifier notifier;
    private readonly ServiceLog log;
    private readonly Reloader reloader;
    private readonly ServiceStatus status = new();
    private readonly List<bool> failing = [];
    private ServiceSetup? setup;
    private List<IReporter> reporters = [];
    private bool ready;
    private long brokenFrameTold;

    /// <param name="configPath">The configuration file.</param>
    /// <param name="notifier">Who is told how the service is.</param>
    /// <param name="log">Where messages go.</param>
    public FrameService(string configPath, ServiceNotifier notifier, ServiceLog log)
    {
        this.configPath = configPath;
        this.notifier = notifier;
        this.log = log;
        reloader = new Reloader(() => ServiceSetup.Load(configPath, setup, FrameProblem), notifier.Reloading, ReloadFailed);
    }

    /// <summary>Frames that were recognised.</summary>
    public long Frames => status.Frames;

    /// <summary>Asks for a reload; returns at once.</summary>
    public void Reload() => reloader.Request();

    /// <summary>Runs until the token is triggered or the source has ended.</summary>
    /// <exception cref="DaemonException">The configuration is wrong.</exception>
    /// <exception cref="CameraException">The source cannot be had, and trying again will not help.</exception>
    public void Run(CancellationToken stop)
    {
        notifier.Status("loading");
        setup = ServiceSetup.Load(configPath, null, FrameProblem);
        reporters = ReporterFactory.Create(setup.Config.Reporters, setup.Pipeline.Current);
        failing.AddRange(reporters.Select(_ => false));
        log.Write(LogPriority.Info, "started", $"{setup.Config.Model} is loaded; waiting for {setup.Source!.Description}", ("EDGED_MODEL", setup.Config.Model));
        notifier.Status($"waiting for {setup.Source.Description}");
        reloader.Start();
        while (true)
        {
            CancellationToken wake = reloader.NextWake(stop);
            bool ended = Frameloop(wake);
            if (reloader.Take() is { } next)
                TakeOver(next);
            else if (ended || stop.IsCancellationRequested)
                break;
        }

        notifier.Stopping();
        log.Write(LogPriority.Info, "stopped", $"{(stop.IsCancellationRequested ? "stopped" : "the source has ended")} after {status.Frames} frames");
    }

    public void Dispose()
    {
        foreach (IReporter reporter in reporters)
            reporter.Dispose();
        reloader.Dispose();
        setup?.Dispose();
    }

    /// <summary>Recognises frames until it is woken (false) or the source has ended (true).</summary>
    private bool Frameloop(CancellationToken wake)
    {
        IFrameSource source = setup!.Source!;
        FramePipeline pipeline = setup.Pipeline;
        long waiting = Stopwatch.GetTimestamp();
        while (source.TryRead(out Frame? frame, wake))
        {
            pipeline.Process(frame, Stopwatch.GetElapsedTime(waiting));
            Prediction prediction = pipeline.Current;
            prediction.DroppedFrames = source.Counters.Dropped;
            foreach (IReporter reporter in reporters)
                reporter.Report(prediction);
            notifier.FrameFinished();
            if (!ready)
                FirstPrediction(prediction);
            if (status.Count(prediction, source.Counters))
            {
                notifier.StatusLine(status.Line);
                TellReporters();
            }

            if (wake.IsCancellationRequested)
                return false;
            waiting = Stopwatch.GetTimestamp();
        }

        return !wake.IsCancellationRequested;
    }

    private void FirstPrediction(Prediction prediction)
    {
        ready = true;
        string label = prediction.Decision == DecisionFilter.None ? "no decision" : prediction.NameOf(prediction.Decision);
        // Before the readiness, so that who waits for that reads no status from before.
        notifier.Status($"first prediction: {label}");
        notifier.Ready();
        log.Write(LogPriority.Info, "ready", $"first prediction from {setup!.Source!.Description}: {label}", ("EDGED_LABEL", label));
    }

    private void TakeOver(ServiceSetup next)
    {
        ServiceSetup old = setup!;
        bool same = next.HasReportersOf(old);
        next.TakeSource(old);
        setup = next;
        if (!same)
        {
            // The old ones let go of their pins and ports before the new ones take them.
            foreach (IReporter reporter in reporters)
                reporter.Dispose();
            reporters = ReporterFactory.Create(next.Config.Reporters, next.Pipeline.Current);
            failing.Clear();
            failing.AddRange(reporters.Select(_ => false));
        }

        old.Dispose();
        if (ready)
            notifier.Ready();
        log.Write(LogPriority.Notice, "reloaded", $"reloaded: {next.Config.Model}, {next.Source!.Description}", ("EDGED_MODEL", next.Config.Model));
    }

    private void ReloadFailed(Exception e)
    {
        (_, string message) = ErrorReport.For(e);
        log.Write(LogPriority.Error, "reload-failed", $"not reloaded, everything stays as it was: {message}");
        if (ready)
            notifier.Ready();
        notifier.Status($"not reloaded: {message}");
    }

    private void FrameProblem(CameraException e)
    {
        if (e.Kind == CameraErrorKind.InvalidData)
        {
            if (brokenFrameTold != 0 && Stopwatch.GetElapsedTime(brokenFrameTold) < BrokenFrameInterval)
                return;
            brokenFrameTold = Stopwatch.GetTimestamp();
        }

        log.Write(LogPriority.Warning, "camera", e.Message, ("EDGED_ERROR", e.Kind.ToString()));
        notifier.Status($"camera: {e.Message}");
    }

    private void TellReporters()
    {
        for (int i = 0; i < reporters.Count; i++)
        {
            ReporterCounters counters = reporters[i].Counters;
            if (counters.Failing == failing[i])
                continue;
            failing[i] = counters.Failing;
            if (counters.Failing)
                log.Write(LogPriority.Warning, "reporter-failed", $"{reporters[i].Name}: {counters.LastFailure}; it is tried again", ("EDGED_REPORTER", reporters[i].Name));
            else
                log.Write(LogPriority.Notice, "reporter-works", $"{reporters[i].Name} works again", ("EDGED_REPORTER", reporters[i].Name));
        }
    }
}
