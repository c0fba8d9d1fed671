using EdgeRuntime.Camera;
using EdgeRuntime.Model;

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

    [Fact]
    public void A_camera_that_changes_format_and_size_is_recognised_all_the_same()
    {
        using FramePipeline pipeline = FramePipeline.Load(EdgedProcess.SampleModel, null, 1, _ => new DecisionOptions(), 3);
        foreach ((PixelFormat format, int width, int height) in new[] { (PixelFormat.Yuyv, 320, 240), (PixelFormat.Nv12, 640, 480), (PixelFormat.Grey8, 64, 48), (PixelFormat.Rgb24, 160, 120) })
        {
            using var source = new SyntheticDigits(width, height, format, seed: 4, framesPerDigit: 1);
            Assert.True(source.TryRead(out Frame? frame));
            pipeline.Process(frame, TimeSpan.Zero);
            Assert.Equal(frame.Label, pipeline.Current.NameOf(pipeline.Current.Decision));
        }
    }

    [Fact]
    public void A_model_that_does_not_fit_the_memory_is_refused_with_need_and_limit()
    {
        var e = Assert.Throws<EdgeModelException>(() => FramePipeline.Load(EdgedProcess.SampleModel, null, 1, _ => new DecisionOptions(), 3, maxArenaBytes: 1000));
        Assert.Equal(ModelError.TooLarge, e.Error);
        Assert.Contains("the limit is 1000", e.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Model, ErrorReport.For(e).Code);
    }

    [Fact]
    public void A_system_without_memory_is_no_defect_of_the_program()
    {
        (ExitCode code, string message) = ErrorReport.For(new InsufficientMemoryException());
        Assert.Equal(ExitCode.Model, code);
        Assert.Contains("does not fit the memory", message, StringComparison.Ordinal);
    }
}
