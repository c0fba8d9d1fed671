using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>Ends another source's stream after a number of frames.</summary>
/// <param name="inner">The source; it is disposed with this one.</param>
/// <param name="frames">Frames to let through.</param>
public sealed class LimitedSource(IFrameSource inner, long frames) : IFrameSource
{
    private long left = frames;

    /// <inheritdoc/>
    public string Description { get; } = $"{inner.Description}, {frames} frames";

    /// <inheritdoc/>
    public FrameFormat? Format => inner.Format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => inner.Counters;

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        if (left <= 0 || !inner.TryRead(out frame, cancellation))
            return false;
        left--;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
