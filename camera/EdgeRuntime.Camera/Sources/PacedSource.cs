using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>Delivers the frames of a source that is always ready at a steady rate, as a camera would. A reader that is late gets the
/// next frame at once, and the rate counts from there.</summary>
public sealed class PacedSource : IFrameSource
{
    private readonly IFrameSource inner;
    private readonly TimeSpan interval;
    private TimeSpan due;

    /// <summary>Wraps a source.</summary>
    /// <param name="inner">The source; it is disposed with this one.</param>
    /// <param name="framesPerSecond">Rate, 0.01..1000.</param>
    /// <exception cref="CameraException">The rate is out of its range.</exception>
    public PacedSource(IFrameSource inner, double framesPerSecond)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (!(framesPerSecond is >= 0.01 and <= 1000))
            throw new CameraException(CameraErrorKind.InvalidArgument, FormattableString.Invariant($"rate of {framesPerSecond} frames per second is outside 0.01..1000"));
        this.inner = inner;
        interval = TimeSpan.FromSeconds(1 / framesPerSecond);
        Description = FormattableString.Invariant($"{inner.Description} at {framesPerSecond:0.##} frames per second");
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => inner.Format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => inner.Counters;

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        TimeSpan now = Frame.Now;
        if (now < due && Wait(due - now, cancellation))
            return false;
        if (!inner.TryRead(out frame, cancellation))
            return false;
        now = Frame.Now;
        due = now - due < interval ? due + interval : now + interval;
        frame.Timestamp = now;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private static bool Wait(TimeSpan time, CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
            return cancellation.WaitHandle.WaitOne(time);
        Thread.Sleep(time);
        return false;
    }
}
