using EdgeRuntime.Training.Methods;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks.Layers;

/// <summary>
/// XNOR-Net's convolution with both scale factors (Rastegari et al. 2016, equation 11): conv(sign(x), sign(W)) * K * alpha. K is the mean of |x| over the channels and over the window of each output;
/// outside of the map |x| counts as 0. alpha is the convolution's own scale of each filter.
/// </summary>
public sealed class ScaledSignConvLayer : Layer
{
    private readonly ConvLayer conv;

    /// <summary>Creates the layer.</summary>
    /// <param name="conv">The convolution of the signs.</param>
    public ScaledSignConvLayer(ConvLayer conv)
        : base(nameof(ScaledSignConvLayer))
    {
        ArgumentNullException.ThrowIfNull(conv);
        this.conv = conv;
        RegisterComponents();
    }

    internal ConvLayer Conv => conv;

    internal override IReadOnlyList<Layer> Inner => [conv];

    /// <summary>K of a map [n, c, h, w]: [n, 1, outputs down, outputs across].</summary>
    internal Tensor InputScale(Tensor input) =>
        nn.functional.avg_pool2d(input.abs().mean([1], keepdim: true), [conv.Kernel, conv.Kernel], [conv.Stride, conv.Stride], [conv.Padding, conv.Padding], count_include_pad: true);

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => conv.call(SignEstimator.Apply(input, SignGradient.Clipped)) * InputScale(input);
}
