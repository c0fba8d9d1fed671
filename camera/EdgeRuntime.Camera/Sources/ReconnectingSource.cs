using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>
/// Keeps a camera going: when it is unplugged, stalls, or its process ends, it is closed and opened again, waiting twice as long after each failure. Reading
/// goes on as if nothing had happened, with growing frame numbers.
/// </summary>
public sealed class ReconnectingSource : IFrameSource
{
    private readonly Func<IFrameSource> _open;
    private readonly Action<CameraException>? _onFailure;
    private readonly TimeSpan _firstDelay, _longestDelay;
    private IFrameSource? _inner;
    private FrameSourceCounters _past;
    private TimeSpan _delay;
    private long _firstSequence, _nextSequence;
    private bool _everOpened;

    /// <summary>Prepares the source; the camera is opened by the first read and need not be there yet.</summary>
    /// <param name="description">What it is, while no camera is open.</param>
    /// <param name="open">Opens the camera.</param>
    /// <param name="onFailure">Told each failure that is retried, for the log.</param>
    /// <param name="firstDelay">Waiting time before the first retry; 250 ms unless given.</param>
    /// <param name="longestDelay">Longest waiting time; 10 s unless given.</param>
    public ReconnectingSource(string description, Func<IFrameSource> open, Action<CameraException>? onFailure = null, TimeSpan? firstDelay = null, TimeSpan? longestDelay = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        _open = open;
        _onFailure = onFailure;
        _firstDelay = firstDelay ?? TimeSpan.FromMilliseconds(250);
        _longestDelay = longestDelay ?? TimeSpan.FromSeconds(10);
        if (_firstDelay <= TimeSpan.Zero || _longestDelay < _firstDelay || _longestDelay > TimeSpan.FromHours(1))
            throw new CameraException(CameraErrorKind.InvalidArgument, $"delays {_firstDelay}..{_longestDelay} are not positive, ordered and at most 1 h");
        _delay = _firstDelay;
        ClosedDescription = description;
    }

    /// <inheritdoc/>
    public string Description => _inner?.Description ?? $"{ClosedDescription} (not open)";

    /// <inheritdoc/>
    public FrameFormat? Format => _inner?.Format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters
    {
        get
        {
            FrameSourceCounters now = _inner?.Counters ?? default;
            return new(_past.Delivered + now.Delivered, _past.Dropped + now.Dropped, _past.Skipped + now.Skipped, _past.Reopened);
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
                if (_inner is null)
                    Open();
                if (!_inner!.TryRead(out frame, cancellation))
                    return false;
                frame.Sequence += _firstSequence;
                _nextSequence = frame.Sequence + 1;
                _delay = _firstDelay;
                return true;
            }
            catch (CameraException e) when (IsWorthRetrying(e))
            {
                Close();
                _onFailure?.Invoke(e);
            }

            if (cancellation.CanBeCanceled)
                cancellation.WaitHandle.WaitOne(_delay);
            else
                Thread.Sleep(_delay);
            _delay = _delay * 2 < _longestDelay ? _delay * 2 : _longestDelay;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Open()
    {
        _inner = _open();
        _firstSequence = _nextSequence;
        if (_everOpened)
            _past = _past with { Reopened = _past.Reopened + 1 };
        _everOpened = true;
    }

    private void Close()
    {
        _past = Counters;
        _inner?.Dispose();
        _inner = null;
    }

    // A device that has just been plugged in again may refuse for a moment, until its group is set or its driver is ready.
    private bool IsWorthRetrying(CameraException e) =>
        e.IsRecoverable || (_everOpened && e.Kind is (CameraErrorKind.PermissionDenied or CameraErrorKind.SystemError));
}
