using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Collects layers; each call adds one and returns the list.</summary>
internal sealed class LayerList
{
    private readonly List<Layer> layers = [];

    public LayerList Add(params ReadOnlySpan<Layer> more)
    {
        layers.AddRange(more);
        return this;
    }

    /// <summary>Convolution with a border that keeps the size (divided by the stride), and batch normalization.</summary>
    public LayerList ConvNorm(int input, int output, int kernel, int stride = 1, int groups = 1, WeightMapping? mapping = null) =>
        Add(new ConvLayer(input, output, kernel, stride, kernel / 2, groups, mapping), new BatchNormLayer(output));

    /// <summary>As <see cref="ConvNorm"/>, rectified.</summary>
    public LayerList ConvNormRelu(int input, int output, int kernel, int stride = 1, int groups = 1, WeightMapping? mapping = null) =>
        ConvNorm(input, output, kernel, stride, groups, mapping).Add(new ReluLayer());

    /// <summary>As <see cref="ConvNorm"/>, rectified with a ceiling of 6.</summary>
    public LayerList ConvNormRelu6(int input, int output, int kernel, int stride = 1, int groups = 1, WeightMapping? mapping = null) =>
        ConvNorm(input, output, kernel, stride, groups, mapping).Add(new Relu6Layer());

    /// <summary>Puts another layer in the place of the last <see cref="SignLayer"/>.</summary>
    public void ReplaceLastSign(Layer layer)
    {
        int at = layers.FindLastIndex(l => l is SignLayer);
        if (at >= 0)
            layers[at] = layer;
    }

    public SequenceLayer Build() => new([.. layers]);
}
