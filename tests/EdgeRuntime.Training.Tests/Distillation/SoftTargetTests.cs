using EdgeRuntime.Training.Distillation;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Distillation;

public class SoftTargetTests
{
    private static readonly float[] StudentScores = [1.5f, -0.5f, 0.25f, -1.25f, -2f, 3f, -0.5f, -0.5f];
    private static readonly float[] TeacherScores = [4f, -1f, -2f, -1f, 0.5f, 0.5f, -2f, 1f];

    [Theory]
    [InlineData(1.0)]
    [InlineData(3.0)]
    [InlineData(20.0)]
    public void Gradient_of_the_scaled_loss_is_T_times_the_difference_of_softened_probabilities(double temperature)
    {
        float[] gradient = Gradient(temperature);
        for (int row = 0; row < 2; row++)
        {
            double[] p = Softened(TeacherScores.AsSpan(row * 4, 4), temperature), q = Softened(StudentScores.AsSpan(row * 4, 4), temperature);
            for (int i = 0; i < 4; i++)
                Assert.Equal(temperature * (q[i] - p[i]) / 2, gradient[row * 4 + i], 1e-5);
        }
    }

    [Fact]
    public void Gradient_at_high_temperature_approaches_matching_of_scores()
    {
        // All rows have mean 0: the paper's limit is (z - v) / classes, here divided by the 2 rows of the mean.
        double[] distances = [.. new[] { 2.0, 20.0, 200.0 }.Select(t => Gradient(t).Select((g, i) => Math.Abs(g - (StudentScores[i] - TeacherScores[i]) / 8)).Max())];
        Assert.True(distances[1] < distances[0] / 4, $"{distances[1]} is not well below {distances[0]}");
        Assert.True(distances[2] < distances[1] / 4, $"{distances[2]} is not well below {distances[1]}");
        Assert.True(distances[2] < 0.02, $"{distances[2]} at temperature 200");
    }

    [Fact]
    public void A_student_with_the_teachers_scores_has_no_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor z = tensor(TeacherScores, [2, 4], requires_grad: true);
        SoftTargets.Scaled(z, tensor(TeacherScores, [2, 4]), 5).backward();
        Assert.All(z.grad!.data<float>(), g => Assert.Equal(0, g, 1e-6f));
    }

    private static float[] Gradient(double temperature)
    {
        using var scope = NewDisposeScope();
        Tensor z = tensor(StudentScores, [2, 4], requires_grad: true);
        SoftTargets.Scaled(z, tensor(TeacherScores, [2, 4]), temperature).backward();
        return [.. z.grad!.data<float>()];
    }

    private static double[] Softened(ReadOnlySpan<float> scores, double temperature)
    {
        double[] e = new double[scores.Length];
        for (int i = 0; i < e.Length; i++)
            e[i] = Math.Exp(scores[i] / temperature);
        return [.. e.Select(v => v / e.Sum())];
    }
}
