using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests;

public class SharedLevelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void No_other_choice_of_values_has_a_smaller_error(int count)
    {
        var random = new Random(count);
        float[] weights = [.. Enumerable.Range(0, 12).Select(_ => (float)random.Next(-127, 128))];
        float[] importance = [.. weights.Select(_ => 0.1f + random.NextSingle())];
        sbyte[] levels = SharedLevels.Choose(weights, importance, count);
        Assert.InRange(levels.Length, 1, count);
        double chosen = Error(weights, importance, levels);

        // In one dimension the best groups are runs of the sorted values: all ways to cut them are tried.
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderBy(i => weights[i])];
        double best = Cut(order, weights, importance, 0, count);
        Assert.True(chosen <= best + 1e-6, $"{chosen} against {best}");
    }

    [Fact]
    public void One_bit_per_weight_is_about_the_mean_magnitude_of_each_channel()
    {
        var random = new Random(3);
        float[] weights = [.. Enumerable.Range(0, 4 * 50).Select(i => (float)((random.NextDouble() - 0.5) * (1 + (i / 50))))];
        var layout = new WeightLayout(OperatorKind.FullyConnected, new Shape(4, 50), 1);
        QuantizedLayer layer = WeightQuantization.Quantize(weights, layout, new float[4], 0.1f, new WeightPrecision(1, true));
        Assert.Equal(2, layer.Weights.Distinct().Count());
        Assert.Equal(TensorEncoding.Codebook, layer.Encoding);
        for (int c = 0; c < 4; c++)
        {
            float mean = weights.Skip(c * 50).Take(50).Average(MathF.Abs);
            Assert.All(Enumerable.Range(c * 50, 50), i => Assert.InRange(MathF.Abs(layer.Dequantized[i]), 0.85f * mean, 1.15f * mean));
        }
    }

    [Fact]
    public void More_bits_mean_a_smaller_error_and_a_larger_tensor()
    {
        var random = new Random(5);
        float[] weights = [.. Enumerable.Range(0, 16 * 90).Select(_ => (float)((random.NextDouble() - 0.5) * random.NextDouble()))];
        var layout = new WeightLayout(OperatorKind.FullyConnected, new Shape(16, 90), 1);
        double before = double.PositiveInfinity;
        long size = 0;
        for (int bits = 1; bits <= 6; bits++)
        {
            QuantizedLayer layer = WeightQuantization.Quantize(weights, layout, new float[16], 0.1f, new WeightPrecision(bits, true));
            Assert.InRange(layer.Weights.Distinct().Count(), 2, 1 << bits);
            double error = weights.Zip(layer.Dequantized, (w, d) => (double)(w - d) * (w - d)).Sum();
            Assert.True(error < before, $"{bits} bits: {error} after {before}");
            long stored = new TensorInfo("w", DataType.Int8, layout.Shape, layer.Scales, GraphConstants.Bytes<sbyte>(layer.Weights)) { Encoding = layer.Encoding }.StoredSize();
            Assert.True(stored > size, $"{bits} bits: {stored} bytes after {size}");
            (before, size) = (error, stored);
        }
    }

    private static double Error(float[] weights, float[] importance, sbyte[] levels) =>
        weights.Select((w, i) => importance[i] * Math.Pow(w - SharedLevels.Nearest(levels, w), 2)).Sum();

    private static double Cut(int[] order, float[] weights, float[] importance, int from, int left)
    {
        if (from == order.Length)
            return 0;
        if (left == 0)
            return double.PositiveInfinity;
        double best = double.PositiveInfinity;
        for (int to = from + 1; to <= order.Length; to++)
        {
            int[] group = order[from..to];
            double mean = Math.Round(group.Sum(i => (double)importance[i] * weights[i]) / group.Sum(i => (double)importance[i]));
            double error = group.Sum(i => importance[i] * (weights[i] - mean) * (weights[i] - mean));
            best = Math.Min(best, error + Cut(order, weights, importance, to, left - 1));
        }

        return best;
    }
}
