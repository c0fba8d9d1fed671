namespace EdgeRuntime.Camera;

/// <summary>The Video4Linux cameras of the system.</summary>
public static class V4l2Cameras
{
    // Drivers with stepwise sizes offer thousands; these are listed of them, as far as they are in the range.
    private static readonly (int Width, int Height)[] UsualSizes =
        [(160, 120), (176, 144), (320, 180), (320, 240), (352, 288), (424, 240), (640, 360), (640, 480), (800, 600), (1024, 768), (1280, 720), (1280, 960), (1920, 1080)];

    /// <summary>All capture devices /dev/video*, in the order of their numbers, with their modes or the reason why they cannot be used.</summary>
    public static IReadOnlyList<CameraInfo> List()
    {
        var cameras = new List<CameraInfo>();
        string[] paths = Directory.Exists("/dev") ? Directory.GetFiles("/dev", "video*") : [];
        foreach (string path in paths.Where(p => int.TryParse(p["/dev/video".Length..], out _)).OrderBy(p => int.Parse(p["/dev/video".Length..], null)))
        {
            try
            {
                using V4l2Device device = V4l2Device.Open(path);
                CameraInfo info = Describe(device);
                if (info.Problem is null || info.Modes.Count > 0)
                    cameras.Add(info);
            }
            catch (CameraException e)
            {
                cameras.Add(new CameraInfo(path, "", "", "", [], e.Message));
            }
        }

        return cameras;
    }

    /// <summary>Name and modes of an open device; <see cref="CameraInfo.Problem"/> tells when it is no camera.</summary>
    internal static CameraInfo Describe(V4l2Device device)
    {
        var capability = default(V4l2Capability);
        device.Request(V4l2Request.QueryCapability, ref capability, "ask what it is");
        uint caps = (capability.Capabilities & V4l2Request.CapabilityDeviceCaps) != 0 ? capability.DeviceCaps : capability.Capabilities;
        string? problem = (caps & V4l2Request.CapabilityCapture) == 0
            ? (caps & V4l2Request.CapabilityMultiPlanar) != 0 ? "the driver has only the multi-planar interface, which is not supported" : "no capture device"
            : (caps & V4l2Request.CapabilityStreaming) == 0 ? "the driver has no streaming interface" : null;
        List<CameraMode> modes = problem is null ? Modes(device) : [];
        return new CameraInfo(device.Path, V4l2Device.Text(capability.Card), V4l2Device.Text(capability.Driver), V4l2Device.Text(capability.BusInfo), modes, problem);
    }

    private static List<CameraMode> Modes(V4l2Device device)
    {
        var modes = new List<CameraMode>();
        var description = new V4l2FormatDescription { Type = V4l2Request.CaptureBuffer };
        for (uint i = 0; i < 256; i++)
        {
            description.Index = i;
            if (device.TryRequest(V4l2Request.EnumerateFormats, ref description) != 0)
                break;
            if (V4l2Request.PixelFormatOf(description.PixelFormat) is { } format)
                AddSizes(device, description.PixelFormat, format, modes);
        }

        return modes;
    }

    private static void AddSizes(V4l2Device device, uint fourCc, PixelFormat format, List<CameraMode> modes)
    {
        for (uint i = 0; i < 256; i++)
        {
            var size = new V4l2FrameSize { Index = i, PixelFormat = fourCc };
            if (device.TryRequest(V4l2Request.EnumerateSizes, ref size) != 0)
            {
                if (i == 0)
                    AddCurrentSize(device, fourCc, format, modes);
                return;
            }

            if (size.Type == 1)
            {
                Add(device, fourCc, format, size.WidthOrMinimum, size.HeightOrMaximumWidth, modes);
                continue;
            }

            (uint minWidth, uint maxWidth, uint stepWidth) = (size.WidthOrMinimum, size.HeightOrMaximumWidth, Math.Max(1, size.StepWidth));
            (uint minHeight, uint maxHeight, uint stepHeight) = (size.MinimumHeight, size.MaximumHeight, Math.Max(1, size.StepHeight));
            foreach ((int width, int height) in UsualSizes)
            {
                if (width >= minWidth && width <= maxWidth && (width - minWidth) % stepWidth == 0
                    && height >= minHeight && height <= maxHeight && (height - minHeight) % stepHeight == 0)
                    Add(device, fourCc, format, (uint)width, (uint)height, modes);
            }

            return;
        }
    }

    // Video receivers list no sizes: theirs is that of the signal.
    private static void AddCurrentSize(V4l2Device device, uint fourCc, PixelFormat format, List<CameraMode> modes)
    {
        var current = new V4l2Format { Type = V4l2Request.CaptureBuffer };
        if (device.TryRequest(V4l2Request.GetFormat, ref current) == 0)
            Add(device, fourCc, format, current.Width, current.Height, modes);
    }

    private static void Add(V4l2Device device, uint fourCc, PixelFormat format, uint width, uint height, List<CameraMode> modes)
    {
        if (width is 0 or > FrameFormat.MaxSide || height is 0 or > FrameFormat.MaxSide)
            return;
        double best = 0;
        for (uint i = 0; i < 64; i++)
        {
            var interval = new V4l2FrameInterval { Index = i, PixelFormat = fourCc, Width = width, Height = height };
            if (device.TryRequest(V4l2Request.EnumerateIntervals, ref interval) != 0)
                break;
            if (interval.Numerator != 0)
                best = Math.Max(best, (double)interval.Denominator / interval.Numerator);
            if (interval.Type != 1)
                break;
        }

        modes.Add(new CameraMode(format, (int)width, (int)height, best));
    }
}
