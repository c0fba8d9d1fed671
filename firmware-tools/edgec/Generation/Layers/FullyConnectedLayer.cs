using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Layers;

/// <summary>FullyConnected: weights [out, in].</summary>
internal sealed class FullyConnectedLayer : ILayerGenerator
{
    public string Name => "fully-connected";

    public string Description => "fully connected layer; --channels --out-channels --activation";

    public bool IsReal => true;

    public Graph Create(LayerRequest request, RandomValues random) => LayerGraph.Of(
        OperatorKind.FullyConnected,
        new Shape(1, request.Channels),
        new Shape(request.OutputChannels, request.Channels),
        random.Weights(request.OutputChannels * request.Channels, request.Channels),
        random.Uniform(request.OutputChannels, 0.1f),
        new Shape(1, request.OutputChannels),
        new ActivationOptions(request.Activation));
}
