namespace EdgeRuntime.Daemon;

/// <summary>
/// JSON lines appended to a file, each in one write. At its greatest size the file is renamed to NAME.1 and begun again. What a full disk has cut off is removed
/// before the next line.
/// </summary>
internal sealed class FileReporter : QueuedReporter
{
    private readonly PredictionJson json = new();
    private readonly string path;
    private readonly long maximumBytes;
    private FileStream? file;
    private long length;

    /// <param name="path">The file.</param>
    /// <param name="maximumBytes">Size at which it is begun again.</param>
    /// <param name="template">A prediction of the network whose predictions will come.</param>
    /// <param name="capacity">Predictions that may wait.</param>
    /// <param name="when">Which predictions are taken.</param>
    public FileReporter(string path, long maximumBytes, Prediction template, int capacity, ReportWhen when)
        : base($"file {path}", template, capacity, when)
    {
        this.path = path;
        this.maximumBytes = maximumBytes;
        Start();
    }

    protected override void Open()
    {
        // FileShare.ReadWrite, so that others may truncate or follow it. A buffer of 0: a line is on its way when Write returns.
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        length = file.Seek(0, SeekOrigin.End);
    }

    protected override void Deliver(Prediction prediction)
    {
        ReadOnlySpan<byte> line = json.Line(prediction);
        if (length > 0 && length + line.Length > maximumBytes)
        {
            Close();
            File.Move(path, path + ".1", overwrite: true);
            Open();
        }

        try
        {
            file!.Write(line);
            length += line.Length;
        }
        catch (IOException)
        {
            CutOff();
            throw;
        }
    }

    protected override void Close()
    {
        file?.Dispose();
        file = null;
    }

    // A device or a pipe cannot be shortened; nothing is lost there.
    private void CutOff()
    {
        try
        {
            file!.SetLength(length);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException or UnauthorizedAccessException)
        {
        }
    }
}
