using EdgeRuntime.Training.Methods;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks.Layers;

/// <summary>Fully connected layer: [n, in] to [n, out].</summary>
public sealed class LinearLayer : Layer
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <summary>Creates the layer with He-normal weights and a bias of 0.</summary>
    public LinearLayer(int input, int output, bool hasBias = true, WeightMapping? mapping = null)
        : base(nameof(LinearLayer))
    {
        Inputs = input;
        Outputs = output;
        Mapping = mapping ?? RealWeights.Instance;
        weight = new Parameter(nn.init.kaiming_normal_(empty(output, input), mode: nn.init.FanInOut.FanIn));
        bias = hasBias ? new Parameter(zeros(output)) : null;
        RegisterComponents();
    }

    /// <summary>Elements of an input row.</summary>
    public int Inputs { get; }

    /// <summary>Elements of an output row.</summary>
    public int Outputs { get; }

    /// <summary>What is done to the weights; may be exchanged, for a mask or for quantized weights, before a <see cref="Trainer"/> runs.</summary>
    public WeightMapping Mapping { get; set; }

    /// <summary>Whether products are computed in bfloat16 while training (sums in float32, rounded): twice to five times as fast where the processor can.</summary>
    public bool UsesBFloat16 { get; set; }

    /// <summary>The real weights [out, in].</summary>
    public Parameter Weight => weight;

    /// <summary>The bias [out], or null.</summary>
    public Parameter? Bias => bias;

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input)
    {
        Tensor used = training ? Mapping.Map(weight) : Mapping.MapForUse(weight);
        if (!training || !UsesBFloat16)
            return nn.functional.linear(input, used, bias);
        Tensor products = nn.functional.linear(input.to(ScalarType.BFloat16), used.to(ScalarType.BFloat16)).to(float32);
        return bias is null ? products : products + bias;
    }
}
