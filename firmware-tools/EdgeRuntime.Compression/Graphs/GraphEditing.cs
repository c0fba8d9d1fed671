using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>Graphs with some of their parts replaced.</summary>
internal static class GraphEditing
{
    /// <summary>The same graph with other values for some float32 constants.</summary>
    public static Graph WithConstants(this Graph graph, IReadOnlyDictionary<int, float[]> values)
    {
        var builder = new GraphBuilder();
        for (int t = 0; t < graph.Tensors.Count; t++)
        {
            builder.AddTensor(values.TryGetValue(t, out float[]? v)
                ? graph.Tensors[t] with { Data = GraphConstants.Bytes<float>(v) }
                : graph.Tensors[t]);
        }

        return builder.WithNodesOf(graph).Build();
    }

    /// <summary>Adds the operators, inputs and outputs of another graph whose tensors have the same indices.</summary>
    public static GraphBuilder WithNodesOf(this GraphBuilder builder, Graph graph)
    {
        foreach (Node node in graph.Nodes)
            builder.AddNode(node);
        foreach (int t in graph.Inputs)
            builder.AddInput(t);
        foreach (int t in graph.Outputs)
            builder.AddOutput(t);
        return builder;
    }
}
