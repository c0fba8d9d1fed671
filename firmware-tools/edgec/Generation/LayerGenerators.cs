using EdgeRuntime.Compiler.Generation.Binary;
using EdgeRuntime.Compiler.Generation.Layers;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>The single layers that can be generated.</summary>
internal static class LayerGenerators
{
    public static IReadOnlyList<ILayerGenerator> All { get; } =
    [
        new Conv2DLayer(),
        new DepthwiseLayer(),
        new FullyConnectedLayer(),
        new BinaryConv2DLayer(isDepthwise: false),
        new BinaryConv2DLayer(isDepthwise: true),
        new BinarizeLayer(hasThresholds: true),
        new BinarizeLayer(hasThresholds: false),
        new QuickNet("quicknet-small", [4, 4, 4, 4], [32, 64, 256, 512]),
        new QuickNet("quicknet-standard", [4, 4, 4, 4], [64, 128, 256, 512]),
        new QuickNet("quicknet-large", [6, 8, 12, 6], [64, 128, 256, 512]),
    ];

    /// <summary>The generator of that name, or null.</summary>
    public static ILayerGenerator? Find(string name) => All.FirstOrDefault(g => g.Name == name);
}
