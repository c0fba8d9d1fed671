using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>
/// Keeps a camera going: when it is unplugged, stalls, or its process ends, it is closed and opened again, waiting twice as long after each failure. Reading
/// goes on as if nothing had happened, with growing frame numbers.
/// </summary>
public sealed class ReconnectingSource : IFrameSource
{
    private readonly Func<IFrameSource> open;
    private readonly Action<CameraException>? onFailure;
    private readonly TimeSpan firstDelay, longestDelay;
    private IFrameSource? inner;
    private FrameSourceCounters past;
    private TimeSpan delay;
    private long firstSequence, nextSequence;
    private bool everOpened;

    /// <summary>Prepares the source; the camera is opened by the first read and need not be there yet.</summary>
    /// <param name="description">What it is, while no camera is open.</param>
    /// <param name="open">Opens the camera.</param>
    /// <param name="onFailure">Told each failure that is retried, for the log.</param>
    /// <param name="firstDelay">Waiting time before the first retry; 250 ms unless given.</param>
    /// <param name="longestDelay">Longest waiting time; 10 s unless given.</param>
    public ReconnectingSource(string description, Func<IFrameSource> open, Action<CameraException>? onFailure = null, TimeSpan? firstDelay = null, TimeSpan? longestDelay = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        this.open = open;
        this.onFailure = onFailure;
        this.firstDelay = firstDelay ?? TimeSpan.FromMilliseconds(250);
        this.longestDelay = longestDelay ?? TimeSpan.FromSeconds(10);
        if (this.firstDelay <= TimeSpan.Zero || this.longestDelay < this.firstDelay || this.longestDelay > TimeSpan.FromHours(1))
            throw new CameraException(CameraErrorKind.InvalidArgument, $"delays {this.firstDelay}..{this.longestDelay} are not positive, ordered and at most 1 h");
        delay = this.firstDelay;
        ClosedDescription = description;
    }

    /// <inheritdoc/>
    public string Description => inner?.Description ?? $"{ClosedDescription} (not open)";

    /// <inheritdoc/>
    public FrameFormat? Format => inner?.Format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters
    {
        get
        {
            FrameSourceCounters now = inner?.Counters ?? default;
            return new(past.Delivered + now.Delivered, past.Dropped + now.Dropped, past.Skipped + now.Skipped, past.Reopened);
        }
    }

    private string ClosedDescription { get; }

    /// <summary>Waits for the next frame, opening the camera as often as needed.</summary>
    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (inner is null)
                    Open();
                if (!inner!.TryRead(out frame, cancellation))
                    return false;
                frame.Sequence += firstSequence;
                nextSequence = frame.Sequence + 1;
                delay = firstDelay;
                return true;
            }
            catch (CameraException e) when (IsWorthRetrying(e))
            {
                Close();
                onFailure?.Invoke(e);
            }

            if (cancellation.CanBeCanceled)
                cancellation.WaitHandle.WaitOne(delay);
            else
                Thread.Sleep(delay);
            delay = delay * 2 < longestDelay ? delay * 2 : longestDelay;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Open()
    {
        inner = open();
        firstSequence = nextSequence;
        if (everOpened)
            past = past with { Reopened = past.Reopened + 1 };
        everOpened = true;
    }

    private void Close()
    {
        past = Counters;
        inner?.Dispose();
        inner = null;
    }

    // A device that has just been plugged in again may refuse for a moment, until its group is set or its driver is ready.
    private bool IsWorthRetrying(CameraException e) =>
        e.IsRecoverable || (everOpened && e.Kind is (CameraErrorKind.PermissionDenied or CameraErrorKind.SystemError));
}
