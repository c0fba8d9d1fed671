namespace EdgeRuntime.Model;

/// <summary>Order of the dimensions of a picture tensor.</summary>
public enum ImageLayout
{
    /// <summary>Batch, height, width, channels.</summary>
    Nhwc = 0,

    /// <summary>Batch, channels, height, width.</summary>
    Nchw = 1,
}

/// <summary>Channels of a picture tensor.</summary>
public enum ImageChannels
{
    /// <summary>One channel: luma.</summary>
    Grey = 1,

    /// <summary>Three channels: red, green, blue.</summary>
    Rgb = 3,

    /// <summary>Three channels: blue, green, red.</summary>
    Bgr = 4,
}

/// <summary>How a picture of another aspect ratio is fitted.</summary>
public enum ImageFit
{
    /// <summary>Each axis is scaled on its own.</summary>
    Stretch = 0,

    /// <summary>The largest centred part with the network's aspect ratio is used.</summary>
    Crop = 1,

    /// <summary>The whole picture is used; bars of grey 128 fill the rest.</summary>
    Letterbox = 2,
}

/// <summary>
/// How a picture becomes an input tensor: fitted to Width x Height, then per channel real = (pixel / 255 - mean) / deviation, and
/// q = round(real / scale) + zero point with the quantization of the input tensor when that is int8.
/// </summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Channels">Channels and their order.</param>
/// <param name="Layout">Order of the dimensions.</param>
/// <param name="Fit">Treatment of other aspect ratios.</param>
/// <param name="Mean">Mean per channel, of pixels in 0..1; one value per channel.</param>
/// <param name="Deviation">Standard deviation per channel, of pixels in 0..1; one positive value per channel.</param>
public sealed record ImagePreprocessing(
    int Width,
    int Height,
    ImageChannels Channels,
    ImageLayout Layout,
    ImageFit Fit,
    IReadOnlyList<float> Mean,
    IReadOnlyList<float> Deviation);
