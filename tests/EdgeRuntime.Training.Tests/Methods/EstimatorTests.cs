using EdgeRuntime.Training.Methods;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Methods;

public class EstimatorTests
{
    private static readonly float[] Points = [-2f, -1.01f, -1f, -0.5f, -0.001f, 0f, 0.25f, 0.999f, 1f, 1.5f];

    [Fact]
    public void Sign_is_one_from_zero_on_and_minus_one_below()
    {
        using Tensor y = SignEstimator.Apply(tensor(Points), SignGradient.Clipped);
        Assert.Equal(Points.Select(x => x >= 0 ? 1f : -1f), y.data<float>());
    }

    [Theory]
    [InlineData(SignGradient.Clipped)]
    [InlineData(SignGradient.Polynomial)]
    [InlineData(SignGradient.Identity)]
    public void Gradient_of_the_sign_is_the_estimators_definition(SignGradient kind)
    {
        float[] incoming = [.. Points.Select((_, i) => 0.5f + i)];
        float[] gradient = Gradient(Points, incoming, x => SignEstimator.Apply(x, kind));
        for (int i = 0; i < Points.Length; i++)
        {
            float x = Points[i];
            float slope = kind switch
            {
                SignGradient.Identity => 1,
                SignGradient.Clipped => MathF.Abs(x) <= 1 ? 1 : 0,
                _ => MathF.Abs(x) <= 1 ? 2 - 2 * MathF.Abs(x) : 0,
            };
            Assert.Equal(slope * incoming[i], gradient[i], 1e-5f);
        }
    }

    [Fact]
    public void BinaryConnect_uses_signs_passes_the_gradient_to_the_real_weights_and_clips_them()
    {
        var mapping = new SignWeights();
        using Tensor used = mapping.Map(tensor(Points));
        Assert.All(used.data<float>(), v => Assert.Equal(1, MathF.Abs(v)));
        Assert.Equal([.. Points.Select((_, i) => (float)i)], Gradient(Points, [.. Points.Select((_, i) => (float)i)], mapping.Map));
        using Tensor weights = tensor(Points);
        mapping.AfterStep(weights);
        Assert.Equal(Points.Select(x => Math.Clamp(x, -1, 1)), weights.data<float>());
    }

    [Fact]
    public void Stochastic_binarization_has_the_clipped_weight_as_its_mean_and_the_sign_in_use()
    {
        manual_seed(5);
        var mapping = new SignWeights(stochastic: true);
        const int Draws = 4000;
        var sums = new double[Points.Length];
        using Tensor weights = tensor(Points);
        for (int d = 0; d < Draws; d++)
        {
            using Tensor drawn = mapping.Map(weights);
            float[] values = [.. drawn.data<float>()];
            for (int i = 0; i < sums.Length; i++)
            {
                Assert.Equal(1, MathF.Abs(values[i]), 1e-6f);
                sums[i] += values[i];
            }
        }

        for (int i = 0; i < sums.Length; i++)
            Assert.Equal(Math.Clamp(Points[i], -1, 1), sums[i] / Draws, 0.06);
        using Tensor used = mapping.MapForUse(weights);
        Assert.Equal(Points.Select(x => x >= 0 ? 1f : -1f), used.data<float>());
    }

    [Fact]
    public void Scaled_signs_are_the_nearest_to_the_weights_of_each_filter()
    {
        manual_seed(6);
        using Tensor weight = randn(4, 3, 3, 3);
        using Tensor mapped = new ScaledSignWeights().Map(weight);
        float[] w = [.. weight.data<float>()], m = [.. mapped.data<float>()];
        for (int f = 0; f < 4; f++)
        {
            double[] real = [.. w.Skip(f * 27).Take(27).Select(v => (double)v)];
            double[] own = [.. m.Skip(f * 27).Take(27).Select(v => (double)v)];
            double a = real.Average(Math.Abs), error = Distance(real, own);
            Assert.All(own, v => Assert.Equal(a, Math.Abs(v), 1e-5));
            // Neither another scale nor another sign comes nearer.
            Assert.True(error < Distance(real, [.. own.Select(v => v * 1.05)]));
            Assert.True(error < Distance(real, [.. own.Select(v => v * 0.95)]));
            for (int k = 0; k < 27; k++)
                Assert.True(error <= Distance(real, [.. own.Select((v, i) => i == k ? -v : v)]));
        }
    }

    [Fact]
    public void Gradient_of_scaled_signs_is_the_papers_equation()
    {
        float[] incoming = [.. Points.Select((_, i) => 1f + i)];
        float a = Points.Average(MathF.Abs);
        float[] gradient = Gradient(Points, incoming, x => new ScaledSignWeights().Map(x.reshape(1, -1)).reshape(-1));
        for (int i = 0; i < Points.Length; i++)
        {
            float expected = incoming[i] * (1f / Points.Length + (MathF.Abs(Points[i]) <= 1 ? a : 0));
            Assert.Equal(expected, gradient[i], 1e-4f);
        }
    }

    private static double Distance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();

    private static float[] Gradient(float[] points, float[] incoming, Func<Tensor, Tensor> function)
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(points, requires_grad: true);
        (function(x) * tensor(incoming)).sum().backward();
        return [.. x.grad!.data<float>()];
    }
}
