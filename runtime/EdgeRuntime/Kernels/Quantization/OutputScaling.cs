using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>
/// How int32 accumulators of an int8 convolution or fully connected layer become int8: one multiplier for each output channel, then the output's
/// zero point is added and the fused activation's limits applied.
/// </summary>
internal sealed class OutputScaling
{
    private readonly QuantizedMultiplier[] multipliers;

    public OutputScaling(QuantizedMultiplier[] multipliers, int zeroPoint, int low, int high)
    {
        this.multipliers = multipliers;
        (ZeroPoint, Low, High) = (zeroPoint, low, high);
    }

    /// <summary>One multiplier per output channel.</summary>
    public ReadOnlySpan<QuantizedMultiplier> Multipliers => multipliers;

    /// <summary>Zero point of the output.</summary>
    public int ZeroPoint { get; }

    /// <summary>Least value of the output.</summary>
    public int Low { get; }

    /// <summary>Largest value of the output.</summary>
    public int High { get; }

    /// <summary>Scaling of a Conv2D, DepthwiseConv2D or FullyConnected operator: inputs x and weights.</summary>
    /// <param name="request">The validated operator.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="activation">Fused activation.</param>
    public static OutputScaling Of(KernelRequest request, int channels, Activation activation)
    {
        Quantization x = request.Input(0).Quantization!;
        Quantization w = request.Input(1).Quantization!;
        Quantization y = request.Output().Quantization!;
        var multipliers = new QuantizedMultiplier[channels];
        for (int c = 0; c < channels; c++)
        {
            float scale = w.Scales[w.Scales.Length > 1 ? c : 0];
            multipliers[c] = QuantizedMultiplier.Of(Factor(request.Node.Kind, w, x.Scale, scale, y.Scale));
        }

        (int low, int high) = ActivationRange.Int8(activation, y);
        return new OutputScaling(multipliers, y.ZeroPoint, low, high);
    }

    /// <summary>
    /// Input scale * weight scale / output scale in double; a fully connected layer with one weight scale forms the product in float32,
    /// as TensorFlow Lite does, which changes the multiplier's low bits.
    /// </summary>
    public static double Factor(OperatorKind kind, Quantization weights, float inputScale, float weightScale, float outputScale)
    {
        double product = kind == OperatorKind.FullyConnected && !weights.IsPerChannel
            ? inputScale * weightScale
            : (double)inputScale * weightScale;
        return product / outputScale;
    }

    /// <summary>The int8 value of an accumulator of one channel.</summary>
    public sbyte Apply(int accumulator, int channel) =>
        (sbyte)Math.Clamp(multipliers[channel].Apply(accumulator) + ZeroPoint, Low, High);
}
