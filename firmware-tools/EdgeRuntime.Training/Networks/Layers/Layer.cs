using EdgeRuntime.Training.Methods;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace EdgeRuntime.Training.Networks.Layers;

/// <summary>
/// A part of a network that can be trained and exported. Tensors are NCHW while training; the exported graph is NHWC.
/// </summary>
public abstract class Layer : Module<Tensor, Tensor>
{
    private ActivationMapping? outputMapping;

    /// <summary>Creates the layer.</summary>
    protected Layer(string name)
        : base(name)
    {
    }

    /// <summary>What is done to the layer's output, for example rounding as an 8-bit network does; null for nothing.</summary>
    public ActivationMapping? OutputMapping
    {
        get => outputMapping;
        set
        {
            outputMapping = value;

            // What a mapping learns is part of the network, so that checkpoints hold it.
            if (value is FakeQuantizedActivations { IsFollower: false } observed)
                register_buffer("activation_range", observed.State);
        }
    }

    /// <inheritdoc/>
    public sealed override Tensor forward(Tensor input) => OutputMapping is null ? Compute(input) : OutputMapping.Map(Compute(input), training);

    /// <summary>Layers inside of this one, in order of computation.</summary>
    internal virtual IReadOnlyList<Layer> Inner => [];

    /// <summary>This layer and all inside of it.</summary>
    internal IEnumerable<Layer> Walk() => Inner.SelectMany(l => l.Walk()).Prepend(this);

    /// <summary>Computes the output.</summary>
    protected abstract Tensor Compute(Tensor input);
}
