namespace EdgeRuntime.Compression.Tests;

public class RangeEstimationTests
{
    [Fact]
    public void Min_max_is_exact_and_contains_zero()
    {
        Assert.Equal((0f, 7f), Estimate(CalibrationMethod.MinMax, [3, 5, 7]));
        Assert.Equal((-4f, 0f), Estimate(CalibrationMethod.MinMax, [-4, -1]));
    }

    [Theory]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.KullbackLeibler)]
    public void A_lone_outlier_does_not_stretch_the_range(CalibrationMethod method)
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 200_000).Select(_ => (float)random.NextDouble()), 40f];
        (float low, float high) = Estimate(method, values);
        Assert.Equal(0, low);
        Assert.InRange(high, 0.9f, 20f);
    }

    [Fact]
    public void The_mean_squared_error_of_the_chosen_range_is_no_worse_than_that_of_min_max()
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, 50_000).Select(_ => (float)Math.Pow(random.NextDouble() * 2 - 1, 9) * 10)];
        double Error((float Low, float High) range)
        {
            double scale = (range.High - range.Low) / 255.0;
            return values.Sum(v =>
            {
                double q = range.Low + Math.Round((Math.Clamp(v, range.Low, range.High) - range.Low) / scale) * scale;
                return (v - q) * (v - q);
            });
        }

        Assert.True(Error(Estimate(CalibrationMethod.MeanSquaredError, values)) <= Error(Estimate(CalibrationMethod.MinMax, values)) * 1.001);
    }

    [Fact]
    public void A_histogram_counts_the_same_whether_values_come_at_once_or_by_parts()
    {
        var random = new Random(4);
        float[] values = [.. Enumerable.Range(0, 3000).Select(i => (float)(random.NextDouble() - 0.5) * (1 << (i / 500)))];
        var parts = new ActivationHistogram();
        foreach (float[] chunk in values.Chunk(100))
            parts.Add(chunk);
        Assert.Equal(values.Length, parts.Count);
        long sum = 0;
        foreach (long c in parts.Counts)
            sum += c;
        Assert.Equal(values.Length, sum);
        Assert.Equal((values.Min(), values.Max()), (parts.Min, parts.Max));
    }

    [Fact]
    public void An_empty_set_and_values_that_are_not_finite_are_refused()
    {
        Assert.Throws<CompressionException>(() => RangeEstimation.Estimate(new ActivationHistogram(), CalibrationMethod.MinMax));
        Assert.Throws<CompressionException>(() => new ActivationHistogram().Add([float.NaN]));
    }

    private static (float Low, float High) Estimate(CalibrationMethod method, float[] values)
    {
        var histogram = new ActivationHistogram();
        histogram.Add(values);
        return RangeEstimation.Estimate(histogram, method);
    }
}
