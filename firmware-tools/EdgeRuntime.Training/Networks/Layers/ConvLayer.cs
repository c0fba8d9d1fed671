using EdgeRuntime.Training.Methods;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks.Layers;

/// <summary>2-D convolution of NCHW activations with square window; without bias where a <see cref="BatchNormLayer"/> follows.</summary>
public sealed class ConvLayer : Layer
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <summary>Creates the layer with He-normal weights (He et al. 2015).</summary>
    /// <param name="input">Channels of the input.</param>
    /// <param name="output">Channels of the output.</param>
    /// <param name="kernel">Side of the window.</param>
    /// <param name="stride">Stride, both ways.</param>
    /// <param name="padding">Border on each side.</param>
    /// <param name="groups">Groups of channels; equal to <paramref name="input"/> for a depthwise convolution.</param>
    /// <param name="mapping">What is done to the weights; real ones by default.</param>
    /// <param name="padValue">What the border holds: 0, or 1 where the input is binary, since a bit has no zero.</param>
    /// <param name="hasBias">Whether an offset, 0 at first, is added to each output channel.</param>
    public ConvLayer(int input, int output, int kernel, int stride = 1, int padding = 0, int groups = 1, WeightMapping? mapping = null, float padValue = 0, bool hasBias = false)
        : base(nameof(ConvLayer))
    {
        if (input % groups != 0 || output % groups != 0)
            throw new TrainingException(TrainingError.InvalidOption, $"{groups} groups do not divide {input} input and {output} output channels");
        InputChannels = input;
        OutputChannels = output;
        Kernel = kernel;
        Stride = stride;
        Padding = padding;
        Groups = groups;
        PadValue = padValue;
        Mapping = mapping ?? RealWeights.Instance;
        weight = new Parameter(nn.init.kaiming_normal_(empty(output, input / groups, kernel, kernel), mode: nn.init.FanInOut.FanOut));
        bias = hasBias ? new Parameter(zeros(output)) : null;
        RegisterComponents();
    }

    /// <summary>Channels of the input.</summary>
    public int InputChannels { get; }

    /// <summary>Channels of the output.</summary>
    public int OutputChannels { get; }

    /// <summary>Side of the window.</summary>
    public int Kernel { get; }

    /// <summary>Stride, both ways.</summary>
    public int Stride { get; }

    /// <summary>Border on each side.</summary>
    public int Padding { get; }

    /// <summary>Groups of channels.</summary>
    public int Groups { get; }

    /// <summary>What the border holds.</summary>
    public float PadValue { get; }

    /// <summary>What is done to the weights; may be exchanged, for a mask or for quantized weights, before a <see cref="Trainer"/> runs.</summary>
    public WeightMapping Mapping { get; set; }

    /// <summary>Whether products are computed in bfloat16 while training (sums in float32, rounded): twice to five times as fast where the processor can.</summary>
    public bool UsesBFloat16 { get; set; }

    /// <summary>The real weights [out, in / groups, kernel, kernel].</summary>
    public Parameter Weight => weight;

    /// <summary>The bias [out], or null.</summary>
    public Parameter? Bias => bias;

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input)
    {
        Tensor used = training ? Mapping.Map(weight) : Mapping.MapForUse(weight);
        if (!training || !UsesBFloat16)
            return Convolve(input, used);
        return Convolve(input.to(ScalarType.BFloat16), used.to(ScalarType.BFloat16)).to(float32);
    }

    private Tensor Convolve(Tensor input, Tensor used)
    {
        if (PadValue == 0 || Padding == 0)
            return nn.functional.conv2d(input, used, bias, strides: [Stride, Stride], padding: [Padding, Padding], groups: Groups);
        Tensor padded = nn.functional.pad(input, [Padding, Padding, Padding, Padding], PaddingModes.Constant, PadValue);
        return nn.functional.conv2d(padded, used, bias, strides: [Stride, Stride], groups: Groups);
    }
}
