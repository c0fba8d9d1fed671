namespace EdgeRuntime.Daemon;

/// <summary>JSON lines to a file or to standard output through a bounded queue: for cameras, which do not wait. A file is opened again after a failure.</summary>
internal sealed class QueuedStreamReporter : QueuedReporter
{
    private const int Capacity = 64;
    private readonly Func<Stream> open;
    private readonly PredictionJson json = new();
    private Stream? stream;

    public QueuedStreamReporter(string name, Prediction template, Func<Stream> open)
        : base(name, template, Capacity)
    {
        this.open = open;
        Start();
    }

    protected override void Deliver(Prediction prediction)
    {
        stream ??= open();
        try
        {
            stream.Write(json.Line(prediction));
            stream.Flush();
        }
        catch
        {
            Close();
            throw;
        }
    }

    protected override void Close()
    {
        stream?.Dispose();
        stream = null;
    }
}
