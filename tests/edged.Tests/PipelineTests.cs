using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon.Tests;

public class PipelineTests
{
    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        using FramePipeline pipeline = FramePipeline.Load(EdgedProcess.SampleModel, null, 1, _ => new DecisionOptions { AverageFrames = 3 }, 3);
        using var source = new SyntheticDigits(160, 120);
        using var reporter = new StreamReporter("null", Stream.Null);
        long allocated = 0;
        for (int i = 0; i < 40; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(source.TryRead(out Frame? frame));
            pipeline.Process(frame, TimeSpan.Zero);
            reporter.Report(pipeline.Current);
            allocated = i < 10 ? 0 : allocated + GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }
}
