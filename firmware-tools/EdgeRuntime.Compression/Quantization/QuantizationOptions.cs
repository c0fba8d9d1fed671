namespace EdgeRuntime.Compression;

/// <summary>Choices of post-training quantization.</summary>
public sealed record QuantizationOptions
{
    /// <summary>How activation ranges are chosen.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.MeanSquaredError;

    /// <summary>Ranges of activations that are known, from training with rounding, by tensor name; others are estimated.</summary>
    public IReadOnlyDictionary<string, (float Low, float High)> Ranges { get; init; } = new Dictionary<string, (float Low, float High)>();

    /// <summary>Bits of weights, 1 to 8: 8 and 4 (stored two to a byte, unpacked at load) at equal distances, others as values that a layer shares (<see cref="WeightPrecision"/>).</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>Adds to each bias what rounding the weights takes from the mean of the layer's output (Nagel et al. 2019).</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>Evens out the weight ranges of consecutive layers before quantization (Nagel et al. 2019).</summary>
    public bool Equalize { get; init; }
}
