namespace EdgeRuntime.Camera;

/// <summary>Filter against the flicker of lamps.</summary>
public enum PowerLineFrequency
{
    /// <summary>No filter.</summary>
    Off = 0,

    /// <summary>50 Hz mains.</summary>
    Hz50 = 1,

    /// <summary>60 Hz mains.</summary>
    Hz60 = 2,

    /// <summary>The camera finds out.</summary>
    Auto = 3,
}

/// <summary>What is wanted of a Video4Linux camera.</summary>
public sealed record V4l2Options
{
    /// <summary>Device file; a link of /dev/v4l/by-path survives replugging at the same socket.</summary>
    public string Device { get; init; } = "/dev/video0";

    /// <summary>Columns at least wanted; the nearest size that covers it is chosen.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Rows at least wanted.</summary>
    public int Height { get; init; } = 480;

    /// <summary>Rate wanted, frames per second.</summary>
    public double FramesPerSecond { get; init; } = 30;

    /// <summary>A certain format; null lets the library choose.</summary>
    public PixelFormat? PixelFormat { get; init; }

    /// <summary>Buffers of the driver, 2..32.</summary>
    public int Buffers { get; init; } = 4;

    /// <summary>A camera that delivers nothing for this time has stalled.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Exposure time, in steps of 100 us; null leaves it to the camera's automatic.</summary>
    public TimeSpan? Exposure { get; init; }

    /// <summary>Gain in the driver's units; null leaves it to the camera's automatic.</summary>
    public int? Gain { get; init; }

    /// <summary>Filter against the flicker of lamps; null leaves the camera's setting.</summary>
    public PowerLineFrequency? PowerLine { get; init; }

    internal void Validate()
    {
        _ = new FrameFormat(Width, Height, EdgeRuntime.Camera.PixelFormat.Grey8);
        if (!(FramesPerSecond is > 0 and <= 1000))
            throw new CameraException(CameraErrorKind.InvalidArgument, FormattableString.Invariant($"rate of {FramesPerSecond} frames per second is outside 0..1000"));
        if (Buffers is < 2 or > 32)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"{Buffers} buffers are outside 2..32");
        if (StallTimeout < TimeSpan.FromMilliseconds(10) || StallTimeout > TimeSpan.FromHours(1))
            throw new CameraException(CameraErrorKind.InvalidArgument, $"stall timeout {StallTimeout} is outside 10 ms..1 h");
    }
}
