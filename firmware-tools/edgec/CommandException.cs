namespace EdgeRuntime.Compiler;

/// <summary>An error that a verb reports: one line for people, an exit code for scripts.</summary>
internal sealed class CommandException(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The exit code.</summary>
    public ExitCode Code { get; } = code;
}
