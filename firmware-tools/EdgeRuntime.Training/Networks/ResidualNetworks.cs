using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Residual networks (He et al. 2016) with real activations, ResNet-18 with signs too (XNOR-Net's form).</summary>
internal static class ResidualNetworks
{
    /// <summary>Three groups of <paramref name="blocks"/> blocks with 16, 32 and 64 channels.</summary>
    public static SequenceLayer Cifar(NetworkRequest request, string name, int blocks)
    {
        request.RequireRealActivations(name);
        request.RequireSide(8);
        int[] channels = [request.Channels(16), request.Channels(32), request.Channels(64)];
        return Build(request, new LayerList().ConvNormRelu(request.Input.Channels, channels[0], 3, mapping: MethodStyle.Of(request.Method).Edge()), channels, blocks);
    }

    /// <summary>
    /// Four groups of two blocks with 64 to 512 channels. With binary activations (Rastegari et al. 2016) batch normalization and sign stand before each convolution, and what the shortcuts carry, sums and
    /// 1x1 convolutions, stays real.
    /// </summary>
    public static SequenceLayer ResNet18(NetworkRequest request)
    {
        request.RequireSide(16);
        int[] channels = [request.Channels(64), request.Channels(128), request.Channels(256), request.Channels(512)];
        bool large = Math.Min(request.Input.Height, request.Input.Width) >= 96;
        LayerList layers = new LayerList().ConvNormRelu(
            request.Input.Channels, channels[0], large ? 7 : 3, large ? 2 : 1, mapping: MethodStyle.Of(request.Method).Edge());
        if (large)
            layers.Add(new MaxPoolLayer(3, 2, 1));
        return Build(request, layers, channels, 2);
    }

    private static SequenceLayer Build(NetworkRequest request, LayerList layers, int[] channels, int blocks)
    {
        MethodStyle style = MethodStyle.Of(request.Method);
        if (request.Method == "bnn")
            throw new TrainingException(TrainingError.InvalidOption, "residual networks have no form of method bnn, which binarizes first, last and shortcut layers too; xnor keeps those real");
        int input = channels[0];
        for (int group = 0; group < channels.Length; group++)
        {
            for (int block = 0; block < blocks; block++)
            {
                int output = channels[group], stride = group > 0 && block == 0 ? 2 : 1;
                SequenceLayer body = style.HasBinaryActivations
                    ? new SequenceLayer([.. Binary(input, output, stride, style), .. Binary(output, output, 1, style)])
                    : new LayerList().ConvNormRelu(input, output, 3, stride, mapping: style.Inner()).ConvNorm(output, output, 3, mapping: style.Inner()).Build();
                var mapping = style.HasBinaryActivations ? style.Edge() : style.Inner();
                SequenceLayer? shortcut = stride == 1 && input == output ? null : new LayerList().ConvNorm(input, output, 1, stride, mapping: mapping).Build();
                layers.Add(new ResidualLayer(body, shortcut, rectify: !style.HasBinaryActivations));
                input = output;
            }
        }

        if (style.HasBinaryActivations)
            layers.Add(new BatchNormLayer(input), new ReluLayer());
        return layers.Add(new GlobalAveragePoolLayer(), new LinearLayer(input, request.Classes)).Build();
    }

    // Signs have no 0: the border of a packed map is 1.
    private static Layer[] Binary(int input, int output, int stride, MethodStyle style) =>
        style.HasInputScales
            ? [new BatchNormLayer(input), new ScaledSignConvLayer(Conv(input, output, stride, style))]
            : [new BatchNormLayer(input), new SignLayer(), Conv(input, output, stride, style)];

    private static ConvLayer Conv(int input, int output, int stride, MethodStyle style) => new(input, output, 3, stride, 1, 1, style.Inner(), padValue: 1);
}
