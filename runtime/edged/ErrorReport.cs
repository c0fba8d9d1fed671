using EdgeRuntime.Camera;
using EdgeRuntime.Model;

namespace EdgeRuntime.Daemon;

/// <summary>Turns an exception into the exit code and the one line that the user sees.</summary>
internal static class ErrorReport
{
    /// <summary>The exit code and the message for an exception that ended a verb.</summary>
    public static (ExitCode Code, string Message) For(Exception exception) => exception switch
    {
        DaemonException e => (e.Code, OneLine(e.Message)),
        EdgeModelException { Error: ModelError.Unreadable } e => (ExitCode.File, OneLine(e.Message)),
        EdgeModelException e => (ExitCode.Model, OneLine(e.Message)),
        CameraException { Kind: CameraErrorKind.NotFound or CameraErrorKind.PermissionDenied } e => (ExitCode.File, OneLine(e.Message)),
        CameraException { Kind: CameraErrorKind.InvalidData or CameraErrorKind.LimitExceeded or CameraErrorKind.Unsupported } e => (ExitCode.Input, OneLine(e.Message)),
        CameraException { Kind: CameraErrorKind.InvalidArgument } e => (ExitCode.Configuration, OneLine(e.Message)),
        CameraException e => (ExitCode.Device, OneLine(e.Message)),
        IOException or UnauthorizedAccessException => (ExitCode.File, OneLine(exception.Message)),
        OutOfMemoryException => (ExitCode.Model, $"the model does not fit the memory that is free: {OneLine(exception.Message)}"),
        _ => (ExitCode.Internal, $"internal error, please report it: {exception.GetType().Name}: {OneLine(exception.Message)}"),
    };

    /// <summary>A message without line breaks.</summary>
    public static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
