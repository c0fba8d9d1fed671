using System.Net.Sockets;

namespace EdgeRuntime.Daemon;

/// <summary>
/// JSON lines to every program that is connected to a Unix stream socket. A program that reads too slowly is disconnected rather than given half a line; it may
/// connect again.
/// </summary>
internal sealed class SocketReporter : QueuedReporter
{
    private const int MaxClients = 16;
    private const int SendTimeout = 200;
    private readonly PredictionJson json = new();
    private readonly string path;
    private readonly List<Socket> clients = new(MaxClients);
    private Socket? listener;

    /// <param name="path">The socket's file; one that a dead process left is replaced.</param>
    /// <param name="template">A prediction of the network whose predictions will come.</param>
    /// <param name="capacity">Predictions that may wait.</param>
    /// <param name="when">Which predictions are taken.</param>
    public SocketReporter(string path, Prediction template, int capacity, ReportWhen when)
        : base($"socket {path}", template, capacity, when)
    {
        this.path = path;
        Start();
    }

    /// <summary>Whoever connects is accepted at most this later.</summary>
    protected override TimeSpan IdleInterval => TimeSpan.FromMilliseconds(200);

    protected override void Open()
    {
        var endPoint = new UnixDomainSocketEndPoint(path);
        if (File.Exists(path))
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            if (new FileInfo(path).Length > 0)
                throw new IOException($"{path} is no socket");
            if (Answers(probe, endPoint))
                throw new IOException($"{path} belongs to another program that runs");
            File.Delete(path);
        }

        listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(endPoint);
        // Any user may read; the folder's permissions say who reaches it.
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        listener.Listen(MaxClients);
    }

    protected override void Deliver(Prediction prediction)
    {
        Accept();
        if (clients.Count == 0)
            return;
        ReadOnlySpan<byte> line = json.Line(prediction);
        for (int i = clients.Count - 1; i >= 0; i--)
        {
            if (Sends(clients[i], line))
                continue;
            clients[i].Dispose();
            clients.RemoveAt(i);
        }
    }

    protected override void Idle() => Accept();

    protected override void Close()
    {
        foreach (Socket client in clients)
            client.Dispose();
        clients.Clear();
        if (listener is null)
            return;
        listener.Dispose();
        listener = null;
        File.Delete(path);
    }

    private static bool Answers(Socket probe, UnixDomainSocketEndPoint endPoint)
    {
        try
        {
            probe.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool Sends(Socket client, ReadOnlySpan<byte> line)
    {
        try
        {
            return client.Send(line, SocketFlags.None) == line.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Accept()
    {
        while (listener!.Poll(0, SelectMode.SelectRead))
        {
            Socket client = listener.Accept();
            if (clients.Count == MaxClients)
            {
                client.Dispose();
                continue;
            }

            client.SendTimeout = SendTimeout;
            clients.Add(client);
        }
    }
}
