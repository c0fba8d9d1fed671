namespace EdgeRuntime.Camera;

/// <summary>Sets what the user asks for, within the limits that the driver states; what is not asked for goes back to the camera's automatic, if it has one.</summary>
internal static class V4l2Controls
{
    private const int ManualExposure = 1;

    // The exposure control counts in units of 100 microseconds.
    private const long TicksPerExposureUnit = TimeSpan.TicksPerMillisecond / 10;

    /// <exception cref="CameraException">A control that is asked for does not exist, or not with this value.</exception>
    public static void Apply(IV4l2Requests device, V4l2Options options)
    {
        if (options.PowerLine is { } frequency)
            Set(device, V4l2Request.ControlPowerLine, (long)frequency, "power line frequency");
        SetMode(device, V4l2Request.ControlExposureMode, options.Exposure is null ? null : ManualExposure);
        if (options.Exposure is { } exposure)
            Set(device, V4l2Request.ControlExposure, exposure.Ticks / TicksPerExposureUnit, "exposure time (units of 100 us)");
        SetMode(device, V4l2Request.ControlAutoGain, options.Gain is null ? null : 0);
        if (options.Gain is { } gain)
            Set(device, V4l2Request.ControlGain, gain, "gain");
    }

    private static void Set(IV4l2Requests device, uint id, long value, string name)
    {
        if (Query(device, id) is not { } query)
            throw new CameraException(CameraErrorKind.Unsupported, $"{device.Path}: this camera has no control for {name}");
        if (value < query.Minimum || value > query.Maximum)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"{device.Path}: {name} {value} is outside {query.Minimum}..{query.Maximum}");
        var control = new V4l2Control { Id = id, Value = (int)value };
        int error = device.TryRequest(V4l2Request.SetControl, ref control);
        if (error != 0)
            throw V4l2Device.Failure(device.Path, $"set {name} to {value}", error);
    }

    // Switches of automatics do not exist where there is no automatic; null is the driver's default.
    private static void SetMode(IV4l2Requests device, uint id, int? value)
    {
        if (Query(device, id) is not { } query)
            return;
        var control = new V4l2Control { Id = id, Value = value ?? query.Default };
        _ = device.TryRequest(V4l2Request.SetControl, ref control);
    }

    private static V4l2QueryControl? Query(IV4l2Requests device, uint id)
    {
        var query = new V4l2QueryControl { Id = id };
        return device.TryRequest(V4l2Request.QueryControl, ref query) == 0 && (query.Flags & V4l2Request.ControlDisabled) == 0 ? query : null;
    }
}
