using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>float32 parametric ReLU: x, or x * slope where x is negative.</summary>
internal readonly struct Float32PRelu : IBinaryOperation<float>
{
    public float Apply(float a, float b) => a >= 0 ? a : a * b;
}

/// <summary>int8 parametric ReLU: x brought to the output's scale, or x * slope brought there where x is negative.</summary>
internal readonly struct Int8PRelu(Quantization x, Quantization slope, Quantization y) : IBinaryOperation<sbyte>
{
    private readonly int zeroX = x.ZeroPoint;
    private readonly int zeroSlope = slope.ZeroPoint;
    private readonly int zeroY = y.ZeroPoint;
    private readonly QuantizedMultiplier identity = QuantizedMultiplier.Of((double)x.Scale / y.Scale);
    private readonly QuantizedMultiplier sloped = QuantizedMultiplier.Of(Int8Product.Factor(x, slope, y));

    public sbyte Apply(sbyte a, sbyte b)
    {
        int value = a - zeroX;
        int q = value >= 0 ? identity.Apply(value) : sloped.Apply(value * (b - zeroSlope));
        return (sbyte)Math.Clamp(q + zeroY, sbyte.MinValue, sbyte.MaxValue);
    }
}
