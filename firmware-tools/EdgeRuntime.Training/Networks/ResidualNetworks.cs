using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Residual networks with real activations (He et al. 2016).</summary>
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

    /// <summary>Four groups of two blocks with 64 to 512 channels.</summary>
    public static SequenceLayer ResNet18(NetworkRequest request)
    {
        request.RequireRealActivations("resnet-18");
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
        int input = channels[0];
        for (int group = 0; group < channels.Length; group++)
        {
            for (int block = 0; block < blocks; block++)
            {
                int output = channels[group], stride = group > 0 && block == 0 ? 2 : 1;
                SequenceLayer body = new LayerList()
                    .ConvNormRelu(input, output, 3, stride, mapping: style.Inner())
                    .ConvNorm(output, output, 3, mapping: style.Inner())
                    .Build();
                SequenceLayer? shortcut = stride == 1 && input == output ? null : new LayerList().ConvNorm(input, output, 1, stride, mapping: style.Inner()).Build();
                layers.Add(new ResidualLayer(body, shortcut, rectify: true));
                input = output;
            }
        }

        return layers.Add(new GlobalAveragePoolLayer(), new LinearLayer(input, request.Classes)).Build();
    }
}
