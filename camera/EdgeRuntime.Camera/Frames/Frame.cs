using System.Diagnostics;

namespace EdgeRuntime.Camera;

/// <summary>
/// One picture of a stream: its bytes, and where they come from. A frame is reused: what a source hands out is valid until the next read
/// from that source or its disposal. The bytes are either an array that the frame owns and grows, or memory of a driver that it borrows.
/// </summary>
public sealed unsafe class Frame
{
    private byte[] owned = [];
    private byte* borrowed;
    private int length;

    /// <summary>Creates an empty frame to be filled by a source or a decoder.</summary>
    public Frame()
    {
    }

    /// <summary>Creates a frame that owns room for one picture of this format, all zero.</summary>
    public Frame(FrameFormat format) => Prepare(format);

    /// <summary>Size and layout of the pixels.</summary>
    public FrameFormat Format { get; private set; }

    /// <summary>The bytes, rows and planes as <see cref="Format"/> says.</summary>
    public ReadOnlySpan<byte> Data => borrowed != null ? new ReadOnlySpan<byte>(borrowed, length) : owned.AsSpan(0, length);

    /// <summary>Number of the frame in its stream, from 0; gaps are frames that were dropped.</summary>
    public long Sequence { get; set; }

    /// <summary>When the picture was taken, on the monotonic clock (see <see cref="Now"/>).</summary>
    public TimeSpan Timestamp { get; set; }

    /// <summary>File or device that the frame came from.</summary>
    public string Name { get; set; } = "";

    /// <summary>What the picture truly shows, where the source knows (synthetic scenes); else null.</summary>
    public string? Label { get; set; }

    /// <summary>The monotonic clock of time stamps (CLOCK_MONOTONIC on Linux, as the kernel stamps camera buffers).</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Sets the format and returns the owned bytes to be written; allocates only if the frame never was this large.</summary>
    /// <remarks>What was in the frame is lost or left as it is; every byte is to be written.</remarks>
    public Span<byte> Prepare(FrameFormat format) => Prepare(format, format.ByteLength);

    /// <summary>As <see cref="Prepare(FrameFormat)"/>, with the length of compressed data.</summary>
    internal Span<byte> Prepare(FrameFormat format, int length)
    {
        if (owned.Length < length)
            owned = GC.AllocateUninitializedArray<byte>(length);
        borrowed = null;
        this.length = length;
        Format = format;
        return owned.AsSpan(0, length);
    }

    /// <summary>Points the frame at memory that stays valid and unchanged until the next call of its source.</summary>
    internal void Borrow(FrameFormat format, byte* data, int length)
    {
        borrowed = data;
        this.length = length;
        Format = format;
    }

    /// <summary>Copies pixels and description of another frame, so that they outlive the next read from its source.</summary>
    public void CopyFrom(Frame other)
    {
        ArgumentNullException.ThrowIfNull(other);
        other.Data.CopyTo(Prepare(other.Format, other.Data.Length));
        Sequence = other.Sequence;
        Timestamp = other.Timestamp;
        Name = other.Name;
        Label = other.Label;
    }

    /// <summary>Throws unless the frame holds all bytes that its format asks for.</summary>
    internal void RequireComplete()
    {
        int needed = Format.PixelFormat == PixelFormat.Mjpeg ? 1 : Format.ByteLength;
        if (Format.Width == 0 || length < needed)
            throw new CameraException(CameraErrorKind.InvalidData, $"frame {Sequence} of {Name} has {length} bytes, {Format} needs {needed}");
    }
}
