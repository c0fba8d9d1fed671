using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Layers;

/// <summary>DepthwiseConv2D with one output channel per input channel: weights [1, kernel, kernel, channels].</summary>
internal sealed class DepthwiseLayer : ILayerGenerator
{
    public string Name => "depthwise";

    public string Description => "depthwise convolution; --size --channels --kernel --stride --dilation --padding --activation";

    public bool IsReal => true;

    public bool HasBinaryWeights => true;

    public Graph Create(LayerRequest request, RandomValues random)
    {
        int terms = request.Kernel * request.Kernel;
        var weights = new Shape(1, request.Kernel, request.Kernel, request.Channels);
        if (request.Weights == DataType.Bit)
            return LayerGraph.OfSigns(OperatorKind.DepthwiseConv2D, request.InputMap, weights, 3, random, request.OutputMap(request.Channels), request.Convolution);
        return LayerGraph.Of(
            OperatorKind.DepthwiseConv2D,
            request.InputMap,
            weights,
            random.Weights(terms * request.Channels, terms),
            random.Uniform(request.Channels, 0.1f),
            request.OutputMap(request.Channels),
            request.Convolution);
    }
}
