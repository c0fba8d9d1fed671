using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Camera;

/// <summary>Frames from a file of raw pixels, one after the other without headers, as cameras and video tools write them.</summary>
public sealed class RawFileSource : IFrameSource
{
    private readonly SafeFileHandle _file;
    private readonly FrameFormat _format;
    private readonly bool _loop;
    private readonly long _frames;
    private readonly Frame _frame;
    private long _next, _delivered;

    /// <summary>Opens the file and checks that it holds whole frames.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Size and layout of each frame; everything but MJPEG.</param>
    /// <param name="loop">Whether to begin again after the last frame.</param>
    /// <exception cref="CameraException">The file cannot be opened, is empty, or its length is no multiple of the frame's.</exception>
    public RawFileSource(string path, FrameFormat format, bool loop = false)
    {
        if (format.PixelFormat == PixelFormat.Mjpeg)
            throw new CameraException(CameraErrorKind.Unsupported, "a raw file of MJPEG frames has no fixed frame length; use a directory of JPEG pictures");
        if (format.Width == 0)
            throw new CameraException(CameraErrorKind.InvalidArgument, "the frame format has no size");
        try
        {
            _file = File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Of(path, e);
        }

        long length = RandomAccess.GetLength(_file);
        if (length == 0 || length % format.ByteLength != 0)
        {
            _file.Dispose();
            throw new CameraException(CameraErrorKind.InvalidData, $"{path}: {length} bytes are no positive multiple of the {format.ByteLength} bytes of a {format} frame");
        }

        _format = format;
        _loop = loop;
        _frames = length / format.ByteLength;
        _frame = new Frame(format) { Name = path };
        Description = $"{_frames} frames {format} of {path}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => _format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => new(_delivered);

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        if (_next == _frames && _loop)
            _next = 0;
        if (_next == _frames || cancellation.IsCancellationRequested)
            return false;
        Span<byte> pixels = _frame.Prepare(_format);
        long offset = _next * pixels.Length;
        for (int filled = 0; filled < pixels.Length;)
        {
            int read;
            try
            {
                read = RandomAccess.Read(_file, pixels[filled..], offset + filled);
            }
            catch (IOException e)
            {
                throw FileErrors.Of(_frame.Name, e);
            }

            if (read == 0)
                throw new CameraException(CameraErrorKind.InvalidData, $"{_frame.Name}: became shorter while it was read: frame {_next} of {_frames} is cut at {filled} of {pixels.Length} bytes");
            filled += read;
        }

        _next++;
        _frame.Sequence = _delivered++;
        _frame.Timestamp = Frame.Now;
        frame = _frame;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
