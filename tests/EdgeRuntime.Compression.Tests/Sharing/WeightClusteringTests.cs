namespace EdgeRuntime.Compression.Tests;

public class WeightClusteringTests
{
    [Theory]
    [InlineData(CentroidInitialization.Linear)]
    [InlineData(CentroidInitialization.Density)]
    [InlineData(CentroidInitialization.Random)]
    public void Each_weight_takes_its_nearest_centroid_and_each_centroid_is_the_mean_of_its_weights(CentroidInitialization initialization)
    {
        float[] weights = Gaussian(5000, seed: 2);
        SharedWeights shared = WeightClustering.Cluster(weights, 32, initialization, seed: 7);
        Assert.InRange(shared.Centroids.Length, 2, 32);
        Assert.Equal(shared.Centroids.Order(), shared.Centroids);
        for (int i = 0; i < weights.Length; i++)
        {
            float distance = MathF.Abs(weights[i] - shared.Centroids[shared.Assignment[i]]);
            Assert.True(shared.Centroids.All(c => distance <= MathF.Abs(weights[i] - c) + 1e-6f));
        }

        for (int k = 0; k < shared.Centroids.Length; k++)
        {
            float[] own = [.. weights.Where((_, i) => shared.Assignment[i] == k)];
            if (own.Length > 0)
                Assert.Equal(own.Average(w => (double)w), shared.Centroids[k], 3);
        }
    }

    [Fact]
    public void Values_that_are_few_enough_are_kept_exactly()
    {
        float[] weights = [0.5f, -1, 0.5f, 3, -1];
        SharedWeights shared = WeightClustering.Cluster(weights, 3, CentroidInitialization.Density);
        Assert.Equal(0, shared.SquaredError(weights), 12);
    }

    [Fact]
    public void Linear_initialisation_keeps_more_centroids_for_large_weights_than_density()
    {
        // The paper's argument: few weights are large, and they matter.
        float[] weights = Gaussian(20_000, seed: 5);
        int Large(CentroidInitialization initialization) =>
            WeightClustering.Cluster(weights, 64, initialization).Centroids.Count(c => MathF.Abs(c) > 2);

        Assert.True(
            Large(CentroidInitialization.Linear) > Large(CentroidInitialization.Density),
            $"{Large(CentroidInitialization.Linear)} against {Large(CentroidInitialization.Density)}");
    }

    [Theory]
    [InlineData(0, 1f, "0 shared values")]
    [InlineData(257, 1f, "257 shared values")]
    [InlineData(4, float.NaN, "a weight is NaN")]
    [InlineData(4, float.PositiveInfinity, "a weight is")]
    public void Bad_input_is_refused_with_the_value(int count, float weight, string message)
    {
        var e = Assert.Throws<CompressionException>(() => WeightClustering.Cluster([weight], count, CentroidInitialization.Linear));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Throws<CompressionException>(() => WeightClustering.Cluster([], 4, CentroidInitialization.Linear));
    }

    private static float[] Gaussian(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
