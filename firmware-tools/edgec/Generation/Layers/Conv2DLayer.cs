using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Layers;

/// <summary>Conv2D: weights [out, kernel, kernel, in].</summary>
internal sealed class Conv2DLayer : ILayerGenerator
{
    public string Name => "conv2d";

    public string Description => "convolution; --size --channels --out-channels --kernel --stride --dilation --padding --activation";

    public bool IsReal => true;

    public bool HasBinaryWeights => true;

    public Graph Create(LayerRequest request, RandomValues random)
    {
        int terms = request.Kernel * request.Kernel * request.Channels;
        var weights = new Shape(request.OutputChannels, request.Kernel, request.Kernel, request.Channels);
        if (request.Weights == DataType.Bit)
            return LayerGraph.OfSigns(OperatorKind.Conv2D, request.InputMap, weights, 0, random, request.OutputMap(request.OutputChannels), request.Convolution);
        return LayerGraph.Of(
            OperatorKind.Conv2D,
            request.InputMap,
            weights,
            random.Weights(request.OutputChannels * terms, terms),
            random.Uniform(request.OutputChannels, 0.1f),
            request.OutputMap(request.OutputChannels),
            request.Convolution);
    }
}
