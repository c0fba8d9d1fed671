namespace EdgeRuntime.Daemon;

/// <summary>
/// JSON lines to a stream, each written before the next frame is taken, so that none is ever lost: for sources that wait, such as files. When the reader is
/// gone (a closed pipe), <see cref="ReaderGone"/> tells it.
/// </summary>
internal sealed class StreamReporter(string name, Stream stream) : IReporter
{
    private readonly PredictionJson json = new();
    private long delivered;
    private long failures;
    private string? lastFailure;

    public string Name => name;

    public ReporterCounters Counters => new(delivered, 0, failures, lastFailure);

    /// <summary>Whether a write failed; nothing more is written then.</summary>
    public bool ReaderGone => failures > 0;

    public void Report(Prediction prediction)
    {
        if (ReaderGone)
            return;
        try
        {
            stream.Write(json.Line(prediction));
            stream.Flush();
            delivered++;
        }
        catch (IOException e)
        {
            failures++;
            lastFailure = e.Message;
        }
    }

    public void Dispose()
    {
        json.Dispose();
        stream.Dispose();
    }
}
