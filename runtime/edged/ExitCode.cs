namespace EdgeRuntime.Daemon;

/// <summary>What the program's exit code says. The numbers never change: scripts and services read them.</summary>
internal enum ExitCode
{
    /// <summary>Done, or stopped by SIGINT or SIGTERM after the frame in work.</summary>
    Success = 0,

    /// <summary>A defect of the program itself.</summary>
    Internal = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>A file cannot be opened, read or written.</summary>
    File = 3,

    /// <summary>The model is damaged, too large, or has an operator without kernel.</summary>
    Model = 4,

    /// <summary>A picture, a frame or raw input is damaged or does not fit the model.</summary>
    Input = 5,

    /// <summary>The configuration is wrong.</summary>
    Configuration = 6,

    /// <summary>A camera, pin or port is missing, taken or gone.</summary>
    Device = 7,
}

/// <summary>An error that ends a verb: one line for people, an exit code for scripts.</summary>
internal sealed class DaemonException(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The exit code.</summary>
    public ExitCode Code { get; } = code;
}
