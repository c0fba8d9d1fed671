using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>
/// Decodes the MJPEG frames of another source with the system's libturbojpeg, reduced by 2, 4 or 8 where the network needs no more. Frames that arrive truncated or
/// corrupt are skipped and counted. Frames of other formats pass unchanged.
/// </summary>
public sealed class MjpegSource : IFrameSource
{
    private readonly IFrameSource inner;
    private readonly (int Width, int Height) enough;
    private readonly PictureDecoder decoder = new();
    private readonly Frame frame = new();
    private long skipped;

    /// <summary>Wraps a source.</summary>
    /// <param name="inner">The source; it is disposed with this one.</param>
    /// <param name="enoughSize">Size that a reduced picture must keep; 0 by 0 decodes at full size.</param>
    public MjpegSource(IFrameSource inner, (int Width, int Height) enoughSize = default)
    {
        ArgumentNullException.ThrowIfNull(inner);
        this.inner = inner;
        enough = enoughSize;
    }

    /// <summary>Called with the reason for each frame that is skipped.</summary>
    public Action<CameraException>? OnSkipped { get; set; }

    /// <inheritdoc/>
    public string Description => inner.Description;

    /// <summary>Format of the coming frames; null while frames are MJPEG and the decoded size is not known yet.</summary>
    public FrameFormat? Format => inner.Format is { PixelFormat: PixelFormat.Mjpeg } ? (frame.Format.Width > 0 ? frame.Format : null) : inner.Format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters
    {
        get
        {
            FrameSourceCounters counters = inner.Counters;
            return counters with { Delivered = counters.Delivered - skipped, Skipped = counters.Skipped + skipped };
        }
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        while (inner.TryRead(out frame, cancellation))
        {
            if (frame.Format.PixelFormat != PixelFormat.Mjpeg)
                return true;
            try
            {
                decoder.Decode(frame.Data, this.frame, enough.Width, enough.Height);
            }
            catch (CameraException e)
            {
                skipped++;
                OnSkipped?.Invoke(new CameraException(e.Kind, $"{frame.Name}: MJPEG frame {frame.Sequence} skipped, {skipped} so far: {e.Message}", e));
                continue;
            }

            this.frame.Sequence = frame.Sequence;
            this.frame.Timestamp = frame.Timestamp;
            this.frame.Name = frame.Name;
            this.frame.Label = frame.Label;
            frame = this.frame;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        decoder.Dispose();
        inner.Dispose();
    }
}
