namespace EdgeRuntime.Camera.Tests;

/// <summary>RpicamSource against a script in place of rpicam-vid that writes frames, stalls or dies as it is told.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public class RpicamSourceTests
{
    private const int FrameLength = 64 * 16 * 3 / 2;

    private static RpicamOptions Fake(TemporaryDirectory directory, string body, double stallSeconds = 20)
    {
        string script = directory.Write("rpicam-vid", System.Text.Encoding.UTF8.GetBytes("#!/bin/sh\n" + body + "\n"));
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new RpicamOptions { Program = script, Width = 64, Height = 16, StallTimeout = TimeSpan.FromSeconds(stallSeconds) };
    }

    private static string WriteFrame(char value) => $"head -c {FrameLength} /dev/zero | tr '\\0' '{value}'";

    [Fact]
    public void Frames_arrive_whole_and_an_end_is_reported_with_exit_code_and_last_words()
    {
        using var directory = new TemporaryDirectory();
        using var source = new RpicamSource(Fake(directory, $"{WriteFrame('A')}\nprintf abc\necho no cameras available >&2\nexit 7"));
        Assert.True(source.TryRead(out Frame? frame));
        Assert.Equal(FrameLength, frame.Data.Length);
        Assert.False(frame.Data.ContainsAnyExcept((byte)'A'));
        Assert.Equal(new FrameFormat(64, 16, PixelFormat.Yuv420), frame.Format);
        CameraException e = Assert.Throws<CameraException>(() => source.TryRead(out _));
        Assert.Equal(CameraErrorKind.DeviceLost, e.Kind);
        Assert.Contains("exit code 7", e.Message);
        Assert.Contains("3 of 1536 bytes", e.Message);
        Assert.Contains("no cameras available", e.Message);
    }

    [Fact]
    public void The_newest_frame_wins_and_overtaken_ones_are_counted()
    {
        using var directory = new TemporaryDirectory();
        using var source = new RpicamSource(Fake(directory, $"{WriteFrame('A')}\n{WriteFrame('B')}\n{WriteFrame('C')}\nexec sleep 100"));
        while (source.Counters.Dropped < 2)
            Thread.Sleep(5);
        Assert.True(source.TryRead(out Frame? frame));
        Assert.Equal((byte)'C', frame.Data[0]);
        Assert.Equal(2, frame.Sequence);
        Assert.Equal(new FrameSourceCounters(1, Dropped: 2), source.Counters);
    }

    [Fact]
    public void A_silent_process_is_stalled_and_can_be_cancelled()
    {
        using var directory = new TemporaryDirectory();
        using (var source = new RpicamSource(Fake(directory, "exec sleep 100", stallSeconds: 0.3)))
            Assert.Equal(CameraErrorKind.Stalled, Assert.Throws<CameraException>(() => source.TryRead(out _)).Kind);
        using (var source = new RpicamSource(Fake(directory, "exec sleep 100")))
        {
            using var stop = new CancellationTokenSource(100);
            Assert.False(source.TryRead(out _, stop.Token));
        }
    }

    [Fact]
    public void A_dying_process_is_started_again()
    {
        using var directory = new TemporaryDirectory();
        RpicamOptions options = Fake(directory, $"{WriteFrame('A')}\nexit 1");
        var failures = new List<CameraException>();
        using var source = new ReconnectingSource("camera", () => new RpicamSource(options), failures.Add, TimeSpan.FromMilliseconds(10));
        for (int i = 0; i < 3; i++)
        {
            Assert.True(source.TryRead(out Frame? frame));
            Assert.Equal(i, frame.Sequence);
        }

        Assert.Equal(2, failures.Count);
        Assert.All(failures, f => Assert.Equal(CameraErrorKind.DeviceLost, f.Kind));
        Assert.Equal(new FrameSourceCounters(3, Reopened: 2), source.Counters);
    }

    [Fact]
    public void A_missing_program_and_impossible_sizes_are_named()
    {
        CameraException missing = Assert.Throws<CameraException>(() => new RpicamSource(new RpicamOptions { Program = "/no/such/rpicam-vid" }));
        Assert.Equal(CameraErrorKind.NotFound, missing.Kind);
        CameraException width = Assert.Throws<CameraException>(() => new RpicamSource(new RpicamOptions { Width = 650 }));
        Assert.Contains("650", width.Message);
        Assert.Contains("64", width.Message);
    }
}
