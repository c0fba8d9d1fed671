using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Camera.Tests;

public class V4l2StructureTests
{
    // What gcc prints for sizeof and the VIDIOC_ macros of linux/videodev2.h, the same on x86-64 and arm64.
    [Fact]
    public void Sizes_are_those_of_the_kernel_header()
    {
        Assert.Equal(104, Unsafe.SizeOf<V4l2Capability>());
        Assert.Equal(64, Unsafe.SizeOf<V4l2FormatDescription>());
        Assert.Equal(208, Unsafe.SizeOf<V4l2Format>());
        Assert.Equal(20, Unsafe.SizeOf<V4l2RequestBuffers>());
        Assert.Equal(88, Unsafe.SizeOf<V4l2Buffer>());
        Assert.Equal(204, Unsafe.SizeOf<V4l2StreamParameters>());
        Assert.Equal(8, Unsafe.SizeOf<V4l2Control>());
        Assert.Equal(68, Unsafe.SizeOf<V4l2QueryControl>());
        Assert.Equal(44, Unsafe.SizeOf<V4l2FrameSize>());
        Assert.Equal(52, Unsafe.SizeOf<V4l2FrameInterval>());
        Assert.Equal(24, (int)Marshal.OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Seconds)));
        Assert.Equal(56, (int)Marshal.OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Sequence)));
        Assert.Equal(64, (int)Marshal.OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Offset)));
        Assert.Equal(72, (int)Marshal.OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Length)));
    }

    [Fact]
    public void Request_numbers_are_those_of_the_kernel_header()
    {
        Assert.Equal(0x80685600u, V4l2Request.QueryCapability);
        Assert.Equal(0xc0405602u, V4l2Request.EnumerateFormats);
        Assert.Equal(0xc0d05604u, V4l2Request.GetFormat);
        Assert.Equal(0xc0d05605u, V4l2Request.SetFormat);
        Assert.Equal(0xc0145608u, V4l2Request.RequestBuffers);
        Assert.Equal(0xc0585609u, V4l2Request.QueryBuffer);
        Assert.Equal(0xc058560fu, V4l2Request.Enqueue);
        Assert.Equal(0xc0585611u, V4l2Request.Dequeue);
        Assert.Equal(0x40045612u, V4l2Request.StreamOn);
        Assert.Equal(0x40045613u, V4l2Request.StreamOff);
        Assert.Equal(0xc0cc5616u, V4l2Request.SetParameters);
        Assert.Equal(0xc008561bu, V4l2Request.GetControl);
        Assert.Equal(0xc008561cu, V4l2Request.SetControl);
        Assert.Equal(0xc0445624u, V4l2Request.QueryControl);
        Assert.Equal(0xc02c564au, V4l2Request.EnumerateSizes);
        Assert.Equal(0xc034564bu, V4l2Request.EnumerateIntervals);
    }

    [Theory]
    [InlineData(PixelFormat.Yuyv, "YUYV")]
    [InlineData(PixelFormat.Uyvy, "UYVY")]
    [InlineData(PixelFormat.Nv12, "NV12")]
    [InlineData(PixelFormat.Yuv420, "YU12")]
    [InlineData(PixelFormat.Rgb24, "RGB3")]
    [InlineData(PixelFormat.Bgr24, "BGR3")]
    [InlineData(PixelFormat.Grey8, "GREY")]
    [InlineData(PixelFormat.Mjpeg, "MJPG")]
    public void Four_character_codes_go_both_ways(PixelFormat format, string code)
    {
        uint value = (uint)(code[0] | code[1] << 8 | code[2] << 16 | code[3] << 24);
        Assert.Equal(value, V4l2Request.FourCc(format));
        Assert.Equal(format, V4l2Request.PixelFormatOf(value));
    }

    [Fact]
    public void A_missing_device_and_a_file_that_is_no_camera_are_told_apart()
    {
        CameraException missing = Assert.Throws<CameraException>(() => new V4l2Source(new V4l2Options { Device = "/dev/no-such-camera" }));
        Assert.Equal(CameraErrorKind.NotFound, missing.Kind);
        Assert.True(missing.IsRecoverable);
        CameraException wrong = Assert.Throws<CameraException>(() => new V4l2Source(new V4l2Options { Device = "/dev/null" }));
        Assert.Equal(CameraErrorKind.Unsupported, wrong.Kind);
        Assert.Contains("/dev/null: cannot ask what it is", wrong.Message);
        Assert.Contains("errno", wrong.Message);
    }
}
