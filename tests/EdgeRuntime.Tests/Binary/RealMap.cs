namespace EdgeRuntime.Tests.Binary;

/// <summary>A map of real numbers, and the layers of a binary network on it as their papers define them: products of signs added up in floating point.</summary>
internal sealed class RealMap(int height, int width, int channels)
{
    private readonly double[] values = new double[height * width * channels];

    public int Height => height;

    public int Width => width;

    public int Channels => channels;

    public double this[int y, int x, int c]
    {
        get => values[(y * width + x) * channels + c];
        set => values[(y * width + x) * channels + c] = value;
    }

    public RealMap Map(Func<double, int, double> f)
    {
        var result = new RealMap(height, width, channels);
        for (int i = 0; i < values.Length; i++)
            result.values[i] = f(values[i], i % channels);
        return result;
    }

    /// <summary>+1 where a value is 0 or more, else -1.</summary>
    public RealMap Signs() => Map((v, _) => v >= 0 ? 1 : -1);

    public RealMap Plus(RealMap other)
    {
        var result = new RealMap(height, width, channels);
        for (int i = 0; i < values.Length; i++)
            result.values[i] = values[i] + other.values[i];
        return result;
    }

    /// <summary>Convolution with a border of one value; the odd column or row of padding goes to the end.</summary>
    public RealMap Convolve(double[] weights, int filters, int kernel, int stride, double border) => Windows(
        filters, kernel, stride, (f, k, at) => weights[(f * kernel * kernel + k) * channels + at.Channel] * (at.Inside ? this[at.Y, at.X, at.Channel] : border), channels);

    /// <summary>Each channel with a window of its own, [tap][channel].</summary>
    public RealMap ConvolveDepthwise(double[] weights, int kernel, int stride, double border) =>
        Windows(channels, kernel, stride, (f, k, at) => weights[k * channels + f] * (at.Inside ? this[at.Y, at.X, f] : border), 1);

    private RealMap Windows(int filters, int kernel, int stride, Func<int, int, (int Y, int X, int Channel, bool Inside), double> product, int perTap)
    {
        int outHeight = (height + stride - 1) / stride;
        int outWidth = (width + stride - 1) / stride;
        int top = Math.Max((outHeight - 1) * stride + kernel - height, 0) / 2;
        int left = Math.Max((outWidth - 1) * stride + kernel - width, 0) / 2;
        var result = new RealMap(outHeight, outWidth, filters);
        for (int i = 0; i < outHeight * outWidth * filters; i++)
        {
            int f = i % filters;
            int ox = i / filters % outWidth;
            int oy = i / filters / outWidth;
            double sum = 0;
            for (int k = 0; k < kernel * kernel; k++)
            {
                int y = oy * stride - top + k / kernel;
                int x = ox * stride - left + k % kernel;
                for (int c = 0; c < perTap; c++)
                    sum += product(f, k, (y, x, c, y >= 0 && y < height && x >= 0 && x < width));
            }

            result[oy, ox, f] = sum;
        }

        return result;
    }

    /// <summary>Channel g * (channels / groups) + i to i * groups + g.</summary>
    public RealMap Shuffle(int groups)
    {
        var result = new RealMap(height, width, channels);
        for (int i = 0; i < values.Length; i++)
            result.values[i - i % channels + i % channels % (channels / groups) * groups + i % channels / (channels / groups)] = values[i];
        return result;
    }

    /// <summary>Maximum over windows of 2x2, stride 2.</summary>
    public RealMap Pool()
    {
        var result = new RealMap(height / 2, width / 2, channels);
        for (int y = 0; y < result.Height; y++)
        {
            for (int x = 0; x < result.Width; x++)
            {
                for (int c = 0; c < channels; c++)
                    result[y, x, c] = Math.Max(Math.Max(this[2 * y, 2 * x, c], this[2 * y, 2 * x + 1, c]), Math.Max(this[2 * y + 1, 2 * x, c], this[2 * y + 1, 2 * x + 1, c]));
            }
        }

        return result;
    }
}
