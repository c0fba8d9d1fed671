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
    private readonly V4l2Device _device;
    private readonly V4l2Options _options;
    private readonly List<(nint Address, uint Length)> _buffers = [];
    private readonly Frame _frame;
    private readonly FrameFormat _format;
    private V4l2Buffer _held;
    private bool _holding, _streaming;
    private long _delivered, _dropped, _skipped, _sequence = -1;
    private uint _lastDriverSequence;

    /// <summary>Opens the camera, chooses the mode nearest to what is wanted, sets controls and starts streaming.</summary>
    /// <exception cref="CameraException">The camera cannot be opened, is in use, is no camera, or refuses a setting.</exception>
    public V4l2Source(V4l2Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _device = V4l2Device.Open(options.Device);
        try
        {
            CameraInfo info = V4l2Cameras.Describe(_device);
            if (info.Problem is not null)
                throw new CameraException(CameraErrorKind.Unsupported, $"{options.Device} ({info.Name}): {info.Problem}");
            _format = Negotiate(info);
            _frame = new Frame { Name = options.Device };
            V4l2Controls.Apply(_device, options);
            MapBuffers();
            int type = (int)V4l2Request.CaptureBuffer;
            _device.Request(V4l2Request.StreamOn, ref type, "start streaming");
            _streaming = true;
            Description = FormattableString.Invariant($"camera {options.Device} ({info.Name}), {_format}, {_buffers.Count} buffers");
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
    public FrameFormat? Format => _format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => new(_delivered, _dropped, _skipped);

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        ReleaseHeld();
        TimeSpan deadline = Frame.Now + _options.StallTimeout;
        while (!cancellation.IsCancellationRequested)
        {
            if (_device.WaitForFrame(PollSlice) && TakeNewest())
            {
                _frame.Borrow(_format, (byte*)_buffers[(int)_held.Index].Address, (int)_held.BytesUsed);
                _frame.Sequence = _sequence;
                _frame.Timestamp = (_held.Flags & V4l2Request.TimestampMask) == V4l2Request.TimestampMonotonic
                    ? TimeSpan.FromTicks((_held.Seconds * TimeSpan.TicksPerSecond) + (_held.Microseconds * TimeSpan.TicksPerMicrosecond))
                    : Frame.Now;
                _delivered++;
                frame = _frame;
                return true;
            }

            if (Frame.Now > deadline)
                throw new CameraException(CameraErrorKind.Stalled, FormattableString.Invariant($"{_options.Device}: no frame within {_options.StallTimeout.TotalSeconds:0.##} s, {_skipped} broken ones so far"));
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_streaming)
        {
            int type = (int)V4l2Request.CaptureBuffer;
            _ = _device.TryRequest(V4l2Request.StreamOff, ref type);
            _streaming = false;
        }

        foreach ((nint address, uint length) in _buffers)
            _ = LinuxCalls.Unmap(address, length);
        _buffers.Clear();
        _device.Dispose();
    }

    private FrameFormat Negotiate(CameraInfo info)
    {
        if (CameraModeChoice.Best(info.Modes, _options.Width, _options.Height, _options.FramesPerSecond, _options.PixelFormat) is not { } mode)
        {
            string wanted = _options.PixelFormat is { } format ? $"the format {format}" : "any format that is supported here";
            throw new CameraException(CameraErrorKind.Unsupported, $"{_options.Device} ({info.Name}): the camera does not offer {wanted}");
        }

        var set = new V4l2Format
        {
            Type = V4l2Request.CaptureBuffer,
            Width = (uint)mode.Width,
            Height = (uint)mode.Height,
            PixelFormat = V4l2Request.FourCc(mode.PixelFormat),
            Field = V4l2Request.AnyField,
        };
        _device.Request(V4l2Request.SetFormat, ref set, $"set {mode}");
        if (V4l2Request.PixelFormatOf(set.PixelFormat) is not { } chosen || set.Width > FrameFormat.MaxSide || set.Height > FrameFormat.MaxSide)
            throw new CameraException(CameraErrorKind.Unsupported, $"{_options.Device}: the camera answered {mode} with {set.Width}x{set.Height} of format 0x{set.PixelFormat:x8}");
        var rate = new V4l2StreamParameters { Type = V4l2Request.CaptureBuffer, Numerator = 1000, Denominator = (uint)Math.Max(1, Math.Round(_options.FramesPerSecond * 1000)) };
        _ = _device.TryRequest(V4l2Request.SetParameters, ref rate);
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
        var request = new V4l2RequestBuffers { Count = (uint)_options.Buffers, Type = V4l2Request.CaptureBuffer, Memory = V4l2Request.MemoryMapped };
        _device.Request(V4l2Request.RequestBuffers, ref request, $"get {_options.Buffers} buffers");
        if (request.Count < 2)
            throw new CameraException(CameraErrorKind.SystemError, $"{_options.Device}: the driver gives {request.Count} of {_options.Buffers} buffers, at least 2 are needed");
        for (uint i = 0; i < request.Count; i++)
        {
            var buffer = new V4l2Buffer { Index = i, Type = V4l2Request.CaptureBuffer, Memory = V4l2Request.MemoryMapped };
            _device.Request(V4l2Request.QueryBuffer, ref buffer, $"ask for buffer {i}");
            if (_format.PixelFormat != PixelFormat.Mjpeg && buffer.Length < _format.ByteLength)
                throw new CameraException(CameraErrorKind.Unsupported, $"{_options.Device}: buffers of {buffer.Length} bytes do not hold a frame {_format} of {_format.ByteLength} bytes");
            _buffers.Add((_device.Map(buffer.Length, buffer.Offset), buffer.Length));
            _device.Request(V4l2Request.Enqueue, ref buffer, $"hand over buffer {i}");
        }
    }

    /// <summary>Takes all frames that wait and keeps the last usable one.</summary>
    private bool TakeNewest()
    {
        bool found = false;
        long overtaken = 0;
        for (int i = 0; i <= _buffers.Count; i++)
        {
            var buffer = new V4l2Buffer { Type = V4l2Request.CaptureBuffer, Memory = V4l2Request.MemoryMapped };
            int error = _device.TryRequest(V4l2Request.Dequeue, ref buffer);
            if (error == LinuxCalls.Again)
                break;
            if (error != 0)
                throw V4l2Device.Failure(_options.Device, "take a frame", error);
            if (buffer.Index >= _buffers.Count)
                throw new CameraException(CameraErrorKind.SystemError, $"{_options.Device}: the driver returned buffer {buffer.Index} of {_buffers.Count}");
            if ((buffer.Flags & V4l2Request.BufferError) != 0 || !IsComplete(buffer))
            {
                _skipped++;
                _device.Request(V4l2Request.Enqueue, ref buffer, "give a buffer back");
                continue;
            }

            if (found)
            {
                overtaken++;
                ReleaseHeld();
            }

            _held = buffer;
            _holding = found = true;
        }

        if (found)
            Count(overtaken);
        return found;
    }

    private bool IsComplete(in V4l2Buffer buffer) =>
        buffer.BytesUsed <= _buffers[(int)buffer.Index].Length && buffer.BytesUsed >= (_format.PixelFormat == PixelFormat.Mjpeg ? 1 : _format.ByteLength);

    // Gaps in the driver's numbers are frames that it could not store; some drivers do not count, then only what was seen here counts.
    private void Count(long overtaken)
    {
        long gap = _sequence < 0 ? 0 : (long)(_held.Sequence - _lastDriverSequence) - 1;
        long lost = gap is >= 0 and < 100_000 ? Math.Max(gap, overtaken) : overtaken;
        _dropped += lost;
        _sequence += 1 + lost;
        _lastDriverSequence = _held.Sequence;
    }

    private void ReleaseHeld()
    {
        if (!_holding)
            return;
        _holding = false;
        _device.Request(V4l2Request.Enqueue, ref _held, "give a buffer back");
    }
}
