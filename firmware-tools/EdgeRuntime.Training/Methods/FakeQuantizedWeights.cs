using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods;

/// <summary>
/// Weights as an int8 network holds them, rounded to 2^bits - 1 values at equal distances around 0 with a scale for each output channel (Jacob et al. 2018). The gradient passes the
/// rounding unchanged (straight-through estimator). Batch normalization after the layer multiplies a whole channel, which its scale takes up: the integers
/// are those of the folded weights, so that nothing needs to be folded in training.
/// </summary>
/// <param name="bits">8, or 4, where the largest weights of a channel are clipped if that lessens its squared error.</param>
public sealed class FakeQuantizedWeights(int bits) : WeightMapping
{
    /// <summary>Scales that are tried for few bits, as shares of the one that clips nothing; those of post-training quantization.</summary>
    private const int ClippingSteps = 12;

    /// <summary>Bits of a weight.</summary>
    public int Bits { get; } = bits is 4 or 8 ? bits : throw new TrainingException(TrainingError.InvalidOption, $"weights of {bits} bits cannot be trained with; 4 and 8 can");

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        using var scope = NewDisposeScope();
        Tensor difference;
        using (no_grad())
            difference = Rounded(weight) - weight;
        return (weight + difference).MoveToOuterDisposeScope();
    }

    private Tensor Rounded(Tensor weight)
    {
        int limit = (1 << (Bits - 1)) - 1;
        long[] others = [.. Enumerable.Range(1, (int)weight.dim() - 1).Select(d => (long)d)];
        Tensor full = weight.abs().amax(others, keepdim: true).div(limit).clamp_min(1e-12);
        Tensor best = Round(weight, full, limit);
        if (Bits > 4)
            return best;
        Tensor least = (weight - best).square().sum(others, keepdim: true);
        for (int step = ClippingSteps - 1; step >= ClippingSteps / 3; step--)
        {
            Tensor tried = Round(weight, full * (step / (double)ClippingSteps), limit);
            Tensor error = (weight - tried).square().sum(others, keepdim: true);
            best = where(error.lt(least), tried, best);
            least = minimum(error, least);
        }

        return best;
    }

    private static Tensor Round(Tensor weight, Tensor scale, int limit) => weight.div(scale).round().clamp(-limit, limit).mul(scale);
}
