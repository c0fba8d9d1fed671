using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks.Layers;

/// <summary>Layers one after the other.</summary>
public sealed class SequenceLayer : Layer
{
    private readonly ModuleList<Layer> layers;

    /// <summary>Creates the sequence.</summary>
    public SequenceLayer(params Layer[] layers)
        : base(nameof(SequenceLayer))
    {
        this.layers = new ModuleList<Layer>(layers);
        RegisterComponents();
    }

    internal override IReadOnlyList<Layer> Inner => [.. layers];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input)
    {
        Tensor x = input;
        foreach (Layer layer in layers)
            x = layer.call(x);
        return x;
    }
}

/// <summary>Sum of a body and a shortcut (He et al. 2016), optionally rectified.</summary>
public sealed class ResidualLayer : Layer
{
    private readonly SequenceLayer body;
    private readonly SequenceLayer? shortcut;

    /// <summary>Creates the block.</summary>
    /// <param name="body">The residual function.</param>
    /// <param name="shortcut">What is done to the input before it is added; null for nothing.</param>
    /// <param name="rectify">Whether the sum is rectified.</param>
    public ResidualLayer(SequenceLayer body, SequenceLayer? shortcut = null, bool rectify = false)
        : base(nameof(ResidualLayer))
    {
        this.body = body;
        this.shortcut = shortcut;
        Rectify = rectify;
        RegisterComponents();
    }

    /// <summary>The residual function.</summary>
    public SequenceLayer Body => body;

    /// <summary>What is done to the input before it is added; null for nothing.</summary>
    public SequenceLayer? Shortcut => shortcut;

    /// <summary>Whether the sum is rectified.</summary>
    public bool Rectify { get; }

    internal override IReadOnlyList<Layer> Inner => shortcut is null ? [body] : [body, shortcut];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input)
    {
        Tensor sum = body.call(input) + (shortcut?.call(input) ?? input);
        return Rectify ? nn.functional.relu(sum) : sum;
    }
}
