namespace EdgeRuntime.Camera;

/// <summary>Memory layout of a frame's pixels. The four-character codes are those of Video4Linux.</summary>
public enum PixelFormat
{
    /// <summary>R, G, B bytes, interleaved (RGB3).</summary>
    Rgb24,

    /// <summary>B, G, R bytes, interleaved (BGR3).</summary>
    Bgr24,

    /// <summary>R, G, B and an ignored byte, interleaved.</summary>
    Rgba32,

    /// <summary>One byte of brightness per pixel, full range (GREY).</summary>
    Grey8,

    /// <summary>Y0 U Y1 V for two neighbouring pixels (YUYV).</summary>
    Yuyv,

    /// <summary>U Y0 V Y1 for two neighbouring pixels (UYVY).</summary>
    Uyvy,

    /// <summary>A Y plane, then a plane of interleaved U V at half width and half height (NV12).</summary>
    Nv12,

    /// <summary>A Y plane, then a U plane and a V plane, each at half width and half height (YU12, I420).</summary>
    Yuv420,

    /// <summary>One JPEG file per frame (MJPG); its length varies, decode it before use.</summary>
    Mjpeg,
}

/// <summary>How Y, U, V bytes stand for a colour: ITU-R recommendation and range.</summary>
public enum YuvEncoding
{
    /// <summary>BT.601, Y in 16..235, U and V in 16..240: what cameras deliver unless they say otherwise.</summary>
    Bt601,

    /// <summary>BT.601, all three in 0..255, as in JPEG files.</summary>
    Bt601Full,

    /// <summary>BT.709, Y in 16..235, U and V in 16..240: video of 720 lines and more.</summary>
    Bt709,
}
