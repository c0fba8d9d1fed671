using System.Runtime.InteropServices;

namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>
/// A written file with Larq's custom operators. Packed tensors are INT32 with words of 32 channels in the last dimension, bit 1 for -1.
/// </summary>
internal sealed class LarqFile(bool int8)
{
    public const int Custom = 32;

    /// <summary>Options that every converted convolution has.</summary>
    public static readonly (string Name, int Value)[] Plain =
    [
        ("channels_in", 0), ("dilation_height_factor", 1), ("dilation_width_factor", 1), ("fused_activation_function", 0), ("pad_values", 1), ("padding", 0),
        ("stride_height", 1), ("stride_width", 1),
    ];

    public OperatorFile Operators { get; } = new(int8);

    public TFLiteFile File => Operators.File;

    public static int Words(int channels) => (channels + 31) / 32;

    public int Packed(int height, int width, int channels) => File.Add(new FileTensor($"packed{File.Tensors.Count}", TFLiteFile.Int32, [1, height, width, Words(channels)]));

    public int Floats(params float[] data) => File.Add(new FileTensor($"floats{File.Tensors.Count}", TFLiteFile.Float32, [data.Length]) { Data = MemoryMarshal.AsBytes<float>(data).ToArray() });

    /// <summary>Weights of -1 and +1, [out, height, width, in], packed; unused bits are set, which must not matter.</summary>
    public int Weights(int[] shape, float[] signs)
    {
        int channels = shape[3], words = Words(channels), rows = signs.Length / channels;
        var packed = new uint[rows * words];
        for (int row = 0; row < rows; row++)
        {
            for (int c = 0; c < words * 32; c++)
            {
                if (c >= channels || signs[(row * channels) + c] < 0)
                    packed[(row * words) + (c / 32)] |= 1u << (c % 32);
            }
        }

        return File.Add(new FileTensor("filter", TFLiteFile.Int32, [.. shape[..3], words]) { Data = MemoryMarshal.AsBytes<uint>(packed).ToArray() });
    }

    /// <summary>Signs of a tensor as packed bits.</summary>
    public int Quantize(int x, int height, int width, int channels)
    {
        int y = Packed(height, width, channels);
        File.Operator(Custom, [x], [y], custom: "LceQuantize");
        return y;
    }

    public void Convolve(int[] inputs, int output, IEnumerable<(string Name, int Value)> options, int optionWidth = 1) =>
        File.Operator(Custom, inputs, [output], custom: "LceBconv2d", customOptions: FlexMap.Write(options, optionWidth));

    /// <summary>The plain options with some changed.</summary>
    public static (string Name, int Value)[] With(params (string Name, int Value)[] changed) =>
        [.. Plain.Select(p => changed.Any(c => c.Name == p.Name) ? changed.First(c => c.Name == p.Name) : p)];

    /// <summary>-1 and +1 in no order.</summary>
    public static float[] Signs(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(2) == 0 ? -1f : 1f)];
    }

    /// <summary>Plain loops: accumulators of a convolution of signs; positions outside hold <paramref name="border"/>.</summary>
    public static (float[] Sums, int Height, int Width) Accumulate(
        float[] x, int height, int width, int channels, float[] w, int outputs, int kernel, int stride, int dilation, bool same, float border, int groups = 1)
    {
        int extent = ((kernel - 1) * dilation) + 1;
        int Out(int n) => same ? (n + stride - 1) / stride : (n - extent + stride) / stride;
        int Before(int n) => same ? Math.Max(((Out(n) - 1) * stride) + extent - n, 0) / 2 : 0;
        int oh = Out(height), ow = Out(width), top = Before(height), left = Before(width), each = channels / groups;
        var y = new float[oh * ow * outputs];
        for (int i = 0; i < y.Length; i++)
        {
            int o = i % outputs, column = i / outputs % ow, row = i / outputs / ow, first = o / (outputs / groups) * each;
            for (int ky = 0; ky < kernel; ky++)
            {
                for (int kx = 0; kx < kernel; kx++)
                {
                    int iy = (row * stride) + (ky * dilation) - top, ix = (column * stride) + (kx * dilation) - left;
                    bool inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
                    for (int c = 0; c < each; c++)
                    {
                        float value = !inside ? border : x[(((iy * width) + ix) * channels) + first + c] < 0 ? -1 : 1;
                        y[i] += value * w[(((((o * kernel) + ky) * kernel) + kx) * each) + c];
                    }
                }
            }
        }

        return (y, oh, ow);
    }
}
