using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>
/// Frames of a Video4Linux camera, in the driver's own buffers: nothing is copied. The newest frame wins; older ones that wait with it are given back and
/// counted as dropped. MJPEG frames come as they are, see <see cref="MjpegSource"/>; an unplugged camera ends in an exception,
/// see <see cref="ReconnectingSource"/>.
/// </summary>
public sealed unsafe class V4l2Source : IFrameSource
{
    private const int PollSlice = 100;
    private readonly V4l2Device device;
    private readonly V4l2Options options;
    private readonly List<(nint Address, uint Length)> buffers = [];
    private readonly Frame frame;
    private readonly FrameFormat format;
    private V4l2Buffer held;
    private bool holding, streaming;
    private long delivered, dropped, skipped, sequence = -1;
    private uint lastDriverSequence;

    /// <summary>Opens the camera, chooses the mode nearest to what is wanted, sets controls and starts streaming.</summary>
    /// <exception cref="CameraException">The camera cannot be opened, is in use, is no camera, or refuses a setting.</exception>
    public V4l2Source(V4l2Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        device = V4l2Device.Open(options.Device);
        try
        {
            CameraInfo info = V4l2Cameras.Describe(device);
            if (info.Problem is not null)
                throw new CameraException(CameraErrorKind.Unsupported, $"{options.Device} ({info.Name}): {info.Problem}");
            format = Negotiate(info);
            frame = new Frame { Name = options.Device };
            V4l2Controls.Apply(device, options);
            MapBuffers();
            int type = (int)V4l2Request.CaptureBuffer;
            device.Request(V4l2Request.StreamOn, ref type, "start streaming");
            streaming = true;
            Description = FormattableString.Invariant($"camera {options.Device} ({info.Name}), {format}, {buffers.Count} buffers");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => new(delivered, dropped, skipped);

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        ReleaseHeld();
        TimeSpan deadline = Frame.Now + options.StallTimeout;
        while (!cancellation.IsCancellationRequested)
        {
            if (device.WaitForFrame(PollSlice) && TakeNewest())
            {
                this.frame.Borrow(format, (byte*)buffers[(int)held.Index].Address, (int)held.BytesUsed);
                this.frame.Sequence = sequence;
                this.frame.Timestamp = (held.Flags & V4l2Request.TimestampMask) == V4l2Request.TimestampMonotonic
                    ? TimeSpan.FromTicks((held.Seconds * TimeSpan.TicksPerSecond) + (held.Microseconds * TimeSpan.TicksPerMicrosecond))
                    : Frame.Now;
                delivered++;
                frame = this.frame;
                return true;
            }

            if (Frame.Now > deadline)
                throw new CameraException(CameraErrorKind.Stalled, FormattableString.Invariant($"{options.Device}: no frame within {options.StallTimeout.TotalSeconds:0.##} s, {skipped} broken ones so far"));
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (streaming)
        {
            int type = (int)V4l2Request.CaptureBuffer;
            _ = device.TryRequest(V4l2Request.StreamOff, ref type);
            streaming = false;
        }

        foreach ((nint address, uint length) in buffers)
            _ = LinuxCalls.Unmap(address, length);
        buffers.Clear();
        device.Dispose();
    }

    private FrameFormat Negotiate(CameraInfo info)
    {
        if (CameraModeChoice.Best(info.Modes, options.Width, options.Height, options.FramesPerSecond, options.PixelFormat) is not { } mode)
        {
            string wanted = options.PixelFormat is { } format ? $"the format {format}" : "any format that is supported here";
            throw new CameraException(CameraErrorKind.Unsupported, $"{options.Device} ({info.Name}): the camera does not offer {wanted}");
        }

        var set = new V4l2Format
        {
            Type = V4l2Request.CaptureBuffer,
            Width = (uint)mode.Width,
            Height = (uint)mode.Height,
            PixelFormat = V4l2Request.FourCc(mode.PixelFormat),
            Field = V4l2Request.AnyField,
        };
        device.Request(V4l2Request.SetFormat, ref set, $"set {mode}");
        if (V4l2Request.PixelFormatOf(set.PixelFormat) is not { } chosen || set.Width > FrameFormat.MaxSide || set.Height > FrameFormat.MaxSide)
            throw new CameraException(CameraErrorKind.Unsupported, $"{options.Device}: the camera answered {mode} with {set.Width}x{set.Height} of format 0x{set.PixelFormat:x8}");
        var rate = new V4l2StreamParameters { Type = V4l2Request.CaptureBuffer, Numerator = 1000, Denominator = (uint)Math.Max(1, Math.Round(options.FramesPerSecond * 1000)) };
        _ = device.TryRequest(V4l2Request.SetParameters, ref rate);
        int stride = chosen == PixelFormat.Mjpeg ? 0 : (int)Math.Min(set.BytesPerLine, int.MaxValue);
        return new FrameFormat((int)set.Width, (int)set.Height, chosen, stride, EncodingOf(set));
    }

    // Colour spaces: 3 is Rec. 709, 7 JPEG; encodings: 1 is BT.601, 2 BT.709; quantization: 1 is full range.
    private static YuvEncoding EncodingOf(V4l2Format format) => format switch
    {
        { YCbCrEncoding: 2 } or { YCbCrEncoding: 0, ColourSpace: 3 } => YuvEncoding.Bt709,
        { Quantization: 1 } or { Quantization: 0, ColourSpace: 7 } => YuvEncoding.Bt601Full,
        _ => YuvEncoding.Bt601,
    };

    private void MapBuffers()
    {
        var request = new V4l2RequestBuffers { Count = (uint)options.Buffers, Type = V4l2Request.CaptureBuffer, Memory = V4l2Request.MemoryMapped };
        device.Request(V4l2Request.RequestBuffers, ref request, $"get {options.Buffers} buffers");
        if (request.Count < 2)
            throw new CameraException(CameraErrorKind.SystemError, $"{options.Device}: the driver gives {request.Count} of {options.Buffers} buffers, at least 2 are needed");
        for (uint i = 0; i < request.Count; i++)
        {
            var buffer = new V4l2Buffer { Index = i, Type = V4l2Request.CaptureBuffer, Memory = V4l2Request.MemoryMapped };
            device.Request(V4l2Request.QueryBuffer, ref buffer, $"ask for buffer {i}");
            if (format.PixelFormat != PixelFormat.Mjpeg && buffer.Length < format.ByteLength)
                throw new CameraException(CameraErrorKind.Unsupported, $"{options.Device}: buffers of {buffer.Length} bytes do not hold a frame {format} of {format.ByteLength} bytes");
            buffers.Add((device.Map(buffer.Length, buffer.Offset), buffer.Length));
            device.Request(V4l2Request.Enqueue, ref buffer, $"hand over buffer {i}");
        }
    }

    /// <summary>Takes all frames that wait and keeps the last usable one.</summary>
    private bool TakeNewest()
    {
        bool found = false;
        long overtaken = 0;
        for (int i = 0; i <= buffers.Count; i++)
        {
            var buffer = new V4l2Buffer { Type = V4l2Request.CaptureBuffer, Memory = V4l2Request.MemoryMapped };
            int error = device.TryRequest(V4l2Request.Dequeue, ref buffer);
            if (error == LinuxCalls.Again)
                break;
            if (error != 0)
                throw V4l2Device.Failure(options.Device, "take a frame", error);
            if (buffer.Index >= buffers.Count)
                throw new CameraException(CameraErrorKind.SystemError, $"{options.Device}: the driver returned buffer {buffer.Index} of {buffers.Count}");
            if ((buffer.Flags & V4l2Request.BufferError) != 0 || !IsComplete(buffer))
            {
                skipped++;
                device.Request(V4l2Request.Enqueue, ref buffer, "give a buffer back");
                continue;
            }

            if (found)
            {
                overtaken++;
                ReleaseHeld();
            }

            held = buffer;
            holding = found = true;
        }

        if (found)
            Count(overtaken);
        return found;
    }

    private bool IsComplete(in V4l2Buffer buffer) =>
        buffer.BytesUsed <= buffers[(int)buffer.Index].Length && buffer.BytesUsed >= (format.PixelFormat == PixelFormat.Mjpeg ? 1 : format.ByteLength);

    // Gaps in the driver's numbers are frames that it could not store; some drivers do not count, then only what was seen here counts.
    private void Count(long overtaken)
    {
        long gap = sequence < 0 ? 0 : (long)(held.Sequence - lastDriverSequence) - 1;
        long lost = gap is >= 0 and < 100_000 ? Math.Max(gap, overtaken) : overtaken;
        dropped += lost;
        sequence += 1 + lost;
        lastDriverSequence = held.Sequence;
    }

    private void ReleaseHeld()
    {
        if (!holding)
            return;
        holding = false;
        device.Request(V4l2Request.Enqueue, ref held, "give a buffer back");
    }
}
