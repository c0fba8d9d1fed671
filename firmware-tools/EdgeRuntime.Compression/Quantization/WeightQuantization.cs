using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>Weights and bias of one layer as integers, and the real weights that these stand for.</summary>
internal sealed record QuantizedLayer(sbyte[] Weights, Quantization Scales, int[] Bias, float[] Dequantized);

/// <summary>Symmetric per-channel quantization of weights to 8 or 4 bits, and of the bias to int32 (TensorFlow Lite's int8 specification).</summary>
internal static class WeightQuantization
{
    /// <summary>Largest magnitude of a quantized bias: leaves room for the sums of products in an int32 accumulator.</summary>
    private const double MaxBias = 1 << 30;

    /// <summary>Quantizes one layer.</summary>
    /// <param name="weights">Real weights.</param>
    /// <param name="layout">Where their output channels lie.</param>
    /// <param name="bias">Real bias, one per output channel.</param>
    /// <param name="inputScale">Scale of the layer's input.</param>
    /// <param name="bits">8 or 4.</param>
    public static QuantizedLayer Quantize(float[] weights, WeightLayout layout, ReadOnlySpan<float> bias, float inputScale, int bits)
    {
        float[] scales = Scales(weights, layout, bias, inputScale, (1 << (bits - 1)) - 1);
        int limit = (1 << (bits - 1)) - 1;
        sbyte[] q = new sbyte[weights.Length];
        float[] dequantized = new float[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            float s = scales[layout.Output(i)];
            q[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / s, MidpointRounding.AwayFromZero), -limit, limit);
            dequantized[i] = q[i] * s;
        }

        return new QuantizedLayer(q, new Quantization(scales, new int[scales.Length], layout.OutputAxis), Bias(bias, inputScale, scales), dequantized);
    }

    /// <summary>round(bias / (input scale * weight scale)) per channel.</summary>
    public static int[] Bias(ReadOnlySpan<float> bias, float inputScale, ReadOnlySpan<float> scales)
    {
        int[] q = new int[bias.Length];
        for (int c = 0; c < q.Length; c++)
            q[c] = (int)Math.Clamp(Math.Round(bias[c] / ((double)inputScale * scales[c])), -MaxBias, MaxBias);
        return q;
    }

    private static float[] Scales(float[] weights, WeightLayout layout, ReadOnlySpan<float> bias, float inputScale, int limit)
    {
        float[] scales = new float[layout.Outputs];
        for (int i = 0; i < weights.Length; i++)
        {
            int c = layout.Output(i);
            scales[c] = MathF.Max(scales[c], MathF.Abs(weights[i]) / limit);
        }

        for (int c = 0; c < scales.Length; c++)
        {
            // A channel whose weights are tiny beside its bias (a dead filter, say) takes the scale that lets the bias fit.
            float forBias = (float)(Math.Abs((double)bias[c]) / (inputScale * MaxBias));
            scales[c] = MathF.Max(MathF.Max(scales[c], forBias), 1e-12f);
        }

        return scales;
    }
}
