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
        // The test runner itself may allocate now and then, but not in every round; what a frame allocates is in each.
        const int Rounds = 5, Frames = 80;
        using var systemd = new NotifySocket(false);
        using var notifier = new ServiceNotifier(systemd.Address, "1000");
        using FramePipeline pipeline = FramePipeline.Load(EdgedProcess.SampleModel, null, 1, _ => new DecisionOptions(), 3);
        using var source = new SyntheticDigits(160, 120, framesPerDigit: 1);
        var status = new ServiceStatus();
        List<IReporter> reporters =
        [
            new FileReporter(Path.Combine(folder, "lines"), long.MaxValue, pipeline.Current, 4, ReportWhen.Frames),
            new SocketReporter(Path.Combine(folder, "socket"), pipeline.Current, 4, ReportWhen.Frames),
            new LinesReporter("null", Stream.Null, pipeline.Current, 4, ReportWhen.Frames),
            new GpioReporter(() => new NoPins(), new PinOptions { Masks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], HeartbeatBit = 10 }, pipeline.Current),
        ];
        void Run(int frames)
        {
            for (int i = 0; i < frames; i++)
            {
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
        }

        Run(Frames);
        long least = LeastAllocated(Rounds, () => Run(Frames));
        foreach (IReporter reporter in reporters)
            reporter.Dispose();

        Assert.Equal(0, least);
        Assert.All(reporters, r => Assert.Equal((true, 0L), (r.Counters.Delivered > Rounds * Frames / 2, r.Counters.Failures)));
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Beginning_a_file_again_allocates_a_bounded_number_of_objects()
    {
        // Some 20 lines fit: opening and renaming for them allocates handles and path names, a line nothing.
        const int Lines = 200, Limit = 500;
        Prediction prediction = Predictions.New();
        string path = Path.Combine(folder, "lines");
        using var reporter = new FileReporter(path, 20 * LineLength(prediction), prediction, 4, ReportWhen.Frames);
        long delivered = 0;
        void Run()
        {
            for (int i = 0; i < Lines; i++)
            {
                reporter.Report(prediction);
                for (delivered++; reporter.Counters.Delivered < delivered;)
                    Thread.Yield();
            }
        }

        Run();
        long least = LeastAllocated(5, Run);
        Assert.True(File.Exists(path + ".1"));
        Assert.InRange(least, 1, Lines / 20 * Limit);
    }

    private static int LineLength(Prediction prediction) => new PredictionJson().Line(prediction).Length;

    /// <summary>What the whole process allocates in the round in which it allocates least.</summary>
    private static long LeastAllocated(int rounds, Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < rounds; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            round();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
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
