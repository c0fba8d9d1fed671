namespace EdgeRuntime.Camera;

/// <summary>How a frame is brought to the aspect ratio of the network's input.</summary>
public enum FitMode
{
    /// <summary>The whole frame is squeezed or stretched to the target.</summary>
    Stretch,

    /// <summary>The largest centred part with the target's aspect ratio is used, the rest is cut off.</summary>
    Crop,

    /// <summary>The whole frame is shown, centred, with bars of <see cref="FrameTransform.Fill"/> around it.</summary>
    Letterbox,
}

/// <summary>How pixels are interpolated. Pixel centres lie at half-integer coordinates; where the filter reaches over the border, the weights inside are scaled up to sum 1.</summary>
public enum ResizeFilter
{
    /// <summary>A triangle as wide as the step between output pixels, at least one source pixel: bilinear when enlarging, free of
    /// aliasing when reducing. It is what Pillow and PyTorch call antialiased bilinear.</summary>
    Antialias,

    /// <summary>Two by two source pixels whatever the reduction: what most embedded programs do. Aliases when reducing by more than 2.</summary>
    Bilinear,

    /// <summary>Mean of the covered source area when reducing, bilinear when enlarging.</summary>
    Area,

    /// <summary>The source pixel that holds the centre of the output pixel.</summary>
    Nearest,
}

/// <summary>Order of the output tensor's axes, batch 1.</summary>
public enum OutputLayout
{
    /// <summary>Row, column, channel.</summary>
    Nhwc,

    /// <summary>Channel, row, column.</summary>
    Nchw,
}

/// <summary>
/// What a network expects of a frame: size, colour, fit, normalisation and quantization.
/// An element of the output tensor is <c>real = (pixel - Mean[c]) / Std[c]</c> with pixel in 0..255 as float32, or
/// <c>q = clamp(round(real / Scale) + ZeroPoint, -128, 127)</c> as int8, with halves rounded away from zero.
/// </summary>
public sealed record FrameTransform
{
    /// <summary>Largest width and height of the target.</summary>
    public const int MaxTargetSide = 4096;

    /// <summary>Columns of the network's input, 1..<see cref="MaxTargetSide"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the network's input, 1..<see cref="MaxTargetSide"/>.</summary>
    public required int Height { get; init; }

    /// <summary>3 for R, G, B (or B, G, R: <see cref="BlueFirst"/>); 1 for grey (BT.601 luma).</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Whether three channels come as B, G, R; <see cref="Mean"/> and <see cref="Std"/> are in the same order.</summary>
    public bool BlueFirst { get; init; }

    /// <summary>How the aspect ratio is met.</summary>
    public FitMode Fit { get; init; } = FitMode.Stretch;

    /// <summary>Part of width and height that is kept around the centre with <see cref="FitMode.Crop"/>, above 0 and at most 1 (0.875 is
    /// the usual "resize to 256, crop to 224" of ImageNet networks).</summary>
    public double CropFraction { get; init; } = 1;

    /// <summary>Brightness 0..255 of letterbox bars.</summary>
    public byte Fill { get; init; }

    /// <summary>How pixels are interpolated.</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Antialias;

    /// <summary>Value per channel that is taken off a pixel of 0..255; one entry serves all channels.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.0];

    /// <summary>Divisor per channel, not 0; one entry serves all channels.</summary>
    public IReadOnlyList<double> Std { get; init; } = [1.0];

    /// <summary>Scale of the int8 input tensor, above 0.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Zero point of the int8 input tensor, -128..127.</summary>
    public int ZeroPoint { get; init; } = -128;

    /// <summary>Order of the axes in the output.</summary>
    public OutputLayout Layout { get; init; } = OutputLayout.Nhwc;

    /// <summary>Elements of the output tensor: height x width x channels.</summary>
    public int ElementCount => Height * Width * Channels;

    /// <summary>Throws when a property is out of its range, with its value and the limit.</summary>
    /// <exception cref="CameraException">Something is out of range.</exception>
    public void Validate()
    {
        Require(Width is >= 1 and <= MaxTargetSide, $"target width {Width} is outside 1..{MaxTargetSide}");
        Require(Height is >= 1 and <= MaxTargetSide, $"target height {Height} is outside 1..{MaxTargetSide}");
        Require(Channels is 1 or 3, $"{Channels} target channels: only 1 (grey) and 3 (RGB) are possible");
        Require(!BlueFirst || Channels == 3, $"blue comes first of {Channels} target channels: only 3 have an order");
        Require(Enum.IsDefined(Fit), $"unknown fit mode {(int)Fit}");
        Require(Enum.IsDefined(Filter), $"unknown resize filter {(int)Filter}");
        Require(Enum.IsDefined(Layout), $"unknown output layout {(int)Layout}");
        Require(CropFraction is > 0 and <= 1, $"crop fraction {CropFraction} is outside 0..1");
        Require(Scale > 0 && double.IsFinite(Scale), $"scale {Scale} of the input tensor is not above 0");
        Require(ZeroPoint is >= -128 and <= 127, $"zero point {ZeroPoint} is outside -128..127");
        Require(Mean.Count == 1 || Mean.Count == Channels, $"{Mean.Count} means for {Channels} channels");
        Require(Std.Count == 1 || Std.Count == Channels, $"{Std.Count} standard deviations for {Channels} channels");
        foreach (double mean in Mean)
            Require(double.IsFinite(mean), $"mean {mean} is not a finite number");
        foreach (double std in Std)
            Require(double.IsFinite(std) && std != 0, $"standard deviation {std} is not a finite number other than 0");
    }

    private static void Require(bool holds, FormattableString message)
    {
        if (!holds)
            throw new CameraException(CameraErrorKind.InvalidArgument, FormattableString.Invariant(message));
    }
}
