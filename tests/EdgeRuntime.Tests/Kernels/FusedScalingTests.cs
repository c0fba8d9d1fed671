using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Int8;

namespace EdgeRuntime.Tests.Kernels;

/// <summary>Requantization by one fused multiply-add against the two roundings that it stands for.</summary>
public class FusedScalingTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(-3)]
    [InlineData(-6)]
    [InlineData(-8)]
    [InlineData(-9)]
    [InlineData(-10)]
    [InlineData(-11)]
    [InlineData(-13)]
    public void Every_scaling_that_is_found_is_exact_for_all_accumulators_of_its_channel(int exponent)
    {
        var random = new Random(exponent);
        int found = 0;
        for (int i = 0; i < 40; i++)
        {
            var multiplier = QuantizedMultiplier.Of((0.5 + (0.5 * random.NextDouble())) * Math.ScaleB(1, exponent));
            OutputScaling scaling = Scaling(multiplier, random);

            // From channels whose accumulators reach a part of the outputs to those that reach far beyond.
            int reach = (int)Math.Min((0.3 + random.NextDouble()) * 400 * Math.ScaleB(1, -exponent), 1 << 21);
            int least = -random.Next(reach) - 1;
            int most = random.Next(reach) + 1;
            if (!FusedScaling.TryFind(multiplier, scaling, least, most, out FusedScaling fused))
                continue;
            found++;
            Assert.InRange(fused.Origin + least, 1 << 23, 1 << 24);
            Assert.InRange(fused.Origin + most, 1 << 23, (1 << 24) - 1);
            int step = Math.Max(1, (most - least) / 3000);
            for (int x = least; x <= most; x += step)
                Compare(fused, scaling, x);
            foreach (int x in Steps(multiplier, scaling).Where(x => x >= least && x <= most))
                Compare(fused, scaling, x);
            Compare(fused, scaling, least);
            Compare(fused, scaling, most);
        }

        // Kernels are fast only where there is one.
        if (exponent >= -9)
            Assert.InRange(found, 32, 40);
    }

    [Fact]
    public void Channels_that_are_always_zero_have_a_scaling()
    {
        var scaling = new OutputScaling([default], -7, -7, 127);
        Assert.True(FusedScaling.TryFind(default, scaling, -5000, 100, out FusedScaling fused));
        Assert.Equal(-7, Apply(fused, scaling, -5000));
        Assert.Equal(-7, Apply(fused, scaling, 100));
    }

    [Theory]
    [InlineData(-(1L << 23), 1L << 22)]
    [InlineData(0, 1L << 24)]
    [InlineData(-(1L << 40), -(1L << 39))]
    [InlineData(1L << 39, 1L << 40)]
    public void Accumulators_that_reach_too_far_have_none(long least, long most)
    {
        var multiplier = QuantizedMultiplier.Of(0.003);
        Assert.False(FusedScaling.TryFind(multiplier, new OutputScaling([multiplier], 0, 0, 127), least, most, out _));
    }

    [Fact]
    public void Outputs_that_leave_16_bits_have_none()
    {
        var multiplier = QuantizedMultiplier.Of(0.3);
        var scaling = new OutputScaling([multiplier], -128, -128, 127);
        Assert.True(FusedScaling.TryFind(multiplier, scaling, -100_000, 100_000, out _));
        Assert.False(FusedScaling.TryFind(multiplier, scaling, -100_000, 120_000, out _));
        Assert.False(FusedScaling.TryFind(multiplier, scaling, -120_000, 100_000, out _));
    }

    [Fact]
    public void Left_shifts_and_tiny_factors_have_none()
    {
        foreach (double factor in (double[])[1.5, 1e-9])
        {
            var multiplier = QuantizedMultiplier.Of(factor);
            Assert.False(FusedScaling.TryFind(multiplier, new OutputScaling([multiplier], 0, 0, 127), -1000, 1000, out _));
        }
    }

    private static void Compare(FusedScaling fused, OutputScaling scaling, int x) => Assert.Equal(scaling.Apply(x, 0), Apply(fused, scaling, x));

    private static OutputScaling Scaling(QuantizedMultiplier multiplier, Random random)
    {
        int zeroPoint = random.Next(3) == 0 ? random.Next(-128, 100) : -128;
        int low = random.Next(4) == 0 ? random.Next(zeroPoint, 110) : zeroPoint;
        int high = random.Next(3) == 0 ? random.Next(low + 1, 128) : 127;
        return new OutputScaling([multiplier], zeroPoint, low, high);
    }

    /// <summary>The accumulators on both sides of each step of the output, by bisection of the two roundings.</summary>
    private static IEnumerable<int> Steps(QuantizedMultiplier multiplier, OutputScaling scaling)
    {
        for (int y = scaling.Low + 1; y <= scaling.High; y++)
        {
            (int below, int above) = (-1, 1 << 24);
            while (above - below > 1)
            {
                int middle = (below + above) / 2;
                if (multiplier.Apply(middle) + scaling.ZeroPoint >= y)
                    above = middle;
                else
                    below = middle;
            }

            yield return below;
            yield return above;
        }
    }

    /// <summary>What kernels do with an accumulator: multiply-add on its bits, the low half, limits.</summary>
    private static int Apply(FusedScaling fused, OutputScaling scaling, int x)
    {
        float sum = MathF.FusedMultiplyAdd(BitConverter.Int32BitsToSingle(x + fused.OriginBits), fused.Factor, fused.Offset);
        return Math.Clamp((short)BitConverter.SingleToInt32Bits(sum), scaling.Low, scaling.High);
    }
}
