using EdgeRuntime.Compression;
using EdgeRuntime.Compression.Import;
using EdgeRuntime.Model;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler;

/// <summary>Turns an exception into the exit code and the one line that the user sees.</summary>
internal static class ErrorReport
{
    /// <summary>The exit code and the message for an exception that ended a verb.</summary>
    public static (ExitCode Code, string Message) For(Exception exception) => exception switch
    {
        CommandException e => (e.Code, OneLine(e.Message)),
        ImportException { Error: ImportError.Unsupported, Problems.Count: > 0 } e => (ExitCode.Unsupported, Listed(e)),
        ImportException e => (CodeOf(e.Error), OneLine(e.Message)),
        EdgeModelException { Error: ModelError.Unreadable } e => (ExitCode.File, OneLine(e.Message)),
        EdgeModelException { Error: ModelError.Unsupported } e => (ExitCode.Unsupported, OneLine(e.Message)),
        EdgeModelException e => (ExitCode.BadModel, OneLine(e.Message)),
        DataException { Error: DataError.NotFound or DataError.Download } e => (ExitCode.File, OneLine(e.Message)),
        DataException { Error: DataError.InvalidArgument } e => (ExitCode.Usage, OneLine(e.Message)),
        DataException e => (ExitCode.BadData, OneLine(e.Message)),
        TrainingException { Error: TrainingError.InvalidOption } e => (ExitCode.Usage, OneLine(e.Message)),
        TrainingException { Error: TrainingError.File } e => (ExitCode.File, OneLine(e.Message)),
        TrainingException { Error: TrainingError.Export } e => (ExitCode.Unsupported, OneLine(e.Message)),
        TrainingException e => (ExitCode.BadData, OneLine(e.Message)),
        CompressionException e => (ExitCode.Unsupported, OneLine(e.Message)),
        OperationCanceledException => (ExitCode.Interrupted, "stopped"),
        IOException or UnauthorizedAccessException => (ExitCode.File, OneLine(exception.Message)),
        _ => (ExitCode.Internal, $"internal error, please report it: {exception.GetType().Name}: {OneLine(exception.Message)}"),
    };

    private static ExitCode CodeOf(ImportError error) => error switch
    {
        ImportError.Unreadable => ExitCode.File,
        ImportError.Unsupported => ExitCode.Unsupported,
        ImportError.BadOptions => ExitCode.BadData,
        _ => ExitCode.BadImport,
    };

    /// <summary>A headline, then one line for each thing that is not supported.</summary>
    private static string Listed(ImportException e) =>
        $"the model uses what is not supported ({e.Problems.Count}):" + string.Concat(e.Problems.Select(p => Environment.NewLine + "  " + OneLine(p)));

    /// <summary>A message without line breaks.</summary>
    public static string OneLine(string message) => string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
