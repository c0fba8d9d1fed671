using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>
/// Replaces batch normalizations that no convolution could take in (behind a residual sum, before a rectifier) by depthwise 1x1 convolutions, which compute the same y = x * scale + offset and have
/// an int8 form.
/// </summary>
internal static class NormAsConvolution
{
    /// <summary>The graph with every float BatchNorm of a map replaced; the same graph where there is none.</summary>
    public static Graph Apply(Graph graph)
    {
        if (!graph.Nodes.Any(n => IsMap(graph, n)))
            return graph;
        var builder = new GraphBuilder();
        foreach (TensorInfo tensor in graph.Tensors)
            builder.AddTensor(tensor);
        foreach (Node node in graph.Nodes)
        {
            if (!IsMap(graph, node))
            {
                builder.AddNode(node);
                continue;
            }

            // [c] becomes [1, 1, 1, c] in a tensor of its own: another operator may share the constant.
            TensorInfo scale = graph.Tensors[node.Inputs[1]];
            int channels = (int)scale.Shape.ElementCount;
            int weights = builder.AddConstant(node.Name + ".weights", DataType.Float32, new Shape(1, 1, 1, channels), MemoryMarshal.AsBytes<float>(GraphConstants.Floats(scale)).ToArray());
            builder.AddNode(OperatorKind.DepthwiseConv2D, node.Name, [node.Inputs[0], weights, node.Inputs[2]], [.. node.Outputs]);
        }

        foreach (int input in graph.Inputs)
            builder.AddInput(input);
        foreach (int output in graph.Outputs)
            builder.AddOutput(output);
        return builder.Build();
    }

    private static bool IsMap(Graph graph, Node node) =>
        node.Kind == OperatorKind.BatchNorm && graph.Tensors[node.Inputs[0]] is { Type: DataType.Float32, Shape.Rank: 4 };
}
