using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods;

/// <summary>Turns the output of a layer into what the next layer sees: the place of fake quantization (Jacob et al. 2018) or of statistics that a method gathers.</summary>
public abstract class ActivationMapping
{
    /// <summary>The mapped activations; differentiable with the method's own estimator.</summary>
    /// <param name="activations">The layer's output.</param>
    /// <param name="training">Whether the network is trained or used.</param>
    public abstract Tensor Map(Tensor activations, bool training);
}
