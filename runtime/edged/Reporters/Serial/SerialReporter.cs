using System.IO.Ports;

namespace EdgeRuntime.Daemon;

/// <summary>
/// Sends predictions over a serial port. When nothing is to be said for a while the decision is repeated, so that a receiver notices a dead board. A port that is gone,
/// such as an unplugged USB adapter, is opened again once a second.
/// </summary>
internal sealed class SerialReporter : QueuedReporter
{
    private const int WriteTimeout = 1000;
    private readonly byte[] buffer = new byte[SerialMessage.MaxLineLength];
    private readonly SerialOptions options;
    private readonly Prediction last;
    private readonly TimeSpan start = Now;
    private SerialPort? port;
    private ushort sequence;
    private bool said;

    /// <param name="options">The port and how to speak on it.</param>
    /// <param name="template">A prediction of the network whose predictions will come.</param>
    public SerialReporter(SerialOptions options, Prediction template)
        : base($"serial {options.Path}", template, options.Capacity, options.When)
    {
        this.options = options;
        last = new Prediction(template.Labels, template.TopLabels.Length);
        Start();
    }

    protected override TimeSpan IdleInterval => options.Heartbeat > TimeSpan.Zero ? options.Heartbeat : Timeout.InfiniteTimeSpan;

    protected override void Open()
    {
        if (!File.Exists(options.Path))
            throw new IOException($"{options.Path}: there is no such port");
        try
        {
            port = new SerialPort(options.Path, options.BaudRate) { WriteTimeout = WriteTimeout, Handshake = Handshake.None };
            port.Open();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{options.Path}: the port is in use, or this user may not open it (group dialout): {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw new IOException($"{options.Path}: this is no serial port: {e.Message}", e);
        }
    }

    protected override void Deliver(Prediction prediction)
    {
        last.CopyFrom(prediction);
        said = true;
        Send(repeated: false);
    }

    protected override void Idle()
    {
        if (said)
            Send(repeated: true);
    }

    protected override void Close()
    {
        port?.Dispose();
        port = null;
    }

    private void Send(bool repeated)
    {
        TimeSpan time = Now - start;
        int length = SerialMessage.BinaryLength;
        if (options.Protocol == SerialProtocol.Binary)
            SerialMessage.WriteBinary(buffer, last, sequence, time, repeated);
        else
            length = SerialMessage.WriteLine(buffer, last, sequence, time);
        sequence++;
        port!.Write(buffer, 0, length);
    }
}

/// <summary>A serial port and how to speak on it.</summary>
internal sealed record SerialOptions(string Path, int BaudRate, SerialProtocol Protocol, TimeSpan Heartbeat, int Capacity, ReportWhen When);
