using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods;

/// <summary>
/// Turns the real weights that the optimizer changes into those that a layer computes with. The first dimension is the output channel.
/// </summary>
public abstract class WeightMapping
{
    /// <summary>The weights that the layer uses; differentiable with the method's own estimator.</summary>
    public abstract Tensor Map(Tensor weight);

    /// <summary>The weights that the trained network keeps; the same as <see cref="Map"/> unless that is random.</summary>
    public virtual Tensor MapForUse(Tensor weight) => Map(weight);

    /// <summary>Called after each step of the optimizer, without gradients.</summary>
    public virtual void AfterStep(Tensor weight)
    {
    }

    /// <summary>Whether the mapped weights of an output channel have two values, -a and a.</summary>
    public virtual bool IsBinary => false;
}

/// <summary>Weights are used as they are.</summary>
public sealed class RealWeights : WeightMapping
{
    /// <summary>The only instance.</summary>
    public static RealWeights Instance { get; } = new();

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight) => weight;
}
