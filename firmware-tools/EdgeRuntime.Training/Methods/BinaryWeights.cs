using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods;

/// <summary>
/// BinaryConnect (Courbariaux et al. 2015): the layer computes with the sign of its weights, the gradient goes to the real ones, which are clipped to [-1, 1].
/// Stochastic: +1 with the probability clip((w + 1) / 2, 0, 1) at every step, and the sign in use. BNN (Hubara et al. 2016) treats weights the same way.
/// </summary>
public sealed class SignWeights(bool stochastic = false) : WeightMapping
{
    /// <summary>Whether weights are drawn anew at each step.</summary>
    public bool Stochastic { get; } = stochastic;

    /// <inheritdoc/>
    public override bool IsBinary => true;

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (!Stochastic)
            return SignEstimator.Apply(weight, SignGradient.Identity);
        using var scope = NewDisposeScope();
        Tensor difference;
        using (no_grad())
        {
            Tensor probability = weight.add(1).div(2).clamp(0, 1);
            difference = rand_like(weight).lt(probability).to(float32).mul_(2).sub_(1).sub_(weight);
        }

        return (weight + difference).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor MapForUse(Tensor weight) => SignEstimator.Apply(weight, SignGradient.Identity);

    /// <inheritdoc/>
    public override void AfterStep(Tensor weight) => weight.clamp_(-1, 1);
}

/// <summary>
/// Binary-Weight-Network (Rastegari et al. 2016): W is replaced by a * sign(W) with a = mean |W| of each filter, the scale that makes the squared
/// difference least. Gradient: dC/dW_i = dC/dW~_i * (1/n + dsign(W_i)/dW_i * a), the paper's equation, with sign's estimator |W_i| at most 1.
/// </summary>
public sealed class ScaledSignWeights : WeightMapping
{
    /// <inheritdoc/>
    public override bool IsBinary => true;

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        using var scope = NewDisposeScope();
        long filter = weight.numel() / weight.shape[0];
        Tensor scale, value;
        using (no_grad())
        {
            scale = Scale(weight);
            value = SignEstimator.Apply(weight, SignGradient.Identity) * scale;
        }

        // A surrogate that is linear in the weights where |w| <= 1, of slope 1/n + a, carries the gradient; its value is exchanged.
        Tensor surrogate = weight / filter + weight.clamp(-1, 1) * scale;
        return (surrogate + (value - surrogate).detach()).MoveToOuterDisposeScope();
    }

    /// <summary>mean |W| of each filter, shaped to multiply the weights.</summary>
    public static Tensor Scale(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        long[] others = [.. Enumerable.Range(1, (int)weight.dim() - 1).Select(d => (long)d)];
        return weight.abs().mean(others, keepdim: true);
    }
}
