using System.Numerics;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Kernels;

/// <summary>Fixed-point arithmetic against arbitrary-precision integers and against double precision.</summary>
public class FixedPointTests
{
    [Fact]
    public void Doubling_high_multiply_rounds_halves_up_and_saturates()
    {
        Assert.Equal(int.MaxValue, FixedPoint.DoublingHighMultiply(int.MinValue, int.MinValue));
        Assert.Equal(1, FixedPoint.DoublingHighMultiply(1, 1 << 30));
        Assert.Equal(0, FixedPoint.DoublingHighMultiply(-1, 1 << 30));
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            int a = Any(random);
            int b = Any(random);
            if (a == int.MinValue && b == int.MinValue)
                continue;
            BigInteger doubled = 2 * (BigInteger)a * b + (BigInteger.One << 31);
            Assert.Equal((int)(doubled >> 32), FixedPoint.DoublingHighMultiply(a, b));
        }
    }

    [Theory]
    [InlineData(5, 1, 3)]
    [InlineData(-5, 1, -3)]
    [InlineData(6, 2, 2)]
    [InlineData(-6, 2, -2)]
    [InlineData(5, 2, 1)]
    [InlineData(-5, 2, -1)]
    [InlineData(7, 0, 7)]
    [InlineData(int.MinValue, 31, -1)]
    [InlineData(int.MaxValue, 31, 1)]
    public void Rounding_division_rounds_halves_away_from_zero(int x, int exponent, int expected) =>
        Assert.Equal(expected, FixedPoint.RoundingDivide(x, exponent));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1 << 30, 1)]
    [InlineData(0.5, 1 << 30, 0)]
    [InlineData(0.75, 3 << 29, 0)]
    [InlineData(3, 3 << 29, 2)]
    [InlineData(0.9999999999999, 1 << 30, 1)]
    public void A_factor_becomes_a_fraction_and_a_shift(double factor, int multiplier, int shift) =>
        Assert.Equal(new QuantizedMultiplier(multiplier, shift), QuantizedMultiplier.Of(factor));

    [Fact]
    public void A_quantized_multiplier_is_within_one_of_the_real_product()
    {
        var random = new Random(2);
        for (int i = 0; i < 100_000; i++)
        {
            double factor = Math.ScaleB(0.5 + random.NextDouble() / 2, random.Next(-30, 8));
            int x = random.Next(-(1 << 22), 1 << 22);
            Assert.InRange(QuantizedMultiplier.Of(factor).Apply(x), x * factor - 1, x * factor + 1);
        }
    }

    [Fact]
    public void Factors_below_two_to_the_minus_32_vanish() => Assert.Equal(default, QuantizedMultiplier.Of(Math.ScaleB(1, -40)));

    [Theory]
    [InlineData(Activation.None, -128, 127)]
    [InlineData(Activation.Relu, -10, 127)]
    [InlineData(Activation.Relu6, -10, 50)]
    [InlineData(Activation.ReluN1To1, -20, 0)]
    public void Activations_limit_int8_outputs(Activation activation, int low, int high) =>
        Assert.Equal((low, high), ActivationRange.Int8(activation, new Quantization(0.1f, -10)));

    [Fact]
    public void Exponential_reciprocal_logistic_and_tanh_agree_with_double_precision()
    {
        var random = new Random(3);
        for (int i = 0; i < 100_000; i++)
        {
            int negative = -(int)(random.NextInt64(1, 1L << 31) >> random.Next(20));
            Assert.Equal(Math.Exp(negative / Math.ScaleB(1, 26)), Q31(FixedPointFunctions.ExpOfNegative(negative, 5)), 3e-7);
            int fraction = random.Next();
            Assert.Equal(1 / (1 + Q31(fraction)), Q31(FixedPointFunctions.ReciprocalOfOnePlus(fraction)), 1e-8);
            int any = Any(random);
            double x = any / Math.ScaleB(1, 27);
            Assert.Equal(1 / (1 + Math.Exp(-x)), Q31(FixedPointFunctions.Logistic(any, 4)), 3e-7);
            Assert.Equal(Math.Tanh(x), Q31(FixedPointFunctions.Tanh(any, 4)), 3e-7);
        }
    }

    private static double Q31(int raw) => raw / Math.ScaleB(1, 31);

    private static int Any(Random random) => random.Next(8) == 0 ? (random.Next(2) == 0 ? int.MinValue : int.MaxValue) : (int)(random.NextInt64(int.MinValue, 1L << 31) >> random.Next(24));
}
