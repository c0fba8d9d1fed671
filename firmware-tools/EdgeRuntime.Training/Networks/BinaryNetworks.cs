using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Networks of <see cref="BinaryResidualLayer"/>s between a real first and last layer.</summary>
internal static class BinaryNetworks
{
    /// <summary>Groups of blocks; each group after the first halves the map and doubles the channels.</summary>
    public static SequenceLayer Residual(NetworkRequest request, string name, int channels, params ReadOnlySpan<int> groups)
    {
        MethodStyle style = Check(request, name);
        request.RequireSide(1 << groups.Length);
        int input = request.Channels(channels);
        return Groups(request, style, new LayerList().ConvNorm(request.Input.Channels, input, 3, mapping: style.Edge()), input, groups);
    }

    /// <summary>
    /// In the manner of QuickNet (Bannink et al. 2021): a cheap real stem, a strided convolution and a depthwise one, that makes a picture of 32 a map of 16, one of 224 a map of 56, then
    /// residual binary blocks with 64 to 512 channels.
    /// </summary>
    public static SequenceLayer QuickNet(NetworkRequest request)
    {
        MethodStyle style = Check(request, "quicknet");
        bool large = Math.Min(request.Input.Height, request.Input.Width) >= 96;
        request.RequireSide(32);
        int stem = request.Channels(16), input = request.Channels(64, 32);
        LayerList layers = new LayerList().ConvNormRelu(request.Input.Channels, stem, 3, 2, mapping: style.Edge());
        layers.ConvNorm(stem, stem, 3, large ? 2 : 1, groups: stem).ConvNorm(stem, input, 1);
        return large ? Groups(request, style, layers, input, 4, 4, 4, 4) : Groups(request, style, layers, input, 3, 3, 1);
    }

    /// <summary>
    /// For digits: a strided real stem that makes a picture of 28 a map of 14, three residual binary blocks with 32 channels there and three with 64 on a map of 7.
    /// </summary>
    public static SequenceLayer Digits(NetworkRequest request)
    {
        MethodStyle style = Check(request, "binary-digits");
        RequireEvenMaps(request, 4);
        int stem = request.Channels(16), input = request.Channels(32, 32);
        LayerList layers = new LayerList().ConvNormRelu(request.Input.Channels, stem, 3, 2, mapping: style.Edge()).ConvNorm(stem, input, 1);
        return Groups(request, style, layers, input, 3, 3);
    }

    /// <summary>Two groups of blocks with 64 and 128 channels behind <see cref="QuickNet"/>'s stem: under 100 KB.</summary>
    public static SequenceLayer QuickNetSmall(NetworkRequest request)
    {
        MethodStyle style = Check(request, "quicknet-small");
        request.RequireSide(16);
        RequireEvenMaps(request, 4);
        int stem = request.Channels(32), input = request.Channels(64, 32);
        LayerList layers = new LayerList().ConvNormRelu(request.Input.Channels, stem, 3, 2, mapping: style.Edge()).ConvNorm(stem, stem, 3, groups: stem).ConvNorm(stem, input, 1);
        return Groups(request, style, layers, input, 3, 3);
    }

    /// <summary>A shortcut halves a map by averages of 2x2, which an odd side does not have.</summary>
    private static void RequireEvenMaps(NetworkRequest request, int multiple)
    {
        if (request.Input.Height % multiple != 0 || request.Input.Width % multiple != 0)
            throw new TrainingException(TrainingError.InvalidOption, $"pictures of {request.Input} do not suit this network; sides that are multiples of {multiple} are needed");
    }

    private static SequenceLayer Groups(NetworkRequest request, MethodStyle style, LayerList layers, int input, params ReadOnlySpan<int> groups)
    {
        for (int group = 0; group < groups.Length; group++)
        {
            for (int block = 0; block < groups[group]; block++)
            {
                bool first = group > 0 && block == 0;
                layers.Add(new BinaryResidualLayer(input, first ? 2 * input : input, first ? 2 : 1, style.Inner(), style.HasBinaryActivations));
                input *= first ? 2 : 1;
            }
        }

        return layers.Add(new GlobalAveragePoolLayer(), new LinearLayer(input, request.Classes)).Build();
    }

    private static MethodStyle Check(NetworkRequest request, string name)
    {
        if (request.Method is not ("react" or "binary-activations" or "float"))
            throw new TrainingException(TrainingError.InvalidOption, $"network '{name}' is made of residual binary blocks: its methods are react, binary-activations as a stage before it, and float for comparison, not {request.Method}");
        return MethodStyle.Of(request.Method);
    }
}
