using System.Net.Sockets;
using System.Text;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>systemd's end of the notification protocol.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
    private readonly byte[] waste = new byte[4096];
    private readonly string path = Path.Combine(Path.GetTempPath(), $"notify-{Guid.NewGuid():n}");

    public NotifySocket(bool isAbstract)
    {
        Address = isAbstract ? "@" + path : path;
        socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + path : path));
    }

    /// <summary>Value for NOTIFY_SOCKET.</summary>
    public string Address { get; }

    /// <summary>The next message.</summary>
    public string Receive()
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    /// <summary>Throws away what waits, without allocating, so that the sender does not wait for room.</summary>
    public void Discard()
    {
        while (socket.Available > 0)
            socket.Receive(waste);
    }

    /// <summary>Leaves messages out until one begins like this.</summary>
    public string ReceiveUntil(string begin)
    {
        while (true)
        {
            string message = Receive();
            if (message.StartsWith(begin, StringComparison.Ordinal))
                return message;
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        File.Delete(path);
    }
}
