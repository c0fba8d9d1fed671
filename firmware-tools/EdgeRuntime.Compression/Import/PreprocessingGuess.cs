using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import;

/// <summary>
/// Guesses how pictures become the input of a network, from the input's shape and quantization, where the user does not say.
/// <list type="bullet">
/// <item>A picture is a tensor of four dimensions, batch 1, with 1 or 3 channels last (NHWC) or, failing that, second (NCHW). Three channels are RGB.</item>
/// <item>An int8 input takes q = pixel - 128, the rule of practically all int8 image models, unless the values that its quantization can
/// express reach from about -2.1 to 2.6: then pixels are normalised with the mean and deviation of ImageNet (0.485 0.456 0.406,
/// 0.229 0.224 0.225), as torchvision's networks want it.</item>
/// <item>A float32 input takes values in 0..1.</item>
/// </list>
/// </summary>
public static class PreprocessingGuess
{
    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetDeviation = [0.229f, 0.224f, 0.225f];

    /// <summary>The preprocessing of an input, or null if it is no picture.</summary>
    /// <exception cref="ImportException">The options contradict each other or the input.</exception>
    public static ImagePreprocessing? For(TensorInfo input, PictureOptions options)
    {
        Shape shape = input.Shape;
        bool isPicture = shape.Rank == 4 && shape[0] == 1 && input.Type is DataType.Float32 or DataType.Int8;
        bool channelsLast = isPicture && shape[3] is 1 or 3;
        bool channelsFirst = isPicture && shape[1] is 1 or 3;
        bool asked = options != new PictureOptions();
        ImageLayout? layout = options.Layout ?? (channelsLast ? ImageLayout.Nhwc : channelsFirst ? ImageLayout.Nchw : null);
        if (!isPicture || layout is null || (layout == ImageLayout.Nhwc ? !channelsLast : !channelsFirst))
        {
            return asked
                ? throw Bad($"the input '{input.Name}' is {input.Type} {shape}, which is no picture of 1 or 3 channels{(layout is null ? "" : $" in layout {layout.ToString()!.ToUpperInvariant()}")}")
                : null;
        }

        int channels = layout == ImageLayout.Nhwc ? shape[3] : shape[1];
        ImageChannels order = options.Channels ?? (channels == 1 ? ImageChannels.Grey : ImageChannels.Rgb);
        if ((order == ImageChannels.Grey) != (channels == 1))
            throw Bad($"channels are {order.ToString().ToLowerInvariant()}, but the input '{input.Name}' has {channels}");
        (float[] mean, float[] deviation) = Normalization(input, channels, options);
        return new ImagePreprocessing(
            layout == ImageLayout.Nhwc ? shape[2] : shape[3],
            layout == ImageLayout.Nhwc ? shape[1] : shape[2],
            order,
            layout.Value,
            options.Fit ?? ImageFit.Crop,
            mean,
            deviation);
    }

    private static (float[] Mean, float[] Deviation) Normalization(TensorInfo input, int channels, PictureOptions options)
    {
        if (options.InputRange is { } range)
        {
            if (options.Mean is not null || options.Deviation is not null)
                throw Bad("an input range and a mean or deviation exclude each other");
            if (!(range.White > range.Black) || !float.IsFinite(range.Black) || !float.IsFinite(range.White))
                throw Bad($"the input range is {range.Black}..{range.White}; it must rise");
            float span = range.White - range.Black;
            return (Same(-range.Black / span, channels), Same(1 / span, channels));
        }

        if (options.Mean is not null || options.Deviation is not null)
        {
            float[] mean = PerChannel(options.Mean ?? [0], channels, "mean");
            float[] deviation = PerChannel(options.Deviation ?? [1], channels, "standard deviation");
            foreach (float d in deviation)
            {
                if (!(d > 0))
                    throw Bad($"a standard deviation is {d}; it must be positive");
            }

            return (mean, deviation);
        }

        if (input.Type == DataType.Float32 || input.Quantization is not { } q)
            return (Same(0, channels), Same(1, channels));

        float low = q.Scale * (-128 - q.ZeroPoint);
        float high = q.Scale * (127 - q.ZeroPoint);
        if (channels == 3 && low is > -2.4f and < -1.8f && high is > 2.2f and < 3f)
            return (ImageNetMean, ImageNetDeviation);

        // scale (q - zero point) with q = pixel - 128 equals (pixel / 255 - mean) / deviation for these two.
        return (Same((128 + q.ZeroPoint) / 255f, channels), Same(1 / (255 * q.Scale), channels));
    }

    private static float[] PerChannel(IReadOnlyList<float> values, int channels, string what)
    {
        foreach (float v in values)
        {
            if (!float.IsFinite(v))
                throw Bad($"a {what} is {v}");
        }

        return values.Count == 1 ? Same(values[0], channels)
            : values.Count == channels ? [.. values]
            : throw Bad($"{values.Count} values of {what} for {channels} channels");
    }

    private static float[] Same(float value, int count) => [.. Enumerable.Repeat(value == 0 ? 0 : value, count)];

    private static ImportException Bad(string message) => new(ImportError.BadOptions, message);
}
