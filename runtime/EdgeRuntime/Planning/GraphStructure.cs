using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>Checks what holds for every graph, whatever its operators: indices, one writer per tensor, written before read, sizes.</summary>
internal static class GraphStructure
{
    /// <summary>Most tensors of a graph.</summary>
    public const int MaxTensors = 65_536;

    /// <summary>Most operators of a graph.</summary>
    public const int MaxNodes = 16_384;

    /// <summary>Checks a graph.</summary>
    /// <exception cref="EdgeModelException">An index is out of range, or a tensor is written twice, never, or after it is read.</exception>
    public static void Check(Graph graph)
    {
        if (graph.Tensors.Count > MaxTensors)
            throw new EdgeModelException(ModelError.TooLarge, $"the graph has {graph.Tensors.Count} tensors; the limit is {MaxTensors}");
        if (graph.Nodes.Count > MaxNodes)
            throw new EdgeModelException(ModelError.TooLarge, $"the graph has {graph.Nodes.Count} operators; the limit is {MaxNodes}");
        if (graph.Inputs.Count == 0 || graph.Outputs.Count == 0)
            throw new EdgeModelException(ModelError.BadGraph, $"the graph has {graph.Inputs.Count} inputs and {graph.Outputs.Count} outputs; it needs at least one of each");

        bool[] written = new bool[graph.Tensors.Count];
        for (int t = 0; t < written.Length; t++)
        {
            TensorInfo tensor = graph.Tensors[t];
            written[t] = tensor.IsConstant;
            if (tensor.Data is { } data && data.Length != tensor.ByteSize)
                throw new EdgeModelException(ModelError.Corrupt, $"constant '{tensor.Name}' has {data.Length} bytes; {tensor.Type} {tensor.Shape} needs {tensor.ByteSize}");
        }

        foreach (int t in graph.Inputs)
            Write(graph, written, t, "the graph's inputs");
        foreach (Node node in graph.Nodes)
        {
            if (node.Outputs.Count == 0)
                throw new EdgeModelException(ModelError.BadGraph, $"operator '{node.Name}' has no output");
            foreach (int t in node.Inputs)
            {
                if (t != -1)
                    Read(graph, written, t, $"operator '{node.Name}'");
            }

            foreach (int t in node.Outputs)
                Write(graph, written, t, $"operator '{node.Name}'");
        }

        foreach (int t in graph.Outputs)
            Read(graph, written, t, "the graph's outputs");
    }

    private static void Read(Graph graph, bool[] written, int tensor, string reader)
    {
        CheckIndex(graph, tensor, reader);
        if (!written[tensor])
            throw new EdgeModelException(ModelError.BadGraph, $"tensor {tensor} '{graph.Tensors[tensor].Name}' is read by {reader} before anything writes it");
    }

    private static void Write(Graph graph, bool[] written, int tensor, string writer)
    {
        CheckIndex(graph, tensor, writer);
        if (written[tensor])
            throw new EdgeModelException(ModelError.BadGraph, $"tensor {tensor} '{graph.Tensors[tensor].Name}' is written by {writer} but has its value already");
        written[tensor] = true;
    }

    private static void CheckIndex(Graph graph, int tensor, string user)
    {
        if ((uint)tensor >= (uint)graph.Tensors.Count)
            throw new EdgeModelException(ModelError.Corrupt, $"{user} names tensor {tensor}; the graph has {graph.Tensors.Count}");
    }
}
