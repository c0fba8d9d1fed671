using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>Delivers the frames of a source that is always ready at a steady rate, as a camera would. A reader that is late gets the
/// next frame at once, and the rate counts from there.</summary>
public sealed class PacedSource : IFrameSource
{
    private readonly IFrameSource _inner;
    private readonly TimeSpan _interval;
    private TimeSpan _due;

    /// <summary>Wraps a source.</summary>
    /// <param name="inner">The source; it is disposed with this one.</param>
    /// <param name="framesPerSecond">Rate, 0.01..1000.</param>
    /// <exception cref="CameraException">The rate is out of its range.</exception>
    public PacedSource(IFrameSource inner, double framesPerSecond)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (!(framesPerSecond is >= 0.01 and <= 1000))
            throw new CameraException(CameraErrorKind.InvalidArgument, FormattableString.Invariant($"rate of {framesPerSecond} frames per second is outside 0.01..1000"));
        _inner = inner;
        _interval = TimeSpan.FromSeconds(1 / framesPerSecond);
        Description = FormattableString.Invariant($"{inner.Description} at {framesPerSecond:0.##} frames per second");
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => _inner.Format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => _inner.Counters;

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        TimeSpan now = Frame.Now;
        if (now < _due && Wait(_due - now, cancellation))
            return false;
        if (!_inner.TryRead(out frame, cancellation))
            return false;
        now = Frame.Now;
        _due = now - _due < _interval ? _due + _interval : now + _interval;
        frame.Timestamp = now;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _inner.Dispose();

    private static bool Wait(TimeSpan time, CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
            return cancellation.WaitHandle.WaitOne(time);
        Thread.Sleep(time);
        return false;
    }
}
