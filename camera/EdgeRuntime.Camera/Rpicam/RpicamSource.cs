using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeRuntime.Camera;

/// <summary>
/// Frames of a Raspberry Pi CSI camera: a child process rpicam-vid (libcamera) writes raw YUV420 frames to its standard output. A thread keeps
/// reading, so that the newest frame wins and the process never waits; overtaken frames are counted as dropped. A process that ends or stalls
/// ends in an exception, see <see cref="ReconnectingSource"/>.
/// </summary>
public sealed class RpicamSource : IFrameSource
{
    private const int WaitSlice = 100;
    private readonly RpicamOptions _options;
    private readonly Process _process;
    private readonly Thread _reader;
    private readonly object _gate = new();
    private readonly FrameFormat _format;
    private Frame _handedOut, _ready, _filling;
    private bool _hasReady, _ended;
    private long _received, _delivered, _dropped;
    private int _partial;
    private string _lastError = "";

    /// <summary>Starts the process.</summary>
    /// <exception cref="CameraException">An option is out of its range, or the program is not installed.</exception>
    public RpicamSource(RpicamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        // libcamera delivers BT.709 for sizes from 1280x720 on, BT.601 below.
        _format = new FrameFormat(options.Width, options.Height, PixelFormat.Yuv420, 0,
            options.Width >= 1280 || options.Height >= 720 ? YuvEncoding.Bt709 : YuvEncoding.Bt601);
        _handedOut = new Frame(_format) { Name = options.Program };
        _ready = new Frame(_format) { Name = options.Program };
        _filling = new Frame(_format) { Name = options.Program };
        Description = string.Create(CultureInfo.InvariantCulture, $"{options.Program} camera {options.Camera}, {_format}, {options.FramesPerSecond:0.##} frames per second");
        _process = Start(options);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
                Volatile.Write(ref _lastError, line.Data.Trim());
        };
        _process.BeginErrorReadLine();
        _reader = new Thread(ReadFrames) { IsBackground = true, Name = "rpicam reader" };
        _reader.Start();
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => _format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters
    {
        get
        {
            lock (_gate)
                return new(_delivered, _dropped);
        }
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        TimeSpan deadline = Frame.Now + _options.StallTimeout;
        lock (_gate)
        {
            while (!_hasReady)
            {
                if (cancellation.IsCancellationRequested)
                    return false;
                if (_ended)
                    throw new CameraException(CameraErrorKind.DeviceLost, $"{_options.Program} ended{ExitText()} after {_received} frames{PartialText()}{ErrorText()}");
                if (Frame.Now > deadline)
                    throw new CameraException(CameraErrorKind.Stalled, FormattableString.Invariant($"{_options.Program}: no frame within {_options.StallTimeout.TotalSeconds:0.##} s, {_received} before{ErrorText()}"));
                Monitor.Wait(_gate, WaitSlice);
            }

            (_handedOut, _ready) = (_ready, _handedOut);
            _hasReady = false;
            _delivered++;
            frame = _handedOut;
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended already.
        }

        _reader.Join(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }

    private static Process Start(RpicamOptions options)
    {
        var start = new ProcessStartInfo(options.Program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "--codec", "yuv420", "--timeout", "0", "--nopreview", "--flush",
            "--camera", options.Camera.ToString(CultureInfo.InvariantCulture),
            "--width", options.Width.ToString(CultureInfo.InvariantCulture),
            "--height", options.Height.ToString(CultureInfo.InvariantCulture),
            "--framerate", options.FramesPerSecond.ToString("0.###", CultureInfo.InvariantCulture),
            .. options.ExtraArguments, "--output", "-",
        ];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw e.NativeErrorCode == LinuxCalls.Access
                ? new CameraException(CameraErrorKind.PermissionDenied, $"{options.Program}: this user may not run it", e)
                : new CameraException(CameraErrorKind.NotFound, $"{options.Program}: the program is not installed (package rpicam-apps): {e.Message}", e);
        }
    }

    private void ReadFrames()
    {
        try
        {
            Stream stream = _process.StandardOutput.BaseStream;
            while (true)
            {
                Span<byte> pixels = _filling.Prepare(_format);
                int filled = 0, read;
                while (filled < pixels.Length && (read = stream.Read(pixels[filled..])) > 0)
                    filled += read;
                if (filled < pixels.Length)
                {
                    _partial = filled;
                    break;
                }

                Publish();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The pipe broke with the process; the reader of frames is told below.
        }

        // The overload without a time also waits for the last lines of standard error.
        if (_process.WaitForExit(1000))
            _process.WaitForExit();
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Publish()
    {
        lock (_gate)
        {
            _filling.Sequence = _received++;
            _filling.Timestamp = Frame.Now;
            (_filling, _ready) = (_ready, _filling);
            if (_hasReady)
                _dropped++;
            _hasReady = true;
            Monitor.PulseAll(_gate);
        }
    }

    private string ExitText() => _process.HasExited ? $" with exit code {_process.ExitCode}" : "";

    private string PartialText() => _partial > 0 ? $" and {_partial} of {_format.ByteLength} bytes of the next" : "";

    private string ErrorText() => Volatile.Read(ref _lastError) is { Length: > 0 } text ? $"; it said: {text}" : "";
}
