using System.Diagnostics;
using System.Text.Unicode;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon;

/// <summary>The service's status line, once a second: what is seen, and how fast. Allocates nothing.</summary>
internal sealed class ServiceStatus
{
    private static readonly long Interval = Stopwatch.Frequency;
    private readonly byte[] text = new byte[512];
    private long since = Stopwatch.GetTimestamp();
    private long framesBefore;
    private int length;

    /// <summary>Frames so far.</summary>
    public long Frames { get; private set; }

    /// <summary>The line, beginning with "STATUS=".</summary>
    public ReadOnlySpan<byte> Line => text.AsSpan(0, length);

    /// <summary>Counts a frame; true when a second has passed and there is a new line.</summary>
    public bool Count(Prediction p, in FrameSourceCounters counters)
    {
        Frames++;
        long now = Stopwatch.GetTimestamp();
        if (now - since < Interval)
            return false;
        double rate = (Frames - framesBefore) * (double)Stopwatch.Frequency / (now - since);
        (since, framesBefore) = (now, Frames);
        string label = p.Decision == DecisionFilter.None ? "no decision" : p.NameOf(p.Decision);
        if (!Utf8.TryWrite(text, $"STATUS={label} {p.Confidence:0.00}, {rate:0.0} frames/s, {counters.Dropped} dropped, {counters.Skipped} skipped, {counters.Reopened} reopened", out length))
            length = 0;
        return true;
    }
}
