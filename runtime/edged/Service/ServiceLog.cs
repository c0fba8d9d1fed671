using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace EdgeRuntime.Daemon;

/// <summary>How much a message matters, with the numbers of syslog.</summary>
internal enum LogPriority
{
    /// <summary>The service ends.</summary>
    Error = 3,

    /// <summary>Something does not work and will be tried again.</summary>
    Warning = 4,

    /// <summary>A change that people want to find later.</summary>
    Notice = 5,

    /// <summary>What happens as expected.</summary>
    Info = 6,
}

/// <summary>
/// Messages of the service: to the journal's socket with fields (EDGED_EVENT and others, for journalctl EDGED_EVENT=...), where the journal takes standard error; else as lines on
/// standard error.
/// </summary>
internal sealed class ServiceLog : IDisposable
{
    private const string JournalSocket = "/run/systemd/journal/socket";

    /// <summary>Longest wait for room in the journal's queue, in milliseconds: then the line goes to standard error.</summary>
    private const int SendTimeout = 200;

    private readonly TextWriter error;
    private readonly Lock gate = new();
    private Socket? socket;

    /// <param name="error">Standard error.</param>
    /// <param name="journal">Path of the journal's socket, or null.</param>
    public ServiceLog(TextWriter error, string? journal)
    {
        this.error = error;
        if (journal is null)
            return;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendTimeout };
            socket.Connect(new UnixDomainSocketEndPoint(journal));
        }
        catch (SocketException)
        {
            socket?.Dispose();
            socket = null;
        }
    }

    /// <summary>The log of this process.</summary>
    public static ServiceLog FromEnvironment(TextWriter error) =>
        new(error, Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 } ? JournalSocket : null);

    /// <summary>Writes one message.</summary>
    /// <param name="priority">How much it matters.</param>
    /// <param name="name">Short name of what happened, such as "reloaded".</param>
    /// <param name="message">One line for people.</param>
    /// <param name="fields">More fields of the journal; names are capital letters and '_'.</param>
    public void Write(LogPriority priority, string name, string message, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        string line = message.ReplaceLineEndings(" ");
        lock (gate)
        {
            if (socket is null || !Sent(Entry(priority, name, line, fields)))
                error.WriteLine($"edged: {line}");
        }
    }

    public void Dispose() => socket?.Dispose();

    /// <summary>An entry in the journal's own protocol: NAME=value lines.</summary>
    internal static byte[] Entry(LogPriority priority, string name, string line, ReadOnlySpan<(string Name, string Value)> fields)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"MESSAGE={line}\nPRIORITY={(int)priority}\nSYSLOG_IDENTIFIER=edged\nEDGED_EVENT={name}\n");
        foreach ((string field, string value) in fields)
            text.Append(CultureInfo.InvariantCulture, $"{field}={value.ReplaceLineEndings(" ")}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private bool Sent(byte[] entry)
    {
        try
        {
            return socket!.Send(entry, SocketFlags.None) == entry.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
