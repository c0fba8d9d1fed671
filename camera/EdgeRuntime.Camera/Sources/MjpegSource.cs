using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>
/// Decodes the MJPEG frames of another source with the system's libturbojpeg, reduced by 2, 4 or 8 where the network needs no more. Frames that arrive truncated or
/// corrupt are skipped and counted. Frames of other formats pass unchanged.
/// </summary>
public sealed class MjpegSource : IFrameSource
{
    private readonly IFrameSource _inner;
    private readonly (int Width, int Height) _enough;
    private readonly PictureDecoder _decoder = new();
    private readonly Frame _frame = new();
    private long _skipped;

    /// <summary>Wraps a source.</summary>
    /// <param name="inner">The source; it is disposed with this one.</param>
    /// <param name="enoughSize">Size that a reduced picture must keep; 0 by 0 decodes at full size.</param>
    public MjpegSource(IFrameSource inner, (int Width, int Height) enoughSize = default)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
        _enough = enoughSize;
    }

    /// <summary>Called with the reason for each frame that is skipped.</summary>
    public Action<CameraException>? OnSkipped { get; set; }

    /// <inheritdoc/>
    public string Description => _inner.Description;

    /// <summary>Format of the coming frames; null while frames are MJPEG and the decoded size is not known yet.</summary>
    public FrameFormat? Format => _inner.Format is { PixelFormat: PixelFormat.Mjpeg } ? (_frame.Format.Width > 0 ? _frame.Format : null) : _inner.Format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters
    {
        get
        {
            FrameSourceCounters counters = _inner.Counters;
            return counters with { Delivered = counters.Delivered - _skipped, Skipped = counters.Skipped + _skipped };
        }
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        while (_inner.TryRead(out frame, cancellation))
        {
            if (frame.Format.PixelFormat != PixelFormat.Mjpeg)
                return true;
            try
            {
                _decoder.Decode(frame.Data, _frame, _enough.Width, _enough.Height);
            }
            catch (CameraException e)
            {
                _skipped++;
                OnSkipped?.Invoke(new CameraException(e.Kind, $"{frame.Name}: MJPEG frame {frame.Sequence} skipped, {_skipped} so far: {e.Message}", e));
                continue;
            }

            _frame.Sequence = frame.Sequence;
            _frame.Timestamp = frame.Timestamp;
            _frame.Name = frame.Name;
            _frame.Label = frame.Label;
            frame = _frame;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder.Dispose();
        _inner.Dispose();
    }
}
