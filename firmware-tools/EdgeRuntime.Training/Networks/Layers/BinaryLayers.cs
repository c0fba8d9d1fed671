using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Methods.Fused;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks.Layers;

/// <summary>Sign of the activations: +1 where x is at least 0, else -1, with a gradient for training.</summary>
public sealed class SignLayer(SignGradient gradient = SignGradient.Clipped) : Layer(nameof(SignLayer))
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => SignEstimator.Apply(input, gradient);
}

/// <summary>
/// Convolution with its own real residual connection (Bi-Real Net, Liu et al. 2018) and the shifts of ReActNet (Liu et al. 2020):
/// y = x' + BatchNorm(BinaryConv(sign(x + b))), then RPReLU per channel: f(y) = PReLU(y - g) + z. x' is x, for stride 2 its 2x2 average, and for
/// twice the channels that two times over.
/// </summary>
public sealed class BinaryResidualLayer : Layer
{
    private readonly Parameter shift;
    private readonly ConvLayer conv;
    private readonly BatchNormLayer norm;
    private readonly Parameter before;
    private readonly Parameter slope;
    private readonly Parameter after;

    /// <summary>Creates the block.</summary>
    /// <param name="input">Channels of the input.</param>
    /// <param name="output">Channels of the output: as many, or twice as many.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="mapping">What is done to the weights.</param>
    /// <param name="hasSigns">Whether activations are binarized.</param>
    public BinaryResidualLayer(int input, int output, int stride, WeightMapping mapping, bool hasSigns = true)
        : base(nameof(BinaryResidualLayer))
    {
        ArgumentNullException.ThrowIfNull(mapping);
        if (stride is not (1 or 2) || (output != input && output != 2 * input))
            throw new TrainingException(TrainingError.InvalidOption, $"a binary residual block with stride {stride} from {input} to {output} channels; strides 1 and 2, and once or twice the channels are possible");
        Stride = stride;
        HasSigns = hasSigns;
        shift = new Parameter(zeros(1, input, 1, 1));
        conv = new ConvLayer(input, output, 3, stride, 1, mapping: mapping, padValue: hasSigns ? 1 : 0);
        norm = new BatchNormLayer(output);
        before = new Parameter(zeros(1, output, 1, 1));
        slope = new Parameter(full([1, output, 1, 1], 0.25f));
        after = new Parameter(zeros(1, output, 1, 1));
        RegisterComponents();
    }

    /// <summary>Stride, both ways.</summary>
    public int Stride { get; }

    /// <summary>Whether activations are binarized; not in the real network of the same shape, which has a rectifier in its place.</summary>
    public bool HasSigns { get; }

    internal ConvLayer Conv => conv;

    internal BatchNormLayer Norm => norm;

    /// <summary>Added to the input before its sign is taken.</summary>
    internal Tensor Shift => shift;

    /// <summary>Taken from the sum before the PReLU.</summary>
    internal Tensor Before => before;

    /// <summary>Slope of the PReLU below 0.</summary>
    internal Tensor Slope => slope;

    /// <summary>Added after the PReLU.</summary>
    internal Tensor After => after;

    internal override IReadOnlyList<Layer> Inner => [conv, norm];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input)
    {
        if (training && conv.UsesBFloat16)
            return Fused(input);
        Tensor shifted = input + shift;
        Tensor signs = HasSigns ? SignEstimator.Apply(shifted, SignGradient.Polynomial) : nn.functional.relu(shifted);
        Tensor sum = norm.call(conv.call(signs)) + Shortcut(input) - before;
        return sum.clamp_min(0) + slope * sum.clamp_max(0) + after;
    }

    // The same in few passes: signs and their weights are exact in bfloat16, real ones and the sums of products are rounded to it.
    private Tensor Fused(Tensor input)
    {
        using Tensor plain = input.contiguous();
        Tensor weights = conv.Mapping.Map(conv.Weight).to(ScalarType.BFloat16);
        Tensor sums = HasSigns
            ? nn.functional.conv2d(PaddedSignFunction.apply(plain, shift, conv.Padding), weights, strides: [Stride, Stride])
            : nn.functional.conv2d(nn.functional.relu(plain + shift).to(ScalarType.BFloat16), weights, strides: [Stride, Stride], padding: [conv.Padding, conv.Padding]);
        Tensor statistics = empty(2, conv.OutputChannels);
        Tensor result = ResidualFunction.apply(sums.contiguous(), Shortcut(plain).contiguous(), norm.Scale, norm.Offset, before, slope, after, statistics);
        norm.Observe(statistics[0], statistics[1], sums.numel() / conv.OutputChannels);
        return result;
    }

    private Tensor Shortcut(Tensor input)
    {
        Tensor shortcut = Stride == 2 ? nn.functional.avg_pool2d(input, 2, 2) : input;
        return conv.OutputChannels == conv.InputChannels ? shortcut : cat([shortcut, shortcut], 1);
    }
}
