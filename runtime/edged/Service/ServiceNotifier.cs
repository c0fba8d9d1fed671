using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace EdgeRuntime.Daemon;

/// <summary>
/// Tells systemd how the service is (the protocol of sd_notify: datagrams to the socket that NOTIFY_SOCKET names). Without that variable it does nothing. Feeding the
/// watchdog allocates nothing.
/// </summary>
internal sealed class ServiceNotifier : IDisposable
{
    /// <summary>Longest wait for room in systemd's queue, in milliseconds: a message is lost rather than a stop or a frame held up for good.</summary>
    private const int SendTimeout = 200;

    private readonly Socket? socket;
    private readonly long watchdogTicks;
    private long lastFed;

    /// <param name="socketPath">Value of NOTIFY_SOCKET: a path, or a name in the abstract namespace after '@'; null for none.</param>
    /// <param name="watchdogMicroseconds">Value of WATCHDOG_USEC, or null.</param>
    public ServiceNotifier(string? socketPath, string? watchdogMicroseconds)
    {
        if (!string.IsNullOrEmpty(socketPath))
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendTimeout };
            socket.Connect(new UnixDomainSocketEndPoint(socketPath[0] == '@' ? "\0" + socketPath[1..] : socketPath));
        }

        // Four times as often as needed.
        if (long.TryParse(watchdogMicroseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long time))
            watchdogTicks = (long)(time / 4e6 * Stopwatch.Frequency);
    }

    /// <summary>The notifier of this process; what it starts is not told of the socket.</summary>
    public static ServiceNotifier FromEnvironment()
    {
        string? watchdog = Environment.GetEnvironmentVariable("WATCHDOG_PID") is { } pid && pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            ? null
            : Environment.GetEnvironmentVariable("WATCHDOG_USEC");
        var notifier = new ServiceNotifier(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), watchdog);
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", null);
        return notifier;
    }

    /// <summary>The service has begun or goes on after <see cref="Reloading"/>.</summary>
    public void Ready() => Send("READY=1"u8);

    /// <summary>The service reads its configuration again.</summary>
    public void Reloading() =>
        Send(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)Stopwatch.GetElapsedTime(0).TotalMicroseconds}")));

    /// <summary>The service ends.</summary>
    public void Stopping() => Send("STOPPING=1"u8);

    /// <summary>One line for people, as systemctl status shows it.</summary>
    public void Status(string text) => Send(Encoding.UTF8.GetBytes($"STATUS={text}"));

    /// <summary>The same from bytes, the line "STATUS=..." itself: allocates nothing.</summary>
    public void StatusLine(ReadOnlySpan<byte> line) => Send(line);

    /// <summary>A frame was finished: feeds the watchdog, if it is due.</summary>
    public void FrameFinished()
    {
        long now = Stopwatch.GetTimestamp();
        if (watchdogTicks == 0 || now - lastFed < watchdogTicks)
            return;
        lastFed = now;
        Send("WATCHDOG=1"u8);
    }

    public void Dispose() => socket?.Dispose();

    private void Send(ReadOnlySpan<byte> message)
    {
        try
        {
            socket?.Send(message, SocketFlags.None);
        }
        catch (SocketException)
        {
            // systemd is being restarted or does not read: it asks again by its time-outs.
        }
    }
}
