using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>Runs alone: it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

[Collection(nameof(AloneCollection))]
public sealed class ReporterAllocationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edged-allocation").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public void Frames_with_reporters_and_notifications_allocate_nothing_in_the_steady_state()
    {
        const int Frames = 400;
        using var systemd = new NotifySocket(false);
        using var notifier = new ServiceNotifier(systemd.Address, "1000");
        using FramePipeline pipeline = FramePipeline.Load(EdgedProcess.SampleModel, null, 1, _ => new DecisionOptions(), 3);
        using var source = new SyntheticDigits(160, 120, framesPerDigit: 1);
        var status = new ServiceStatus();
        List<IReporter> reporters =
        [
            new FileReporter(Path.Combine(folder, "lines"), 20_000, pipeline.Current, 4, ReportWhen.Frames),
            new SocketReporter(Path.Combine(folder, "socket"), pipeline.Current, 4, ReportWhen.Frames),
            new LinesReporter("null", Stream.Null, pipeline.Current, 4, ReportWhen.Frames),
            new GpioReporter(() => new NoPins(), new PinOptions { Masks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], HeartbeatBit = 10 }, pipeline.Current),
        ];
        long before = 0;
        for (int i = -50; i < Frames; i++)
        {
            if (i == 0)
                before = GC.GetTotalAllocatedBytes(precise: true);
            Assert.True(source.TryRead(out Frame? frame));
            pipeline.Process(frame, TimeSpan.Zero);
            foreach (IReporter reporter in reporters)
                reporter.Report(pipeline.Current);
            notifier.FrameFinished();
            systemd.Discard();
            if (status.Count(pipeline.Current, source.Counters))
                notifier.StatusLine(status.Line);
            Thread.Sleep(1);
        }

        long perFrame = (GC.GetTotalAllocatedBytes(precise: true) - before) / Frames;
        foreach (IReporter reporter in reporters)
            reporter.Dispose();

        // Renaming the file at its greatest size allocates a few objects; one object a frame would be 24 bytes.
        Assert.InRange(perFrame, 0, 12);
        Assert.All(reporters, r => Assert.Equal((true, 0L), (r.Counters.Delivered > Frames / 2, r.Counters.Failures)));
    }

    private sealed class NoPins : IPins
    {
        public void Write(int index, bool active)
        {
        }

        public void Dispose()
        {
        }
    }
}
