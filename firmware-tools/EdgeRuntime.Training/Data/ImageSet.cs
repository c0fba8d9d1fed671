namespace EdgeRuntime.Training.Data;

/// <summary>Labelled pictures of one size in memory: 8-bit pixels, NHWC.</summary>
public sealed class ImageSet
{
    /// <summary>Most bytes of pixels in one set.</summary>
    public const long MaxBytes = 0x7fffffc7;

    /// <summary>A set of the given pixels and labels, which it keeps.</summary>
    /// <exception cref="DataException">Counts do not fit, a label is outside the classes, or a dimension is below 1.</exception>
    public ImageSet(int height, int width, int channels, byte[] pixels, int[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        if (height < 1 || width < 1 || channels < 1)
            throw new DataException(DataError.InvalidArgument, $"pictures of {height}x{width}x{channels}: each dimension must be at least 1");
        long size = (long)height * width * channels;
        if (pixels.Length != size * labels.Length)
            throw new DataException(DataError.Corrupt, $"{pixels.Length} bytes of pixels for {labels.Length} labels; {size * labels.Length} are needed");
        foreach (int label in labels)
        {
            if ((uint)label >= (uint)classes.Count)
                throw new DataException(DataError.Corrupt, $"label {label} is outside 0..{classes.Count - 1}");
        }

        Height = height;
        Width = width;
        Channels = channels;
        Pixels = pixels;
        Labels = labels;
        Classes = classes;
    }

    /// <summary>Height of each picture.</summary>
    public int Height { get; }

    /// <summary>Width of each picture.</summary>
    public int Width { get; }

    /// <summary>Channels of each picture: 1 (grey) or 3 (red, green, blue).</summary>
    public int Channels { get; }

    /// <summary>Pixels, NHWC.</summary>
    public byte[] Pixels { get; }

    /// <summary>Index of the class of each picture.</summary>
    public int[] Labels { get; }

    /// <summary>Names of the classes.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Pictures that were left out because they could not be read.</summary>
    public int Skipped { get; init; }

    /// <summary>Number of pictures.</summary>
    public int Count => Labels.Length;

    /// <summary>Bytes of one picture.</summary>
    public int PictureBytes => Height * Width * Channels;

    /// <summary>Pixels of one picture, HWC.</summary>
    public ReadOnlySpan<byte> Picture(int index) => Pixels.AsSpan(index * PictureBytes, PictureBytes);

    /// <summary>The pictures with the given indices, in that order.</summary>
    public ImageSet Select(ReadOnlySpan<int> indices)
    {
        var pixels = new byte[(long)indices.Length * PictureBytes];
        var labels = new int[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            Picture(indices[i]).CopyTo(pixels.AsSpan(i * PictureBytes));
            labels[i] = Labels[indices[i]];
        }

        return new ImageSet(Height, Width, Channels, pixels, labels, Classes);
    }

    /// <summary>The first <paramref name="count"/> pictures, or all where there are fewer.</summary>
    public ImageSet Take(int count) => count >= Count ? this : Select(Enumerable.Range(0, count).ToArray());

    /// <summary>Mean and standard deviation per channel of the pixels scaled to 0..1.</summary>
    public (float[] Mean, float[] Deviation) Statistics()
    {
        var histogram = new long[Channels, 256];
        for (int i = 0; i < Pixels.Length; i += Channels)
        {
            for (int c = 0; c < Channels; c++)
                histogram[c, Pixels[i + c]]++;
        }

        var mean = new float[Channels];
        var deviation = new float[Channels];
        for (int c = 0; c < Channels; c++)
        {
            double sum = 0, squares = 0, count = Math.Max(1, Pixels.Length / Channels);
            for (int v = 0; v < 256; v++)
            {
                sum += histogram[c, v] * (v / 255.0);
                squares += histogram[c, v] * (v / 255.0) * (v / 255.0);
            }

            mean[c] = (float)(sum / count);
            deviation[c] = (float)Math.Sqrt(Math.Max(1e-10, squares / count - sum / count * (sum / count)));
        }

        return (mean, deviation);
    }
}
