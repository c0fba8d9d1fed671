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
    private readonly RpicamOptions options;
    private readonly Process process;
    private readonly Thread reader;
    private readonly object gate = new();
    private readonly FrameFormat format;
    private Frame handedOut, ready, filling;
    private bool hasReady, ended;
    private long received, delivered, dropped;
    private int partial;
    private string lastError = "";

    /// <summary>Starts the process.</summary>
    /// <exception cref="CameraException">An option is out of its range, or the program is not installed.</exception>
    public RpicamSource(RpicamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        // libcamera delivers BT.709 for sizes from 1280x720 on, BT.601 below.
        format = new FrameFormat(options.Width, options.Height, PixelFormat.Yuv420, 0,
            options.Width >= 1280 || options.Height >= 720 ? YuvEncoding.Bt709 : YuvEncoding.Bt601);
        handedOut = new Frame(format) { Name = options.Program };
        ready = new Frame(format) { Name = options.Program };
        filling = new Frame(format) { Name = options.Program };
        Description = string.Create(CultureInfo.InvariantCulture, $"{options.Program} camera {options.Camera}, {format}, {options.FramesPerSecond:0.##} frames per second");
        process = Start(options);
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
                Volatile.Write(ref lastError, line.Data.Trim());
        };
        process.BeginErrorReadLine();
        reader = new Thread(ReadFrames) { IsBackground = true, Name = "rpicam reader" };
        reader.Start();
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters
    {
        get
        {
            lock (gate)
                return new(delivered, dropped);
        }
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        TimeSpan deadline = Frame.Now + options.StallTimeout;
        lock (gate)
        {
            while (!hasReady)
            {
                if (cancellation.IsCancellationRequested)
                    return false;
                if (ended)
                    throw new CameraException(CameraErrorKind.DeviceLost, $"{options.Program} ended{ExitText()} after {received} frames{PartialText()}{ErrorText()}");
                if (Frame.Now > deadline)
                    throw new CameraException(CameraErrorKind.Stalled, FormattableString.Invariant($"{options.Program}: no frame within {options.StallTimeout.TotalSeconds:0.##} s, {received} before{ErrorText()}"));
                Monitor.Wait(gate, WaitSlice);
            }

            (handedOut, ready) = (ready, handedOut);
            hasReady = false;
            delivered++;
            frame = handedOut;
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended already.
        }

        reader.Join(TimeSpan.FromSeconds(5));
        process.Dispose();
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
            Stream stream = process.StandardOutput.BaseStream;
            while (true)
            {
                Span<byte> pixels = filling.Prepare(format);
                int filled = 0, read;
                while (filled < pixels.Length && (read = stream.Read(pixels[filled..])) > 0)
                    filled += read;
                if (filled < pixels.Length)
                {
                    partial = filled;
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
        if (process.WaitForExit(1000))
            process.WaitForExit();
        lock (gate)
        {
            ended = true;
            Monitor.PulseAll(gate);
        }
    }

    private void Publish()
    {
        lock (gate)
        {
            filling.Sequence = received++;
            filling.Timestamp = Frame.Now;
            (filling, ready) = (ready, filling);
            if (hasReady)
                dropped++;
            hasReady = true;
            Monitor.PulseAll(gate);
        }
    }

    private string ExitText() => process.HasExited ? $" with exit code {process.ExitCode}" : "";

    private string PartialText() => partial > 0 ? $" and {partial} of {format.ByteLength} bytes of the next" : "";

    private string ErrorText() => Volatile.Read(ref lastError) is { Length: > 0 } text ? $"; it said: {text}" : "";
}
