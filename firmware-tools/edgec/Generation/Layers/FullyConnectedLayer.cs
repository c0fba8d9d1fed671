using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Layers;

/// <summary>FullyConnected: weights [out, in].</summary>
internal sealed class FullyConnectedLayer : ILayerGenerator
{
    public string Name => "fully-connected";

    public string Description => "fully connected layer; --channels --out-channels --activation";

    public bool IsReal => true;

    public bool HasBinaryWeights => true;

    public Graph Create(LayerRequest request, RandomValues random)
    {
        var input = new Shape(1, request.Channels);
        var weights = new Shape(request.OutputChannels, request.Channels);
        var output = new Shape(1, request.OutputChannels);
        var options = new ActivationOptions(request.Activation);
        if (request.Weights == DataType.Bit)
            return LayerGraph.OfSigns(OperatorKind.FullyConnected, input, weights, 0, random, output, options);
        return LayerGraph.Of(
            OperatorKind.FullyConnected,
            input,
            weights,
            random.Weights(request.OutputChannels * request.Channels, request.Channels),
            random.Uniform(request.OutputChannels, 0.1f),
            output,
            options);
    }
}
