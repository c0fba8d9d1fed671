using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>Weights and bias of one layer as integers, and the real weights that these stand for.</summary>
internal sealed record QuantizedLayer(sbyte[] Weights, Quantization Scales, int[] Bias, float[] Dequantized, TensorEncoding Encoding);

/// <summary>Symmetric per-channel quantization of weights to 8 bits or fewer, and of the bias to int32 (TensorFlow Lite's int8 specification).</summary>
internal static class WeightQuantization
{
    /// <summary>Largest magnitude of a quantized bias: leaves room for the sums of products in an int32 accumulator.</summary>
    private const double MaxBias = 1 << 30;

    /// <summary>Scales that are tried for a channel of few bits, as shares of the one that clips nothing.</summary>
    private const int ClippingSteps = 12;

    /// <summary>Rounds of choosing values for scales and scales for values.</summary>
    private const int SharingRounds = 6;

    /// <summary>Quantizes one layer.</summary>
    /// <param name="weights">Real weights.</param>
    /// <param name="layout">Where their output channels lie.</param>
    /// <param name="bias">Real bias, one per output channel.</param>
    /// <param name="inputScale">Scale of the layer's input.</param>
    /// <param name="precision">Bits and kind of values.</param>
    public static QuantizedLayer Quantize(float[] weights, WeightLayout layout, ReadOnlySpan<float> bias, float inputScale, WeightPrecision precision)
    {
        float[] least = LeastScales(layout, bias, inputScale);
        sbyte[] q = precision.Shared ? Shared(weights, layout, least, precision.Bits, out float[] scales) : Uniform(weights, layout, least, precision.Bits, out scales);
        float[] dequantized = new float[weights.Length];
        for (int i = 0; i < weights.Length; i++)
            dequantized[i] = q[i] * scales[layout.Output(i)];
        TensorEncoding encoding = precision.Shared ? TensorEncoding.Codebook : precision.Bits == 4 ? TensorEncoding.Packed4 : TensorEncoding.Raw;
        return new QuantizedLayer(q, new Quantization(scales, new int[scales.Length], layout.OutputAxis), Bias(bias, inputScale, scales), dequantized, encoding);
    }

    /// <summary>round(bias / (input scale * weight scale)) per channel.</summary>
    public static int[] Bias(ReadOnlySpan<float> bias, float inputScale, ReadOnlySpan<float> scales)
    {
        int[] q = new int[bias.Length];
        for (int c = 0; c < q.Length; c++)
            q[c] = (int)Math.Clamp(Math.Round(bias[c] / ((double)inputScale * scales[c])), -MaxBias, MaxBias);
        return q;
    }

    /// <summary>Values at equal distances; with 4 bits and fewer the largest weights are clipped where that lessens a channel's squared error.</summary>
    private static sbyte[] Uniform(float[] weights, WeightLayout layout, float[] least, int bits, out float[] scales)
    {
        int limit = (1 << (bits - 1)) - 1;
        float[] full = new float[layout.Outputs];
        for (int i = 0; i < weights.Length; i++)
            full[layout.Output(i)] = MathF.Max(full[layout.Output(i)], MathF.Abs(weights[i]) / limit);
        scales = [.. full.Select((s, c) => MathF.Max(s, least[c]))];
        if (bits <= 4)
        {
            double[] lowest = [.. Enumerable.Repeat(double.PositiveInfinity, scales.Length)];
            for (int step = ClippingSteps; step >= ClippingSteps / 3; step--)
            {
                float[] tried = [.. full.Select((s, c) => MathF.Max(s * step / ClippingSteps, least[c]))];
                double[] error = new double[tried.Length];
                for (int i = 0; i < weights.Length; i++)
                {
                    int c = layout.Output(i);
                    double e = weights[i] - (Round(weights[i] / tried[c], limit) * tried[c]);
                    error[c] += e * e;
                }

                for (int c = 0; c < tried.Length; c++)
                {
                    if (error[c] < lowest[c])
                        (lowest[c], scales[c]) = (error[c], tried[c]);
                }
            }
        }

        sbyte[] q = new sbyte[weights.Length];
        for (int i = 0; i < q.Length; i++)
            q[i] = Round(weights[i] / scales[layout.Output(i)], limit);
        return q;
    }

    /// <summary>
    /// 2^bits values for the layer and a scale for each channel, chosen in turn so that the squared error falls: values by <see cref="SharedLevels"/>, scales by least squares.
    /// With 1 bit this ends near -a, a with a = mean |w| of the channel (Rastegari et al. 2016).
    /// </summary>
    private static sbyte[] Shared(float[] weights, WeightLayout layout, float[] least, int bits, out float[] scales)
    {
        float[] s = new float[layout.Outputs];
        for (int i = 0; i < weights.Length; i++)
            s[layout.Output(i)] = MathF.Max(s[layout.Output(i)], MathF.Abs(weights[i]) / 127);
        for (int c = 0; c < s.Length; c++)
            s[c] = MathF.Max(s[c], least[c]);

        sbyte[] q = new sbyte[weights.Length];
        float[] scaled = new float[weights.Length];
        float[] importance = new float[weights.Length];
        for (int round = 0; round < SharingRounds; round++)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                float scale = s[layout.Output(i)];
                scaled[i] = weights[i] / scale;
                importance[i] = scale * scale;
            }

            sbyte[] levels = SharedLevels.Choose(scaled, importance, 1 << bits);
            double[] product = new double[s.Length];
            double[] square = new double[s.Length];
            for (int i = 0; i < weights.Length; i++)
            {
                q[i] = SharedLevels.Nearest(levels, scaled[i]);
                product[layout.Output(i)] += (double)weights[i] * q[i];
                square[layout.Output(i)] += (double)q[i] * q[i];
            }

            for (int c = 0; c < s.Length; c++)
            {
                if (product[c] > 0 && square[c] > 0)
                    s[c] = MathF.Max((float)(product[c] / square[c]), least[c]);
            }
        }

        scales = s;
        return q;
    }

    private static sbyte Round(float x, int limit) => (sbyte)Math.Clamp(MathF.Round(x, MidpointRounding.AwayFromZero), -limit, limit);

    /// <summary>A channel whose weights are tiny beside its bias (a dead filter, say) takes a scale that lets the bias fit.</summary>
    private static float[] LeastScales(WeightLayout layout, ReadOnlySpan<float> bias, float inputScale)
    {
        float[] least = new float[layout.Outputs];
        for (int c = 0; c < least.Length; c++)
            least[c] = MathF.Max((float)(Math.Abs((double)bias[c]) / (inputScale * MaxBias)), 1e-12f);
        return least;
    }
}
