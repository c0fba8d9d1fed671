namespace EdgeRuntime.Daemon;

/// <summary>JSON lines to standard output, which a reader may keep waiting: a service's console.</summary>
internal sealed class LinesReporter : QueuedReporter
{
    private readonly PredictionJson json = new();
    private readonly Stream stream;

    /// <param name="name">Short name for messages.</param>
    /// <param name="stream">Where lines go; closed with the reporter.</param>
    /// <param name="template">A prediction of the network whose predictions will come.</param>
    /// <param name="capacity">Predictions that may wait.</param>
    /// <param name="when">Which predictions are taken.</param>
    public LinesReporter(string name, Stream stream, Prediction template, int capacity, ReportWhen when)
        : base(name, template, capacity, when)
    {
        this.stream = stream;
        Start();
    }

    protected override void Deliver(Prediction prediction)
    {
        stream.Write(json.Line(prediction));
        stream.Flush();
    }

    // Standard output stays open for another attempt.
    protected override void Close()
    {
    }
}
