using System.Globalization;

namespace EdgeRuntime.Camera;

/// <summary>A format, size and highest rate that a camera offers.</summary>
/// <param name="PixelFormat">Layout of the pixels.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="FramesPerSecond">Highest rate; 0 where the driver does not tell.</param>
public readonly record struct CameraMode(PixelFormat PixelFormat, int Width, int Height, double FramesPerSecond)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PixelFormat} {Width}x{Height} {FramesPerSecond:0.#}/s");
}

/// <summary>A camera of the system.</summary>
/// <param name="Path">Device file.</param>
/// <param name="Name">What the driver calls it.</param>
/// <param name="Driver">Kernel driver.</param>
/// <param name="Bus">Where it is connected; stays the same when it is plugged in at the same place again.</param>
/// <param name="Modes">What it offers of what this library reads.</param>
/// <param name="Problem">Why the device cannot be used; null where it can.</param>
public sealed record CameraInfo(string Path, string Name, string Driver, string Bus, IReadOnlyList<CameraMode> Modes, string? Problem);
