using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>
/// Turns a trained float network into an int8 one of TensorFlow Lite's int8 specification, from a few hundred inputs and without retraining: per-channel symmetric
/// weights, asymmetric activations, int32 biases.
/// </summary>
public static class PostTrainingQuantization
{
    /// <summary>Quantizes a float network.</summary>
    /// <param name="model">A float32 network with one input.</param>
    /// <param name="inputs">Calibration inputs, preprocessed like the network's input; elements in the input's order.</param>
    /// <param name="options">Choices.</param>
    /// <returns>An int8 network with int8 inputs and outputs; its metadata are the float network's.</returns>
    /// <exception cref="CompressionException">An operator has no int8 form, a weight is not finite, or the calibration set is empty.</exception>
    public static EdgeModel Quantize(EdgeModel model, IEnumerable<float[]> inputs, QuantizationOptions options) => new PostTrainingQuantizer(model, inputs, options).Quantize();

    /// <summary>The range that a picture's pixels can have after normalisation: known, so it need not be estimated.</summary>
    internal static (float Low, float High)? InputRange(ImagePreprocessing? preprocessing)
    {
        if (preprocessing is null)
            return null;
        float low = 0, high = 0;
        for (int c = 0; c < preprocessing.Mean.Count; c++)
        {
            low = MathF.Min(low, -preprocessing.Mean[c] / preprocessing.Deviation[c]);
            high = MathF.Max(high, (1 - preprocessing.Mean[c]) / preprocessing.Deviation[c]);
        }

        return (low, high);
    }
}
