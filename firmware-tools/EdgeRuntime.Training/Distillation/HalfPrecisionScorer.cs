using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Distillation;

/// <summary>
/// A real network in use mode with weights and activations in bfloat16 up to its last fully connected layer, which is computed in float32: scores are then not rounded to the 8 bits that
/// bfloat16 has, and a decision boundary stays as fine as the features allow. Batch normalization is folded into the weights where it follows them.
/// </summary>
internal sealed class HalfPrecisionScorer
{
    private readonly Layer[] features;
    private readonly Layer[] classifier;

    /// <summary>The scorer of a network, which is not changed and shares nothing with it, unless it is made of residual blocks with RPReLU: those are converted in place.</summary>
    public HalfPrecisionScorer(Network network)
    {
        Network used = NetworkStructure.Supports(network) ? NetworkStore.FoldNormalization(network) : network;
        IReadOnlyList<Layer> layers = used.Body.Inner;
        int last = layers.ToList().FindLastIndex(l => l is LinearLayer);
        features = [.. layers.Take(last)];
        classifier = [.. layers.Skip(last)];
        foreach (Layer layer in features)
            layer.to(ScalarType.BFloat16);
        foreach (var parameter in used.Body.parameters())
            parameter.requires_grad = false;
    }

    /// <summary>Whether the network is real and ends in a fully connected layer.</summary>
    public static bool Supports(Network network) =>
        network.Body.Inner.Any(l => l is LinearLayer)
        && network.Body.Walk().All(l => l is not (SignLayer or ScaledSignConvLayer or BinaryResidualLayer { HasSigns: true }) && l.OutputMapping is null
            && (l as ConvLayer)?.Mapping is null or RealWeights && (l as LinearLayer)?.Mapping is null or RealWeights);

    /// <summary>Scores [n, classes], float32, of pictures [n, channels, height, width].</summary>
    public Tensor Score(Tensor pictures)
    {
        Tensor x = features.Aggregate(pictures.to(ScalarType.BFloat16), (input, layer) => layer.call(input));
        return classifier.Aggregate(x.to(float32), (input, layer) => layer.call(input));
    }
}
