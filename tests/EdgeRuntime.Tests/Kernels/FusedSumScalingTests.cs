using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Int8;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Kernels;

/// <summary>The sum in float32 against the one in integers that it stands for.</summary>
public class FusedSumScalingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_scaling_that_is_found_is_exact_for_all_pairs(bool withOrigin)
    {
        var random = new Random(3);
        int found = 0;
        const int Networks = 6;
        for (int i = 0; i < Networks; i++)
        {
            // As networks have them: no two scales alike, a sum that uses what its output can hold.
            float a = 0.02f + (0.05f * random.NextSingle());
            float b = 0.02f + (0.05f * random.NextSingle());
            var scaling = new Int8SumScaling(
                new Quantization(a, random.Next(-128, 20)),
                new Quantization(b, random.Next(-20, 20)),
                new Quantization((a + b) * (0.5f + (0.5f * random.NextSingle())), random.Next(-128, 20)),
                i % 3 == 0 ? Activation.Relu : Activation.None);
            if (!FusedSumScaling.TryFind(scaling, withOrigin, out FusedSumScaling fused))
                continue;
            found++;
            var sum = new Int8Sum(scaling, 1);
            for (int x = sbyte.MinValue; x <= sbyte.MaxValue; x++)
            {
                for (int y = sbyte.MinValue; y <= sbyte.MaxValue; y++)
                    Assert.Equal(sum.Apply((sbyte)x, (sbyte)y), Math.Clamp(fused.Unlimited((sbyte)x, (sbyte)y), (short)scaling.Low, (short)scaling.High));
            }
        }

        // Kernels are fast only where there is one.
        Assert.InRange(found, Networks - 1, Networks);
    }

    [Fact]
    public void Halves_that_are_rounded_away_from_zero_have_none()
    {
        var scale = new Quantization(0.1f, 0);
        var scaling = new Int8SumScaling(scale, scale, new Quantization(0.2f, 0), Activation.None);
        Assert.False(FusedSumScaling.TryFind(scaling, true, out _));
        Assert.False(FusedSumScaling.TryFind(scaling, false, out _));
    }

    [Fact]
    public void Outputs_that_leave_16_bits_have_none()
    {
        var scaling = new Int8SumScaling(new Quantization(1, 0), new Quantization(0.7f, 0), new Quantization(0.002f, 0), Activation.None);
        Assert.False(FusedSumScaling.TryFind(scaling, true, out _));
    }
}
