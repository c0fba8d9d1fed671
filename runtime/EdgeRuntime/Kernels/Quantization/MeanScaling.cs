using System.Numerics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>The multiplier of an int8 Mean, as TensorFlow Lite Micro forms it.</summary>
internal static class MeanScaling
{
    /// <summary>
    /// Input scale / output scale / count in one multiplier: with k = floor(log2 count), the fraction is (m &lt;&lt; k) / count, truncated, and the shift is k less.
    /// Not the nearest representation of the factor, and not normalized.
    /// </summary>
    public static QuantizedMultiplier Of(Quantization input, Quantization output, int count)
    {
        QuantizedMultiplier scale = QuantizedMultiplier.Of((double)input.Scale / output.Scale);
        int k = Math.Min(BitOperations.Log2((uint)count), 31 + scale.Shift);
        return new QuantizedMultiplier((int)(((long)scale.Multiplier << k) / count), scale.Shift - k);
    }
}
