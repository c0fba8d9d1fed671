using System.Runtime.InteropServices;
using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.TFLite;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>Files of Larq's converter: LceQuantize, LceBconv2d, LceBMaxPool2d and LceDequantize with their options, against plain loops over -1 and +1.</summary>
public class LarqImportTests
{
    private const int Same = 0;
    private const int Valid = 1;
    private const int Relu = 1;

    [Theory]
    [InlineData(64, 8, 3, 1, 1, Same, 1, 0, 1)]
    [InlineData(40, 6, 3, 2, 1, Same, 1, 0, 1)]
    [InlineData(40, 6, 3, 1, 1, Same, 0, 0, 1)]
    [InlineData(33, 5, 2, 1, 2, Valid, 0, Relu, 1)]
    [InlineData(32, 3, 1, 1, 1, Valid, 1, 0, 1)]
    [InlineData(128, 8, 3, 1, 1, Same, 1, Relu, 2)]
    public void Convolutions_with_float_output(int channels, int outputs, int kernel, int stride, int dilation, int padding, int padValue, int activation, int groups)
    {
        const int Height = 5, Width = 7;
        var file = new LarqFile(int8: false);
        float[] x = OperatorFile.Steps(1, Height, Width, channels), w = LarqFile.Signs(outputs * kernel * kernel * channels / groups, 3);
        float[] scales = [.. Enumerable.Range(0, outputs).Select(o => 0.25f * (o - 2))], bias = [.. Enumerable.Range(0, outputs).Select(o => o - 1.5f)];
        (float[] sums, int oh, int ow) = LarqFile.Accumulate(x, Height, Width, channels, w, outputs, kernel, stride, dilation, padding == Same, padValue, groups);
        int bits = file.Quantize(file.Operators.Input([1, Height, Width, channels], x), Height, Width, channels);
        file.Convolve(
            [bits, file.Weights([outputs, kernel, kernel, channels / groups], w), file.Floats(scales), file.Floats(bias), -1],
            file.Operators.Output(1, oh, ow, outputs),
            LarqFile.With(("channels_in", channels), ("stride_height", stride), ("stride_width", stride), ("dilation_height_factor", dilation), ("dilation_width_factor", dilation),
                ("padding", padding), ("pad_values", padValue), ("fused_activation_function", activation)),
            channels > sbyte.MaxValue ? 2 : 1);
        file.Operators.Gives([.. sums.Select((a, i) => ((activation == Relu ? Math.Max(a, 0) : a) * scales[i % outputs]) + bias[i % outputs])]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_chain_stays_packed_through_thresholds_and_pooling(int optionWidth)
    {
        const int Side = 6, In = 64, Middle = 40;
        var file = new LarqFile(int8: false);
        float[] x = OperatorFile.Steps(1, Side, Side, In), w = LarqFile.Signs(Middle * 9 * In, 5);
        int[] thresholds = [.. Enumerable.Range(0, Middle).Select(o => (9 * In / 2) - 20 + o)];
        thresholds[0] = -1;
        thresholds[1] = 9 * In;
        (float[] sums, _, _) = LarqFile.Accumulate(x, Side, Side, In, w, Middle, 3, 1, 1, same: true, border: 1);
        int packed = file.Packed(Side, Side, Middle), pooled = file.Packed(Side / 2, Side / 2, Middle);
        int limits = file.File.Add(new FileTensor("thresholds", TFLiteFile.Int32, [Middle]) { Data = MemoryMarshal.AsBytes<int>(thresholds).ToArray() });
        file.Convolve(
            [file.Quantize(file.Operators.Input([1, Side, Side, In], x), Side, Side, In), file.Weights([Middle, 3, 3, In], w), -1, -1, limits], packed,
            LarqFile.With(("channels_in", In)), optionWidth);
        file.File.Operator(LarqFile.Custom, [packed], [pooled], custom: "LceBMaxPool2d", customOptions: FlexMap.Write(
            [("filter_height", 2), ("filter_width", 2), ("padding", Valid), ("stride_height", 2), ("stride_width", 2)], optionWidth));
        file.File.Operator(LarqFile.Custom, [pooled], [file.Operators.Output(1, Side / 2, Side / 2, Middle)], custom: "LceDequantize");

        // -1 where the popcount of differing bits, (K - accumulator) / 2, exceeds the threshold.
        float[] signs = [.. sums.Select((a, i) => ((9 * In) - a) / 2 > thresholds[i % Middle] ? -1f : 1f)];
        Assert.Contains(-1f, signs);
        Assert.Contains(1f, signs);
        float[] expected = [.. Enumerable.Range(0, 3 * 3 * Middle).Select(i =>
        {
            int c = i % Middle, column = i / Middle % 3 * 2, row = i / Middle / 3 * 2;
            return new[] { (row, column), (row, column + 1), (row + 1, column), (row + 1, column + 1) }.Max(p => signs[(((p.Item1 * Side) + p.Item2) * Middle) + c]);
        })];
        file.Operators.Gives(expected);
    }

    [Theory]
    [InlineData(5, 7, 3, 2, Same)]
    [InlineData(6, 6, 3, 2, Valid)]
    [InlineData(7, 5, 2, 1, Same)]
    public void Packed_maximum_over_windows_that_reach_over_the_border_or_not(int height, int width, int window, int stride, int padding)
    {
        const int Channels = 40;
        var file = new LarqFile(int8: false);
        float[] x = LarqFile.Signs(height * width * Channels, 11);
        int Out(int n) => padding == Same ? (n + stride - 1) / stride : (n - window + stride) / stride;
        int Before(int n) => padding == Same ? Math.Max(((Out(n) - 1) * stride) + window - n, 0) / 2 : 0;
        int oh = Out(height), ow = Out(width), pooled = file.Packed(oh, ow, Channels);
        file.File.Operator(LarqFile.Custom, [file.Quantize(file.Operators.Input([1, height, width, Channels], x), height, width, Channels)], [pooled], custom: "LceBMaxPool2d", customOptions: FlexMap.Write(
            [("filter_height", window), ("filter_width", window), ("padding", padding), ("stride_height", stride), ("stride_width", stride)]));
        file.File.Operator(LarqFile.Custom, [pooled], [file.Operators.Output(1, oh, ow, Channels)], custom: "LceDequantize");
        file.Operators.Gives([.. Enumerable.Range(0, oh * ow * Channels).Select(i =>
        {
            int c = i % Channels, left = (i / Channels % ow * stride) - Before(width), top = (i / Channels / ow * stride) - Before(height);
            float most = -1;
            for (int row = Math.Max(top, 0); row < Math.Min(top + window, height); row++)
            {
                for (int column = Math.Max(left, 0); column < Math.Min(left + window, width); column++)
                    most = Math.Max(most, x[(((row * width) + column) * Channels) + c]);
            }

            return most;
        })]);
    }

    [Fact]
    public void Int8_input_and_output()
    {
        const int Side = 4, In = 32, Out = 8;
        var file = new LarqFile(int8: true);
        float[] x = OperatorFile.Steps(1, Side, Side, In), w = LarqFile.Signs(Out * 9 * In, 7);
        float[] scales = [.. Enumerable.Range(0, Out).Select(o => (o % 2 == 0 ? 1 : -1) / 16f)], bias = [.. Enumerable.Range(0, Out).Select(o => o * 0.5f)];
        (float[] sums, _, _) = LarqFile.Accumulate(x, Side, Side, In, w, Out, 3, 1, 1, same: true, border: 1);
        int bits = file.Quantize(file.Operators.Input([1, Side, Side, In], x), Side, Side, In);
        file.Convolve([bits, file.Weights([Out, 3, 3, In], w), file.Floats(scales), file.Floats(bias), -1], file.Operators.Output([1, Side, Side, Out], 0.5f, 4), LarqFile.With(("channels_in", In)));
        file.Operators.Gives([.. sums.Select((a, i) => Math.Clamp((a * scales[i % Out]) + bias[i % Out], (-128 - 4) * 0.5f, (127 - 4) * 0.5f))], steps: 1);
    }

    [Fact]
    public void Packed_tensors_are_joined_along_channels()
    {
        const int Side = 3, A = 32, B = 40;
        var file = new LarqFile(int8: false);
        float[] x = OperatorFile.Steps(1, Side, Side, A), z = [.. OperatorFile.Steps(1, Side, Side, B).Select(v => -v)];
        int joined = file.Packed(Side, Side, A + B);
        file.File.Operator(2, [file.Quantize(file.Operators.Input([1, Side, Side, A], x), Side, Side, A), file.Quantize(file.Operators.Input([1, Side, Side, B], z), Side, Side, B)], [joined], new Options(10, (0, 3)));
        file.File.Operator(LarqFile.Custom, [joined], [file.Operators.Output(1, Side, Side, A + B)], custom: "LceDequantize");
        file.Operators.Gives([.. Enumerable.Range(0, Side * Side * (A + B)).Select(i =>
        {
            int c = i % (A + B), pixel = i / (A + B);
            return (c < A ? x[(pixel * A) + c] : z[(pixel * B) + c - A]) < 0 ? -1f : 1f;
        })]);
    }

    [Fact]
    public void What_is_not_supported_is_listed_by_name_with_its_tensors()
    {
        const int Side = 4, In = 32, Out = 8;
        var file = new LarqFile(int8: false);
        int bits = file.Quantize(file.Operators.Ramp(1, Side, Side, In), Side, Side, In);
        int weights = file.Weights([Out, 3, 3, In], LarqFile.Signs(Out * 9 * In, 1)), scales = file.Floats(new float[Out]);
        int limits = file.File.Ints(new int[Out]), packed = file.Packed(Side, Side, Out);
        file.Convolve([bits, weights, -1, -1, limits], packed, LarqFile.With(("channels_in", In), ("pad_values", 0)));
        file.Convolve([bits, weights, scales, scales, -1], file.Operators.Output(1, Side, Side, Out), LarqFile.With(("channels_in", In), ("fused_activation_function", 3)));
        file.File.Operator(LarqFile.Custom, [packed], [file.Operators.Output(1, Side, Side, Out)], custom: "LceSomethingNew");
        var error = Assert.Throws<ImportException>(() => TFLiteImporter.Import(file.File.Build(), "larq.tflite"));
        Assert.Equal(ImportError.Unsupported, error.Error);
        Assert.Contains(error.Problems, p => p.Contains("padding with zeros and packed output", StringComparison.Ordinal) && p.Contains("'filter'", StringComparison.Ordinal));
        Assert.Contains(error.Problems, p => p.Contains("Relu6", StringComparison.Ordinal) && p.Contains("LceBconv2d", StringComparison.Ordinal));
        Assert.Contains(error.Problems, p => p.Contains("LceSomethingNew", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("channels_in", 33, "channels_in is 33; the input has 32")]
    [InlineData("padding", 2, "padding is 2;")]
    [InlineData("pad_values", 3, "pad_values is 3;")]
    [InlineData("fused_activation_function", 9, "fused_activation_function is 9;")]
    public void Impossible_options_are_damage(string name, int value, string message)
    {
        LarqFile file = OneConvolution(LarqFile.With((name, value), ("channels_in", 32)), out _);
        var error = Assert.Throws<ImportException>(() => TFLiteImporter.Import(file.File.Build(), "larq.tflite"));
        Assert.Equal(ImportError.Corrupt, error.Error);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_option_and_a_plain_integer_tensor_as_bits_are_refused()
    {
        LarqFile file = OneConvolution([.. LarqFile.With(("channels_in", 32)).Where(o => o.Name != "stride_width")], out _);
        Assert.Contains("no 'stride_width'", Assert.Throws<ImportException>(() => TFLiteImporter.Import(file.File.Build(), "larq.tflite")).Message, StringComparison.Ordinal);
        file = new LarqFile(int8: false);
        int plain = file.Packed(2, 2, 32);
        file.File.Inputs.Add(plain);
        file.File.Operator(LarqFile.Custom, [plain], [file.Operators.Output(1, 2, 2, 32)], custom: "LceDequantize");
        Assert.Contains("which no operator packed into bits", Assert.Throws<ImportException>(() => TFLiteImporter.Import(file.File.Build(), "larq.tflite")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_options_are_refused_or_read_and_nothing_else()
    {
        OneConvolution(LarqFile.With(("channels_in", 32)), out byte[] options);
        var random = new Random(9);
        int refused = 0;
        const int Count = 20_000;
        for (int i = 0; i < Count; i++)
        {
            byte[] damaged = [.. options];
            for (int k = random.Next(1, 4); k > 0; k--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            try
            {
                var read = new FlexOptions(new SourceOperator(0, LarqFile.Custom, "CUSTOM", [], [], 0, null, "LceBconv2d", damaged));
                read.Int("channels_in");
            }
            catch (ImportException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, Count / 10, Count - 1);
    }

    private static LarqFile OneConvolution((string Name, int Value)[] options, out byte[] written)
    {
        var file = new LarqFile(int8: false);
        int bits = file.Quantize(file.Operators.Ramp(1, 4, 4, 32), 4, 4, 32), ones = file.Floats([.. Enumerable.Repeat(1f, 8)]);
        file.Convolve([bits, file.Weights([8, 3, 3, 32], LarqFile.Signs(8 * 9 * 32, 1)), ones, ones, -1], file.Operators.Output(1, 4, 4, 8), options);
        written = FlexMap.Write(options);
        return file;
    }
}
