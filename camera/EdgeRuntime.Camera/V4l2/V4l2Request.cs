using System.Runtime.CompilerServices;

namespace EdgeRuntime.Camera;

/// <summary>Numbers of linux/videodev2.h.</summary>
internal static class V4l2Request
{
    public const uint CaptureBuffer = 1, MemoryMapped = 1, AnyField = 0, NoField = 1;
    public const uint CapabilityCapture = 0x1, CapabilityStreaming = 0x04000000, CapabilityMultiPlanar = 0x1000, CapabilityDeviceCaps = 0x80000000;
    public const uint BufferError = 0x40, TimestampMask = 0xe000, TimestampMonotonic = 0x2000;
    public const uint ControlGain = 0x00980913, ControlAutoGain = 0x00980912, ControlPowerLine = 0x00980918;
    public const uint ControlExposureMode = 0x009a0901, ControlExposure = 0x009a0902, ControlDisabled = 1;
    private const uint Write = 1, Read = 2;

    public static uint QueryCapability { get; } = Code<V4l2Capability>(Read, 0);

    public static uint EnumerateFormats { get; } = Code<V4l2FormatDescription>(Read | Write, 2);

    public static uint GetFormat { get; } = Code<V4l2Format>(Read | Write, 4);

    public static uint SetFormat { get; } = Code<V4l2Format>(Read | Write, 5);

    public static uint RequestBuffers { get; } = Code<V4l2RequestBuffers>(Read | Write, 8);

    public static uint QueryBuffer { get; } = Code<V4l2Buffer>(Read | Write, 9);

    public static uint Enqueue { get; } = Code<V4l2Buffer>(Read | Write, 15);

    public static uint Dequeue { get; } = Code<V4l2Buffer>(Read | Write, 17);

    public static uint StreamOn { get; } = Code<int>(Write, 18);

    public static uint StreamOff { get; } = Code<int>(Write, 19);

    public static uint SetParameters { get; } = Code<V4l2StreamParameters>(Read | Write, 22);

    public static uint GetControl { get; } = Code<V4l2Control>(Read | Write, 27);

    public static uint SetControl { get; } = Code<V4l2Control>(Read | Write, 28);

    public static uint QueryControl { get; } = Code<V4l2QueryControl>(Read | Write, 36);

    public static uint EnumerateSizes { get; } = Code<V4l2FrameSize>(Read | Write, 74);

    public static uint EnumerateIntervals { get; } = Code<V4l2FrameInterval>(Read | Write, 75);

    /// <summary>The four-character code of a pixel format.</summary>
    public static uint FourCc(PixelFormat format) => format switch
    {
        PixelFormat.Rgb24 => 0x33424752,
        PixelFormat.Bgr24 => 0x33524742,
        PixelFormat.Grey8 => 0x59455247,
        PixelFormat.Yuyv => 0x56595559,
        PixelFormat.Uyvy => 0x59565955,
        PixelFormat.Nv12 => 0x3231564e,
        PixelFormat.Yuv420 => 0x32315559,
        PixelFormat.Mjpeg => 0x47504a4d,
        _ => 0,
    };

    /// <summary>The pixel format of a four-character code; null where this library does not read it. JPEG is taken as MJPEG.</summary>
    public static PixelFormat? PixelFormatOf(uint fourCc)
    {
        if (fourCc == 0x4745504a)
            return PixelFormat.Mjpeg;
        foreach (PixelFormat format in Enum.GetValues<PixelFormat>())
        {
            if (fourCc != 0 && FourCc(format) == fourCc)
                return format;
        }

        return null;
    }

    // Direction in bits 30 and 31, size of the argument from bit 16, 'V' from bit 8, number.
    private static uint Code<T>(uint direction, uint number) => (direction << 30) | ((uint)Unsafe.SizeOf<T>() << 16) | ('V' << 8) | number;
}
