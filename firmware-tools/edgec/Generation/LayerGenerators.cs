using EdgeRuntime.Compiler.Generation.Layers;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>The single layers that can be generated.</summary>
internal static class LayerGenerators
{
    public static IReadOnlyList<ILayerGenerator> All { get; } =
    [
        new Conv2DLayer(),
        new DepthwiseLayer(),
        new FullyConnectedLayer(),
    ];

    /// <summary>The generator of that name, or null.</summary>
    public static ILayerGenerator? Find(string name) => All.FirstOrDefault(g => g.Name == name);
}
