namespace EdgeRuntime.Daemon.Tests;

public class QueuedReporterTests
{
    private static Prediction NewPrediction(long frame) => new(["a", "b"], 1) { Frame = frame };

    [Fact]
    public void Predictions_arrive_in_order()
    {
        using var reporter = new RecordingReporter(capacity: 64);
        for (int i = 0; i < 20; i++)
            reporter.Report(NewPrediction(i));
        reporter.Dispose();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), reporter.Frames);
        Assert.Equal(20, reporter.Counters.Delivered);
    }

    [Fact]
    public void A_stuck_device_never_blocks_and_the_newest_predictions_win()
    {
        using var reporter = new RecordingReporter(capacity: 3);
        reporter.Gate.Reset();
        reporter.Report(NewPrediction(0));
        Assert.True(reporter.Entered.Wait(TimeSpan.FromSeconds(10)));
        for (int i = 1; i <= 10; i++)
            reporter.Report(NewPrediction(i));
        Assert.Equal(7, reporter.Counters.Dropped);
        reporter.Gate.Set();
        reporter.Dispose();
        Assert.Equal([0, 8, 9, 10], reporter.Frames);
    }

    [Fact]
    public void A_failing_device_is_counted_and_tried_again()
    {
        using var reporter = new RecordingReporter(capacity: 8) { FailFirst = 2 };
        for (int i = 0; i < 4; i++)
            reporter.Report(NewPrediction(i));
        reporter.Dispose();
        Assert.Equal([2, 3], reporter.Frames);
        Assert.Equal(new ReporterCounters(2, 0, 2, "the device is gone"), reporter.Counters);
    }

    [Fact]
    public void The_top_labels_are_sorted_and_the_first_of_equals_comes_first()
    {
        var prediction = new Prediction(["a", "b", "c", "d"], 3);
        prediction.SetTop([0.1f, 0.4f, 0.4f, 0.05f]);
        Assert.Equal([1, 2, 0], prediction.TopLabels.ToArray());
        Assert.Equal([0.4f, 0.4f, 0.1f], prediction.TopProbabilities.ToArray());
    }

    private sealed class RecordingReporter : QueuedReporter
    {
        private int attempts;

        public RecordingReporter(int capacity)
            : base("recording", NewPrediction(0), capacity) => Start();

        public List<long> Frames { get; } = [];

        public ManualResetEventSlim Gate { get; } = new(true);

        public ManualResetEventSlim Entered { get; } = new();

        public int FailFirst { get; init; }

        protected override TimeSpan RetryDelay => TimeSpan.Zero;

        protected override void Deliver(Prediction prediction)
        {
            Entered.Set();
            Gate.Wait();
            if (attempts++ < FailFirst)
                throw new IOException("the device is gone");
            Frames.Add(prediction.Frame);
        }

        protected override void Close()
        {
        }
    }
}
