namespace EdgeRuntime.Camera;

/// <summary>Which of a camera's modes serves a network best.</summary>
internal static class CameraModeChoice
{
    // Cheapest conversion first; MJPEG costs a decoder.
    private static readonly PixelFormat[] Preference =
        [PixelFormat.Grey8, PixelFormat.Nv12, PixelFormat.Yuv420, PixelFormat.Yuyv, PixelFormat.Uyvy, PixelFormat.Rgb24, PixelFormat.Bgr24, PixelFormat.Mjpeg];

    /// <summary>
    /// In this order: covers the wanted size; reaches the wanted rate; raw rather than MJPEG; smallest that covers it, or largest that does
    /// not; colour rather than grey; cheapest conversion. Null when there is no mode (of the wanted format).
    /// </summary>
    public static CameraMode? Best(IReadOnlyList<CameraMode> modes, int width, int height, double rate, PixelFormat? format)
    {
        CameraMode? best = null;
        foreach (CameraMode mode in modes)
        {
            if (format is { } only && mode.PixelFormat != only)
                continue;
            if (best is not { } current || Compare(mode, current, width, height, rate) < 0)
                best = mode;
        }

        return best;
    }

    private static int Compare(CameraMode a, CameraMode b, int width, int height, double rate)
    {
        bool coversA = a.Width >= width && a.Height >= height, coversB = b.Width >= width && b.Height >= height;
        if (coversA != coversB)
            return coversA ? -1 : 1;
        bool fastA = Reaches(a, rate), fastB = Reaches(b, rate);
        if (fastA != fastB)
            return fastA ? -1 : 1;
        bool rawA = a.PixelFormat != PixelFormat.Mjpeg, rawB = b.PixelFormat != PixelFormat.Mjpeg;
        if (rawA != rawB)
            return rawA ? -1 : 1;
        int size = ((long)a.Width * a.Height).CompareTo((long)b.Width * b.Height);
        if (size != 0)
            return coversA ? size : -size;
        bool greyA = a.PixelFormat == PixelFormat.Grey8, greyB = b.PixelFormat == PixelFormat.Grey8;
        if (greyA != greyB)
            return greyA ? 1 : -1;
        return Array.IndexOf(Preference, a.PixelFormat).CompareTo(Array.IndexOf(Preference, b.PixelFormat));
    }

    private static bool Reaches(CameraMode mode, double rate) => mode.FramesPerSecond == 0 || mode.FramesPerSecond >= rate * 0.95;
}
