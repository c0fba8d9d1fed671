using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>
/// A stream of frames. Used by one thread at a time; only the cancellation token may be triggered from elsewhere.
/// </summary>
public interface IFrameSource : IDisposable
{
    /// <summary>What this source is, for logs: device or file, size, format, rate.</summary>
    string Description { get; }

    /// <summary>Format of the coming frames where it is known before reading; null where each frame says its own (a directory of pictures).</summary>
    FrameFormat? Format { get; }

    /// <summary>Counts since the source was opened.</summary>
    FrameSourceCounters Counters { get; }

    /// <summary>
    /// Waits for the next frame. It stays valid until the next call or until the source is disposed. Allocates nothing once buffers have grown
    /// to the size of the frames.
    /// </summary>
    /// <param name="frame">The frame, owned by the source.</param>
    /// <param name="cancellation">Ends the waiting; the result is then false.</param>
    /// <returns>True with a frame; false at the end of the stream or after cancellation (the token tells which).</returns>
    /// <exception cref="CameraException">The frame cannot be had; <see cref="CameraException.IsRecoverable"/> tells whether opening the source again may help.</exception>
    bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default);
}

/// <summary>What happened to the frames of a source so far.</summary>
/// <param name="Delivered">Frames handed out.</param>
/// <param name="Dropped">Frames that the camera took but that were overtaken by newer ones.</param>
/// <param name="Skipped">Frames or files that could not be decoded.</param>
/// <param name="Reopened">Times that the device was lost and opened again.</param>
public readonly record struct FrameSourceCounters(long Delivered, long Dropped = 0, long Skipped = 0, long Reopened = 0);
