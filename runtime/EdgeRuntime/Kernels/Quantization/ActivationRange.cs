using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Limits that a fused activation puts on an output.</summary>
internal static class ActivationRange
{
    /// <summary>Limits of an int8 output: zero point + round(limit / scale) in float32, intersected with -128..127.</summary>
    public static (int Low, int High) Int8(Activation activation, Quantization output)
    {
        (float low, float high) = Float32(activation);
        return (
            float.IsFinite(low) ? Math.Clamp(Quantize(low, output), sbyte.MinValue, sbyte.MaxValue) : sbyte.MinValue,
            float.IsFinite(high) ? Math.Clamp(Quantize(high, output), sbyte.MinValue, sbyte.MaxValue) : sbyte.MaxValue);
    }

    /// <summary>Limits of a float output; infinite where there is none.</summary>
    public static (float Low, float High) Float32(Activation activation) => activation switch
    {
        Activation.Relu => (0, float.PositiveInfinity),
        Activation.Relu6 => (0, 6),
        Activation.ReluN1To1 => (-1, 1),
        _ => (float.NegativeInfinity, float.PositiveInfinity),
    };

    private static int Quantize(float value, Quantization q)
    {
        float steps = MathF.Round(value / q.Scale, MidpointRounding.AwayFromZero);
        return q.ZeroPoint + (int)Math.Clamp(steps, -1_000_000f, 1_000_000f);
    }
}
