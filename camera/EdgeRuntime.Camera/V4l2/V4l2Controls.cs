namespace EdgeRuntime.Camera;

/// <summary>Sets what the user asks for, within the limits that the driver states.</summary>
internal static class V4l2Controls
{
    private const int ManualExposure = 1;

    // The exposure control counts in units of 100 microseconds.
    private const long TicksPerExposureUnit = TimeSpan.TicksPerMillisecond / 10;

    public static void Apply(V4l2Device device, V4l2Options options)
    {
        if (options.PowerLine is { } frequency)
            Set(device, V4l2Request.ControlPowerLine, (long)frequency, "power line frequency");
        if (options.Exposure is { } exposure)
        {
            TrySet(device, V4l2Request.ControlExposureMode, ManualExposure);
            Set(device, V4l2Request.ControlExposure, exposure.Ticks / TicksPerExposureUnit, "exposure time (units of 100 us)");
        }

        if (options.Gain is { } gain)
        {
            TrySet(device, V4l2Request.ControlAutoGain, 0);
            Set(device, V4l2Request.ControlGain, gain, "gain");
        }
    }

    private static void Set(V4l2Device device, uint id, long value, string name)
    {
        var query = new V4l2QueryControl { Id = id };
        if (device.TryRequest(V4l2Request.QueryControl, ref query) != 0 || (query.Flags & V4l2Request.ControlDisabled) != 0)
            throw new CameraException(CameraErrorKind.Unsupported, $"{device.Path}: this camera has no control for {name}");
        if (value < query.Minimum || value > query.Maximum)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"{device.Path}: {name} {value} is outside {query.Minimum}..{query.Maximum}");
        var control = new V4l2Control { Id = id, Value = (int)value };
        device.Request(V4l2Request.SetControl, ref control, $"set {name} to {value}");
    }

    // Switches of automatics do not exist where there is no automatic.
    private static void TrySet(V4l2Device device, uint id, int value)
    {
        var control = new V4l2Control { Id = id, Value = value };
        _ = device.TryRequest(V4l2Request.SetControl, ref control);
    }
}
