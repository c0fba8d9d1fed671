using EdgeRuntime.Training.Methods;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning;

/// <summary>Weights of which some are pruned: they are 0 in use, receive no gradient, and stay 0 through every step of the optimizer.</summary>
internal sealed class MaskedWeights : WeightMapping
{
    /// <summary>Keeps the weights where <paramref name="mask"/> is 1 and sets the others to 0.</summary>
    /// <param name="weight">Weights that the mask is for; changed.</param>
    /// <param name="mask">1 or 0 for each weight; kept.</param>
    /// <exception cref="TrainingException">The mask has another shape.</exception>
    public MaskedWeights(Tensor weight, Tensor mask)
    {
        if (!weight.shape.AsSpan().SequenceEqual(mask.shape))
            throw new TrainingException(TrainingError.InvalidOption, $"a mask is {string.Join('x', mask.shape)}; its weights are {string.Join('x', weight.shape)}");
        Mask = mask.DetachFromDisposeScope();
        using (no_grad())
            weight.mul_(Mask);
    }

    /// <summary>1 where a weight is kept, 0 where it is pruned.</summary>
    public Tensor Mask { get; }

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight) => weight * Mask;

    /// <inheritdoc/>
    public override Tensor MapForUse(Tensor weight) => weight;

    /// <inheritdoc/>
    public override void AfterStep(Tensor weight) => weight.mul_(Mask);
}
