using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Camera;

/// <summary>Frames from a file of raw pixels, one after the other without headers, as cameras and video tools write them.</summary>
public sealed class RawFileSource : IFrameSource
{
    private readonly SafeFileHandle file;
    private readonly FrameFormat format;
    private readonly bool loop;
    private readonly long frames;
    private readonly Frame frame;
    private long next, delivered;

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
            file = File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Of(path, e);
        }

        long length = RandomAccess.GetLength(file);
        if (length == 0 || length % format.ByteLength != 0)
        {
            file.Dispose();
            throw new CameraException(CameraErrorKind.InvalidData, $"{path}: {length} bytes are no positive multiple of the {format.ByteLength} bytes of a {format} frame");
        }

        this.format = format;
        this.loop = loop;
        frames = length / format.ByteLength;
        frame = new Frame(format) { Name = path };
        Description = $"{frames} frames {format} of {path}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => new(delivered);

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        if (next == frames && loop)
            next = 0;
        if (next == frames || cancellation.IsCancellationRequested)
            return false;
        Span<byte> pixels = this.frame.Prepare(format);
        long offset = next * pixels.Length;
        for (int filled = 0; filled < pixels.Length;)
        {
            int read;
            try
            {
                read = RandomAccess.Read(file, pixels[filled..], offset + filled);
            }
            catch (IOException e)
            {
                throw FileErrors.Of(this.frame.Name, e);
            }

            if (read == 0)
                throw new CameraException(CameraErrorKind.InvalidData, $"{this.frame.Name}: became shorter while it was read: frame {next} of {frames} is cut at {filled} of {pixels.Length} bytes");
            filled += read;
        }

        next++;
        this.frame.Sequence = delivered++;
        this.frame.Timestamp = Frame.Now;
        frame = this.frame;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
