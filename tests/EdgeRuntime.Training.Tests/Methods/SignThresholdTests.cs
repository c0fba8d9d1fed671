using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;

namespace EdgeRuntime.Training.Tests.Methods;

public class SignThresholdTests
{
    [Fact]
    public void Integer_thresholds_decide_like_scale_and_offset_for_every_sum()
    {
        var random = new SeededRandom(3);
        double[] scale = [.. Enumerable.Range(0, 200).Select(i => i % 10 == 0 ? 0 : Math.Round(random.Uniform(-2, 2), i % 3))];
        double[] offset = [.. Enumerable.Range(0, 200).Select(i => Math.Round(random.Uniform(-40, 40), i % 2))];
        var (thresholds, turned) = SignThresholds.ForIntegers(scale, offset);
        for (int c = 0; c < scale.Length; c++)
        {
            for (int a = -60; a <= 60; a++)
                Assert.Equal(scale[c] * a + offset[c] >= 0, (a >= thresholds[c]) != turned[c]);
        }
    }

    [Fact]
    public void Real_thresholds_decide_like_scale_and_offset_away_from_rounding()
    {
        var random = new SeededRandom(4);
        double[] scale = [0, 1, -1, 0.3, -0.7, 1e-30], offset = [-1, 0, 0, 0.9, 0.21, 5];
        var (thresholds, turned) = SignThresholds.ForReals(scale, offset);
        for (int c = 0; c < scale.Length; c++)
        {
            for (int i = 0; i < 200; i++)
            {
                float x = i == 0 ? 0 : random.Uniform(-5, 5);
                double y = scale[c] * x + offset[c];
                if (Math.Abs(y) > 1e-6 || i == 0)
                    Assert.Equal(y >= 0, (x >= thresholds[c]) != turned[c]);
            }
        }
    }

    [Fact]
    public void Rows_of_bits_begin_new_words()
    {
        bool[] negative = new bool[2 * 33];
        negative[0] = negative[32] = negative[33 + 9] = true;
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0], SignThresholds.Pack(negative, 33));
    }
}
