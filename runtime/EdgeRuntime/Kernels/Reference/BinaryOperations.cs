using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>What an elementwise operator of two inputs does with one pair of elements.</summary>
internal interface IBinaryOperation<T>
    where T : unmanaged
{
    /// <summary>The output element of a pair.</summary>
    T Apply(T a, T b);
}

/// <summary>
/// int8 sum or difference: both inputs are shifted left by 20 bits, brought to twice the larger of their scales, added, and brought to the output's
/// scale. <paramref name="sign"/> is 1 for a sum and -1 for a difference.
/// </summary>
internal readonly struct Int8Sum(Int8SumScaling scaling, int sign) : IBinaryOperation<sbyte>
{
    public sbyte Apply(sbyte a, sbyte b)
    {
        int sum = scaling.First.Apply((a - scaling.FirstZeroPoint) << Int8SumScaling.LeftShift)
            + sign * scaling.Second.Apply((b - scaling.SecondZeroPoint) << Int8SumScaling.LeftShift);
        return (sbyte)Math.Clamp(scaling.Output.Apply(sum) + scaling.OutputZeroPoint, scaling.Low, scaling.High);
    }
}

/// <summary>int8 product: (a - zero point) * (b - zero point), brought to the output's scale.</summary>
internal readonly struct Int8Product(Quantization a, Quantization b, Quantization y, Activation activation) : IBinaryOperation<sbyte>
{
    private readonly int zeroA = a.ZeroPoint;
    private readonly int zeroB = b.ZeroPoint;
    private readonly int zeroY = y.ZeroPoint;
    private readonly QuantizedMultiplier multiplier = QuantizedMultiplier.Of(Factor(a, b, y));
    private readonly int low = ActivationRange.Int8(activation, y).Low;
    private readonly int high = ActivationRange.Int8(activation, y).High;

    /// <summary>Factor from products of the inputs to the output.</summary>
    public static double Factor(Quantization a, Quantization b, Quantization y) => (double)a.Scale * b.Scale / y.Scale;

    public sbyte Apply(sbyte a, sbyte b) => (sbyte)Math.Clamp(multiplier.Apply((a - zeroA) * (b - zeroB)) + zeroY, low, high);
}

/// <summary>float32 sum or difference, then limits. <paramref name="sign"/> is 1 or -1.</summary>
internal readonly struct Float32Sum(float sign, float low, float high) : IBinaryOperation<float>
{
    public float Apply(float a, float b) => MathF.Min(MathF.Max(a + sign * b, low), high);
}

/// <summary>float32 product, then limits.</summary>
internal readonly struct Float32Product(float low, float high) : IBinaryOperation<float>
{
    public float Apply(float a, float b) => MathF.Min(MathF.Max(a * b, low), high);
}
