using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Binary;

/// <summary>
/// A random chain: signs of a float picture, then binary and depthwise convolutions with batch normalization folded into thresholds, residual ones with a float stream and parametric ReLU, packed
/// pools, shuffled channels and a fully connected layer; and beside it what each packed tensor must hold.
/// </summary>
internal sealed class RandomBinaryNetwork
{
    private static readonly int[] channelCounts = [30, 32, 33, 40, 64, 70, 96, 128, 136];

    private readonly Random random;
    private readonly GraphBuilder builder = new();
    private RealMap signs;
    private int packed;

    public RandomBinaryNetwork(int seed)
    {
        random = new Random(seed);
        int channels = channelCounts[random.Next(channelCounts.Length)];
        var picture = new RealMap(9 + random.Next(4), 8 + random.Next(5), channels);
        Input = new float[picture.Height * picture.Width * channels];
        picture = picture.Map((_, _) => 0);
        int at = 0;
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                for (int c = 0; c < channels; c++)
                    picture[y, x, c] = Input[at++] = random.NextSingle() - 0.5f;
            }
        }

        int input = builder.AddActivation("picture", DataType.Float32, Shape(picture));
        builder.AddInput(input);
        signs = picture.Signs();
        packed = Add("signs of the picture", signs);
        builder.AddNode(OperatorKind.Binarize, "binarize", [input], [packed]);
        for (int layer = 0; layer < 6; layer++)
            Layer(layer);
        FullyConnected();
    }

    public float[] Input { get; }

    /// <summary>Packed tensors and their signs.</summary>
    public List<(int Tensor, RealMap Signs)> Expected { get; } = [];

    public Graph Build()
    {
        builder.AddOutput(packed);
        return builder.Build();
    }

    private void Layer(int layer)
    {
        switch (random.Next(6))
        {
            case 0 when signs.Height >= 4 && signs.Width >= 4:
                signs = signs.Pool();
                int pooled = Add($"pool {layer}", signs);
                builder.AddNode(OperatorKind.BinaryMaxPool2D, "pool", [packed], [pooled], new Pool2DOptions { FilterHeight = 2, FilterWidth = 2, StrideHeight = 2, StrideWidth = 2 });
                packed = pooled;
                break;
            case 1:
                Residual(layer);
                break;
            case 2:
                Depthwise(layer);
                break;
            case 3 when signs.Channels % 2 == 0:
                signs = signs.Shuffle(2);
                int shuffled = Add($"shuffle {layer}", signs);
                builder.AddNode(OperatorKind.ChannelShuffle, "shuffle", [packed], [shuffled], new GroupOptions(2));
                packed = shuffled;
                break;
            default:
                Convolution(layer);
                break;
        }
    }

    /// <summary>Convolution, batch normalization and sign, as thresholds and directions.</summary>
    private void Convolution(int layer)
    {
        int filters = channelCounts[random.Next(channelCounts.Length)];
        int kernel = random.Next(2) * 2 + 1;
        int stride = random.Next(3) == 0 ? 2 : 1;
        var padding = (BinaryPadding)random.Next(2);
        (int w, double[] weights) = Weights(filters, kernel * kernel * signs.Channels, new Shape(filters, kernel, kernel, signs.Channels));
        (int thresholds, int directions, Func<double, int, double> normalize) = Normalization(filters, kernel * kernel * signs.Channels);
        signs = signs.Convolve(weights, filters, kernel, stride, padding == BinaryPadding.Ones ? 1 : 0).Map(normalize).Signs();
        int y = Add($"convolution {layer}", signs);
        var options = new BinaryConv2DOptions { StrideHeight = stride, StrideWidth = stride, Padding = Padding2D.Same, PaddingValue = padding };
        builder.AddNode(OperatorKind.BinaryConv2D, "convolution", [packed, w, -1, -1, thresholds, directions], [y], options);
        packed = y;
    }

    /// <summary>A depthwise convolution, batch normalization and sign.</summary>
    private void Depthwise(int layer)
    {
        int channels = signs.Channels;
        int kernel = random.Next(2) * 2 + 3;
        int stride = random.Next(3) == 0 ? 2 : 1;
        var padding = (BinaryPadding)random.Next(2);
        (int w, double[] weights) = Weights(kernel * kernel, channels, new Shape(1, kernel, kernel, channels));
        (int thresholds, int directions, Func<double, int, double> normalize) = Normalization(channels, kernel * kernel);
        signs = signs.ConvolveDepthwise(weights, kernel, stride, padding == BinaryPadding.Ones ? 1 : 0).Map(normalize).Signs();
        int y = Add($"depthwise {layer}", signs);
        var options = new BinaryConv2DOptions { StrideHeight = stride, StrideWidth = stride, Padding = Padding2D.Same, PaddingValue = padding };
        builder.AddNode(OperatorKind.BinaryDepthwiseConv2D, "depthwise", [packed, w, -1, -1, thresholds, directions], [y], options);
        packed = y;
    }

    /// <summary>A convolution with float output, with or without slopes for what is negative, added to the signs it began with, and the signs of that.</summary>
    private void Residual(int layer)
    {
        int channels = signs.Channels;
        (int w, double[] weights) = Weights(channels, 9 * channels, new Shape(channels, 3, 3, channels));
        // Powers of two and halves: float32 computes them as exactly as the simulation does, so that ties are ties in both.
        float[] scales = [.. Enumerable.Range(0, channels).Select(_ => (random.Next(2) == 0 ? 1 : -1) * MathF.Pow(2, -random.Next(3, 6)))];
        float[] bias = [.. Enumerable.Range(0, channels).Select(_ => random.Next(-4, 5) * 0.25f)];
        int real = builder.AddActivation($"stream {layer}", DataType.Float32, Shape(signs));
        builder.AddNode(OperatorKind.Unbinarize, "unbinarize", [packed], [real]);
        float[]? slopes = random.Next(2) == 0 ? [.. Enumerable.Range(0, channels).Select(_ => random.Next(-2, 3) * 0.25f)] : null;
        RealMap sum = signs.Convolve(weights, channels, 3, 1, 1).Map((v, c) => v * scales[c] + bias[c]).Map((v, c) => v < 0 && slopes is not null ? v * slopes[c] : v).Plus(signs);
        signs = sum.Signs();
        int y = builder.AddActivation($"sum {layer}", DataType.Float32, Shape(signs));
        int bits = Add($"signs {layer}", signs);
        int[] inputs = [packed, w, Floats(scales), Floats(bias), -1, -1, real, slopes is null ? -1 : Floats(slopes)];
        builder.AddNode(OperatorKind.BinaryConv2D, "residual", inputs, [y, bits], new BinaryConv2DOptions { Padding = Padding2D.Same });
        packed = bits;
    }

    /// <summary>A row of all pixels' words, which needs whole words, to 24 signs.</summary>
    private void FullyConnected()
    {
        if (signs.Channels % 32 != 0)
            return;
        int elements = signs.Height * signs.Width * signs.Channels;
        var row = new RealMap(1, 1, elements);
        for (int i = 0; i < elements; i++)
            row[0, 0, i] = signs[i / signs.Channels / signs.Width, i / signs.Channels % signs.Width, i % signs.Channels];
        int flat = builder.AddActivation("row", DataType.Bit, new Shape(1, elements));
        builder.AddNode(OperatorKind.Reshape, "reshape", [packed], [flat]);
        (int w, double[] weights) = Weights(24, elements, new Shape(24, elements));
        (int thresholds, int directions, Func<double, int, double> normalize) = Normalization(24, elements);
        signs = row.Convolve(weights, 24, 1, 1, 0).Map(normalize).Signs();
        packed = builder.AddActivation("fully connected", DataType.Bit, new Shape(1, 24));
        Expected.Add((packed, signs));
        builder.AddNode(OperatorKind.BinaryFullyConnected, "dense", [flat, w, -1, -1, thresholds, directions], [packed], new BinaryFullyConnectedOptions());
    }

    /// <summary>Batch normalization as a function, and as thresholds: scale * a + offset is negative below -offset / scale, or above it where the scale is negative.</summary>
    private (int Thresholds, int Directions, Func<double, int, double> Normalize) Normalization(int filters, int products)
    {
        double[] scale = [.. Enumerable.Range(0, filters).Select(_ => (random.NextDouble() + 0.1) * (random.Next(3) == 0 ? -1 : 1))];
        double[] offset = [.. Enumerable.Range(0, filters).Select(_ => (random.NextDouble() - 0.5) * Math.Sqrt(products))];
        int[] thresholds = new int[filters];
        uint[] directions = new uint[(filters + 31) / 32];
        for (int c = 0; c < filters; c++)
        {
            double at = -offset[c] / scale[c];
            thresholds[c] = scale[c] > 0 ? (int)Math.Ceiling(at) : (int)Math.Floor(at) + 1;
            directions[c / 32] |= (scale[c] < 0 ? 1u : 0) << (c % 32);
        }

        int t = builder.AddConstant("thresholds", DataType.Int32, new Shape(filters), MemoryMarshal.AsBytes<int>(thresholds).ToArray());
        int d = builder.AddConstant("directions", DataType.Bit, new Shape(filters), MemoryMarshal.AsBytes<uint>(directions).ToArray());
        return (t, d, (v, c) => v * scale[c] + offset[c]);
    }

    private (int Tensor, double[] Values) Weights(int filters, int products, Shape shape)
    {
        double[] values = [.. Enumerable.Range(0, filters * products).Select(_ => random.Next(2) * 2.0 - 1)];
        int channels = shape[^1];
        int words = DataTypes.WordsFor(channels);
        uint[] bits = new uint[values.Length / channels * words];
        for (int i = 0; i < values.Length; i++)
            bits[i / channels * words + i % channels / 32] |= (values[i] < 0 ? 1u : 0) << (i % channels % 32);
        return (builder.AddConstant("weights", DataType.Bit, shape, MemoryMarshal.AsBytes<uint>(bits).ToArray()), values);
    }

    private int Floats(float[] values) => builder.AddConstant("values", DataType.Float32, new Shape(values.Length), MemoryMarshal.AsBytes<float>(values).ToArray());

    private int Add(string name, RealMap map)
    {
        int tensor = builder.AddActivation(name, DataType.Bit, Shape(map));
        Expected.Add((tensor, map));
        return tensor;
    }

    private static Shape Shape(RealMap map) => new(1, map.Height, map.Width, map.Channels);
}
