namespace EdgeRuntime.Camera.Tests;

public class CameraModeChoiceTests
{
    private static readonly CameraMode[] Webcam =
    [
        new(PixelFormat.Yuyv, 1280, 720, 10), new(PixelFormat.Yuyv, 640, 480, 30), new(PixelFormat.Yuyv, 320, 240, 30),
        new(PixelFormat.Mjpeg, 1280, 720, 30), new(PixelFormat.Mjpeg, 640, 480, 30), new(PixelFormat.Grey8, 640, 480, 30),
    ];

    [Theory]
    [InlineData(224, 224, 30, PixelFormat.Yuyv, 320)]
    [InlineData(320, 320, 30, PixelFormat.Yuyv, 640)]
    [InlineData(640, 480, 15, PixelFormat.Yuyv, 640)]
    [InlineData(1280, 720, 30, PixelFormat.Mjpeg, 1280)]
    [InlineData(1280, 720, 10, PixelFormat.Yuyv, 1280)]
    [InlineData(1920, 1080, 30, PixelFormat.Yuyv, 640)]
    public void The_nearest_mode_is_chosen(int width, int height, double rate, PixelFormat format, int chosenWidth)
    {
        CameraMode? mode = CameraModeChoice.Best(Webcam, width, height, rate, null);
        Assert.Equal((format, chosenWidth), (mode!.Value.PixelFormat, mode.Value.Width));
    }

    [Fact]
    public void A_wanted_format_is_kept_to()
    {
        Assert.Equal(PixelFormat.Mjpeg, CameraModeChoice.Best(Webcam, 320, 240, 30, PixelFormat.Mjpeg)!.Value.PixelFormat);
        Assert.Null(CameraModeChoice.Best(Webcam, 320, 240, 30, PixelFormat.Nv12));
        Assert.Null(CameraModeChoice.Best([], 320, 240, 30, null));
    }
}
