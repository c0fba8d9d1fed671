namespace EdgeRuntime.Camera;

/// <summary>What went wrong, so that a program can decide between retrying, skipping and giving up.</summary>
public enum CameraErrorKind
{
    /// <summary>A file, directory, device or program does not exist.</summary>
    NotFound,

    /// <summary>The file or device exists, but this user may not open it.</summary>
    PermissionDenied,

    /// <summary>A picture, frame or file is truncated, corrupt or not what it claims to be.</summary>
    InvalidData,

    /// <summary>A size, count or length is above the documented limit.</summary>
    LimitExceeded,

    /// <summary>The format, size or option is valid but not supported here.</summary>
    Unsupported,

    /// <summary>A parameter given by the caller is out of its range.</summary>
    InvalidArgument,

    /// <summary>Another program holds the camera. Worth retrying.</summary>
    Busy,

    /// <summary>The camera was unplugged or its process ended. Worth retrying.</summary>
    DeviceLost,

    /// <summary>The camera is there but delivered no frame in time. Worth retrying.</summary>
    Stalled,

    /// <summary>Any other failure of the operating system; the message carries its text and number.</summary>
    SystemError,
}

/// <summary>The only exception that this library throws for bad input and failing devices. The message gives the value and the limit.</summary>
public sealed class CameraException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CameraException(CameraErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public CameraErrorKind Kind { get; }

    /// <summary>True where opening the source again later may succeed: the device is busy, lost, stalled or not there yet.</summary>
    public bool IsRecoverable =>
        Kind is CameraErrorKind.Busy or CameraErrorKind.DeviceLost or CameraErrorKind.Stalled or CameraErrorKind.NotFound;
}
