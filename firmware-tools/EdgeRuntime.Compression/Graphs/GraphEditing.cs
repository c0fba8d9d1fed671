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

    /// <summary>The same graph without the tensors that no operator, input or output names.</summary>
    public static Graph WithoutUnusedTensors(this Graph graph)
    {
        bool[] used = new bool[graph.Tensors.Count];
        foreach (int t in graph.Nodes.SelectMany(n => n.Inputs.Concat(n.Outputs)).Concat(graph.Inputs).Concat(graph.Outputs).Where(t => t >= 0))
            used[t] = true;
        var builder = new GraphBuilder();
        int[] index = new int[used.Length];
        for (int t = 0; t < used.Length; t++)
            index[t] = used[t] ? builder.AddTensor(graph.Tensors[t]) : -1;
        foreach (Node node in graph.Nodes)
            builder.AddNode(node with { Inputs = [.. node.Inputs.Select(t => t < 0 ? t : index[t])], Outputs = [.. node.Outputs.Select(t => index[t])] });
        foreach (int t in graph.Inputs)
            builder.AddInput(index[t]);
        foreach (int t in graph.Outputs)
            builder.AddOutput(index[t]);
        return builder.Build();
    }
}
