namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, MAX_POOL_2D and AVERAGE_POOL_2D with each of their options, against plain loops.</summary>
public class LayerImportTests
{
    private const int Conv2D = 3;
    private const int DepthwiseConv2D = 4;
    private const int FullyConnected = 9;
    private const int AveragePool2D = 1;
    private const int MaxPool2D = 17;

    /// <summary>Type, padding (0 SAME, 1 VALID), strides (height, width), dilations, fused activation, groups.</summary>
    public static TheoryData<bool, byte, int, int, int, int, byte, int> Convolutions()
    {
        var data = new TheoryData<bool, byte, int, int, int, int, byte, int>();
        foreach (bool int8 in (bool[])[false, true])
        {
            data.Add(int8, 0, 1, 1, 1, 1, 0, 1);
            data.Add(int8, 1, 1, 1, 1, 1, 1, 1);
            data.Add(int8, 0, 2, 3, 1, 1, 2, 1);
            data.Add(int8, 1, 3, 2, 1, 1, 3, 1);
            data.Add(int8, 0, 1, 1, 2, 3, 0, 1);
            data.Add(int8, 1, 1, 1, 3, 2, 1, 1);
            data.Add(int8, 0, 2, 1, 1, 1, 0, 2);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Conv2D_with_padding_strides_dilations_activation_groups(bool int8, byte padding, int sh, int sw, int dh, int dw, byte activation, int groups)
    {
        const int Height = 7, Width = 8, In = 4, Out = 6;
        int[] weightShape = [Out, 2, 3, In / groups];
        float[] weights = Small(weightShape.Aggregate((a, b) => a * b));
        float[] bias = [2, -1, 0.5f, 0, -3, 1];
        (float[] expected, int oh, int ow) = Convolve(OperatorFile.Steps(1, Height, Width, In), Height, Width, In, 2, 3, Out, (o, y, x, c) =>
        {
            int group = o / (Out / groups), first = group * (In / groups);
            return c < first || c >= first + (In / groups) ? 0 : weights[(((((o * 2) + y) * 3) + x) * (In / groups)) + c - first];
        }, bias, padding == 0, sh, sw, dh, dw);
        var file = new OperatorFile(int8);
        file.File.Operator(
            Conv2D,
            [file.Input([1, Height, Width, In], OperatorFile.Steps(1, Height, Width, In)), file.Weights(weightShape, 0, weights), file.Bias(bias)],
            [file.Output([1, oh, ow, Out], 1, 5)],
            new Options(1, (0, padding), (1, sw), (2, sh), (3, activation), (4, dw), (5, dh)));
        file.Gives(Activated(expected, activation, int8), steps: 1);
    }

    [Theory]
    [InlineData(false, 0, 1, 1, 1, 1, 0)]
    [InlineData(true, 0, 1, 1, 1, 1, 0)]
    [InlineData(false, 1, 2, 1, 1, 2, 2)]
    [InlineData(true, 1, 2, 1, 1, 2, 2)]
    [InlineData(false, 0, 1, 2, 2, 1, 1)]
    [InlineData(true, 0, 1, 2, 2, 1, 1)]
    public void DepthwiseConv2D_with_multiplier(bool int8, byte padding, int sh, int sw, int dh, int dw, byte activation)
    {
        const int Height = 6, Width = 5, In = 3, Out = 6;
        float[] weights = Small(3 * 3 * Out);
        float[] bias = [1, 0, -2, 0.5f, 3, 0];
        (float[] expected, int oh, int ow) = Convolve(
            OperatorFile.Steps(1, Height, Width, In), Height, Width, In, 3, 3, Out, (o, y, x, c) => o / 2 == c ? weights[(((y * 3) + x) * Out) + o] : 0, bias, padding == 0, sh, sw, dh, dw);
        var file = new OperatorFile(int8);
        file.File.Operator(
            DepthwiseConv2D,
            [file.Ramp(1, Height, Width, In), file.Weights([1, 3, 3, Out], 3, weights), file.Bias(bias)],
            [file.Output([1, oh, ow, Out], 1, 5)],
            new Options(2, (0, padding), (1, sw), (2, sh), (3, 2), (4, activation), (5, dw), (6, dh)));
        file.Gives(Activated(expected, activation, int8), steps: 1);
    }

    /// <summary>A missing bias is written as tensor -1, or left out; both mean zero.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void FullyConnected_without_bias(bool int8, bool written)
    {
        var file = new OperatorFile(int8);
        int x = file.Input([2, 3], 1, 2, 3, -1, 0, 4);
        int w = file.Weights([2, 3], 0, 1, 0, -1, 0.5f, 1, 1.5f);
        file.File.Operator(FullyConnected, written ? [x, w, -1] : [x, w], [file.Output(2, 2)], new Options(8, (0, (byte)0)));
        file.Gives([-2, 7, -5, 5.5f]);
    }

    /// <summary>A picture is flattened into rows of as many elements as the weights have columns; keep_num_dims leaves the leading dimensions.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void FullyConnected_with_bias_activation_and_more_dimensions(bool int8, bool keep)
    {
        var file = new OperatorFile(int8);
        int x = file.Input([1, 2, 2], 1, 2, -3, 1);
        int w = file.Weights([3, 2], 0, 1, 1, -1, 0.5f, 0, 2);
        file.File.Operator(
            FullyConnected, [x, w, file.Bias(1, 1, 1)], [keep ? file.Output(1, 2, 3) : file.Output(2, 3)], new Options(8, (0, (byte)1), (1, (byte)0), (2, keep)));
        file.Gives([4, 1, 5, 0, 4.5f, 3]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MaxPool2D_with_padding_strides_and_activation(bool int8)
    {
        var file = new OperatorFile(int8);
        int x = file.Input([1, 3, 3, 1], 1, 2, 3, 4, -5, 6, 7, 8, -9);
        file.File.Operator(MaxPool2D, [x], [file.Output(1, 2, 2, 1)], Pool(padding: 0, stride: 2, height: 2, width: 2, activation: 0));
        file.Gives([4, 6, 8, -9]);
        file = new OperatorFile(int8);
        x = file.Input([1, 3, 3, 1], 1, 2, 3, 4, -5, 6, 7, 8, -9);
        file.File.Operator(MaxPool2D, [x], [file.Output(1, 1, 3, 1)], Pool(padding: 1, stride: 1, height: 3, width: 1, activation: 3));
        file.Gives([6, 6, 6]);
    }

    /// <summary>Positions outside the picture do not count in the mean.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AveragePool2D_counts_only_what_lies_inside(bool int8)
    {
        var file = new OperatorFile(int8);
        int x = file.Input([1, 3, 3, 1], 1, 2, 3, 4, -5, 6, 7, 8, -9);
        file.File.Operator(AveragePool2D, [x], [file.Output(1, 2, 2, 1)], Pool(padding: 0, stride: 2, height: 2, width: 2, activation: 0));
        file.Gives([0.5f, 4.5f, 7.5f, -9]);
        file = new OperatorFile(int8);
        x = file.Input([1, 2, 2, 2], 1, -2, 3, -4, 5, -6, 7, -8);
        file.File.Operator(AveragePool2D, [x], [file.Output(1, 1, 1, 2)], Pool(padding: 1, stride: 1, height: 2, width: 2, activation: 1));
        file.Gives([4, 0]);
    }

    private static Options Pool(byte padding, int stride, int height, int width, byte activation) =>
        new(5, (0, padding), (1, stride), (2, stride), (3, width), (4, height), (5, activation));

    /// <summary>Weights of -1, 0 and 1.</summary>
    private static float[] Small(int count) => [.. Enumerable.Range(0, count).Select(i => (float)(((i * 5) % 7) % 3) - 1)];

    /// <summary>The definition of a convolution in TensorFlow: SAME puts the odd row of padding at the end.</summary>
    private static (float[] Values, int Height, int Width) Convolve(
        float[] x, int height, int width, int channels, int kh, int kw, int outputs, Func<int, int, int, int, float> weight, float[] bias, bool same, int sh, int sw, int dh, int dw)
    {
        int windowHeight = ((kh - 1) * dh) + 1, windowWidth = ((kw - 1) * dw) + 1;
        int oh = same ? (height + sh - 1) / sh : (height - windowHeight + sh) / sh;
        int ow = same ? (width + sw - 1) / sw : (width - windowWidth + sw) / sw;
        int top = same ? Math.Max(((oh - 1) * sh) + windowHeight - height, 0) / 2 : 0;
        int left = same ? Math.Max(((ow - 1) * sw) + windowWidth - width, 0) / 2 : 0;
        float[] y = new float[oh * ow * outputs];
        for (int i = 0; i < y.Length; i++)
        {
            (int row, int column, int o) = (i / outputs / ow, i / outputs % ow, i % outputs);
            double sum = bias[o];
            for (int ky = 0; ky < kh; ky++)
            {
                for (int kx = 0; kx < kw; kx++)
                {
                    (int r, int c) = ((row * sh) - top + (ky * dh), (column * sw) - left + (kx * dw));
                    for (int k = 0; k < channels && r >= 0 && r < height && c >= 0 && c < width; k++)
                        sum += x[(((r * width) + c) * channels) + k] * (double)weight(o, ky, kx, k);
                }
            }

            y[i] = (float)sum;
        }

        return (y, oh, ow);
    }

    /// <summary>A fused activation (0 none, 1 RELU, 2 RELU_N1_TO_1, 3 RELU6), after the limits of int8 at scale 1 and zero point 5.</summary>
    private static float[] Activated(float[] values, byte activation, bool int8)
    {
        (float low, float high) = activation switch
        {
            1 => (0, float.MaxValue),
            2 => (-1f, 1f),
            3 => (0, 6),
            _ => (float.MinValue, float.MaxValue),
        };
        return [.. values.Select(v => Math.Clamp(Math.Clamp(v, int8 ? -133 : float.MinValue, int8 ? 122 : float.MaxValue), low, high))];
    }
}
