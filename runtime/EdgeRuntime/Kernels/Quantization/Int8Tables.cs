using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>
/// Tables of the int8 operators of one input, as TensorFlow Lite Micro's fixed-point reference computes them: entry x + 128 is the output for x.
/// </summary>
internal static class Int8Tables
{
    /// <summary>Another scale and zero point, then the limits of an activation: Requantize and the ReLU family.</summary>
    public static sbyte[] Requantize(Quantization input, Quantization output, Activation activation)
    {
        QuantizedMultiplier multiplier = QuantizedMultiplier.Of((double)input.Scale / output.Scale);
        (int low, int high) = ActivationRange.Int8(activation, output);
        return Of(x => Math.Clamp(multiplier.Apply(x - input.ZeroPoint) + output.ZeroPoint, low, high));
    }

    /// <summary>1 / (1 + e^-x) with the input in Q4.27; the output has scale 1/256 and zero point -128.</summary>
    public static sbyte[] Logistic(Quantization input) =>
        Sigmoid(input, q4 => FixedPoint.RoundingDivide(FixedPointFunctions.Logistic(q4, 4), 31 - 8) - 128);

    /// <summary>tanh x with the input in Q4.27; the output has scale 1/128 and zero point 0.</summary>
    public static sbyte[] Tanh(Quantization input) =>
        Sigmoid(input, q4 => FixedPoint.RoundingDivide(FixedPointFunctions.Tanh(q4, 4), 31 - 7));

    private static sbyte[] Sigmoid(Quantization input, Func<int, int> ofQ4)
    {
        const int integerBits = 4;
        QuantizedMultiplier multiplier = QuantizedMultiplier.Of((double)input.Scale * (1 << (31 - integerBits)));

        // Inputs of this magnitude and more leave Q4.27: there the function has reached its limits.
        double radius = Math.Floor(((1 << integerBits) - 1) * Math.ScaleB(1 << (31 - integerBits), -multiplier.Shift));
        return Of(x =>
        {
            int d = x - input.ZeroPoint;
            if (d <= -radius)
                return sbyte.MinValue;
            return d >= radius ? sbyte.MaxValue : ofQ4(multiplier.Apply(d));
        });
    }

    /// <summary>
    /// x * relu6(x + 3) / 6 in 16-bit fixed point: x on a 128 times finer scale, times a factor in [0, 1] that saturates where |x| reaches 3.
    /// </summary>
    public static sbyte[] HardSwish(Quantization input, Quantization output)
    {
        float fineScale = 1f / 128 * input.Scale;
        (short outputFactor, int outputShift) = Narrow(fineScale / output.Scale);
        (short reluFactor, int reluShift) = Narrow(fineScale / (3f / 32768));
        return Of(x =>
        {
            int fine = (x - input.ZeroPoint) << 7;
            int onOutputScale = DoublingHighMultiply16(fine, outputFactor);

            int relu = reluShift > 0 ? Saturate16((long)fine << Math.Min(reluShift - 1, 31)) : fine;
            relu = DoublingHighMultiply16(relu, reluFactor);
            if (reluShift > 0)
                relu = Saturate16((long)relu << 1);
            else if (reluShift < 0)
                relu = FixedPoint.RoundingDivide(relu, Math.Min(-reluShift, 31));
            relu = (relu + (1 << 15)) >> 1;

            // This product is truncated, not rounded, which cancels the bias of the rounding before.
            int product = relu * onOutputScale / (1 << 15);
            return FixedPoint.RoundingDivide(product, -outputShift) + output.ZeroPoint;
        });
    }

    /// <summary>Factor from the input of a HardSwish, on its 128 times finer scale, to the output; must be below 1.</summary>
    public static float HardSwishOutputFactor(Quantization input, Quantization output) => 1f / 128 * input.Scale / output.Scale;

    private static (short Factor, int Shift) Narrow(double factor)
    {
        QuantizedMultiplier wide = QuantizedMultiplier.Of(factor);
        const int half = 1 << 15;
        short narrow = wide.Multiplier >= int.MaxValue - half ? short.MaxValue : (short)((wide.Multiplier + half) >> 16);
        return (narrow, wide.Shift);
    }

    private static int DoublingHighMultiply16(int a, int b) => a == short.MinValue && b == short.MinValue ? short.MaxValue : (a * b + (1 << 14)) >> 15;

    private static int Saturate16(long x) => (int)Math.Clamp(x, short.MinValue, short.MaxValue);

    private static sbyte[] Of(Func<int, int> function)
    {
        var table = new sbyte[256];
        for (int x = sbyte.MinValue; x <= sbyte.MaxValue; x++)
            table[x - sbyte.MinValue] = (sbyte)Math.Clamp(function(x), sbyte.MinValue, sbyte.MaxValue);
        return table;
    }
}
