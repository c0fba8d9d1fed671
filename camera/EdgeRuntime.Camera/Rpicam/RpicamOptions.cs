namespace EdgeRuntime.Camera;

/// <summary>What is wanted of a CSI camera through rpicam-vid.</summary>
public sealed record RpicamOptions
{
    /// <summary>Columns, a multiple of 64 in 64..4096: other widths come with padded rows.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Rows, even, 16..4096.</summary>
    public int Height { get; init; } = 480;

    /// <summary>Rate, frames per second.</summary>
    public double FramesPerSecond { get; init; } = 30;

    /// <summary>Number of the camera, 0 for the first.</summary>
    public int Camera { get; init; }

    /// <summary>The program; looked up in PATH.</summary>
    public string Program { get; init; } = "rpicam-vid";

    /// <summary>More options for the program, such as --shutter, --gain, --hflip.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>A camera that delivers nothing for this time has stalled. Starting takes about a second.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal void Validate()
    {
        if (Width is < 64 or > 4096 || Width % 64 != 0)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"width {Width} is no multiple of 64 in 64..4096");
        if (Height is < 16 or > 4096 || Height % 2 != 0)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"height {Height} is not even or outside 16..4096");
        if (!(FramesPerSecond is > 0 and <= 1000))
            throw new CameraException(CameraErrorKind.InvalidArgument, FormattableString.Invariant($"rate of {FramesPerSecond} frames per second is outside 0..1000"));
        if (Camera is < 0 or > 15)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"camera number {Camera} is outside 0..15");
        if (StallTimeout < TimeSpan.FromMilliseconds(10) || StallTimeout > TimeSpan.FromHours(1))
            throw new CameraException(CameraErrorKind.InvalidArgument, $"stall timeout {StallTimeout} is outside 10 ms..1 h");
    }
}
