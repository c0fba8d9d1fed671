using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera.Tests;

public class ReconnectingSourceTests
{
    [Fact]
    public void A_camera_that_comes_and_goes_delivers_growing_frame_numbers()
    {
        int opened = 0;
        using var source = new ReconnectingSource("camera", () => ++opened is 1 or 3
            ? throw new CameraException(CameraErrorKind.NotFound, "not there")
            : new Flaky(2), firstDelay: TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 6; i++)
        {
            Assert.True(source.TryRead(out Frame? frame));
            Assert.Equal(i, frame.Sequence);
        }

        Assert.Equal(5, opened);
        Assert.Equal(new FrameSourceCounters(6, Dropped: 3, Reopened: 2), source.Counters);
    }

    [Fact]
    public void What_no_retry_can_mend_is_not_retried()
    {
        using var source = new ReconnectingSource("camera", () => throw new CameraException(CameraErrorKind.PermissionDenied, "no"));
        Assert.Equal(CameraErrorKind.PermissionDenied, Assert.Throws<CameraException>(() => source.TryRead(out _)).Kind);
    }

    [Fact]
    public void Waiting_for_a_camera_ends_with_cancellation()
    {
        using var stop = new CancellationTokenSource(50);
        using var source = new ReconnectingSource("camera", () => throw new CameraException(CameraErrorKind.Busy, "busy"), firstDelay: TimeSpan.FromMinutes(1), longestDelay: TimeSpan.FromMinutes(2));
        Assert.False(source.TryRead(out _, stop.Token));
    }

    private sealed class Flaky(int frames) : IFrameSource
    {
        private readonly Frame frame = new(new FrameFormat(4, 4, PixelFormat.Grey8));
        private int next;

        public string Description => "flaky";

        public FrameFormat? Format => frame.Format;

        public FrameSourceCounters Counters => new(next, Dropped: 1);

        public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
        {
            if (next == frames)
                throw new CameraException(CameraErrorKind.DeviceLost, "unplugged");
            this.frame.Sequence = next++;
            frame = this.frame;
            return true;
        }

        public void Dispose()
        {
        }
    }
}
