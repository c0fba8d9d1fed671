using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>
/// Quantizes the real layers in front of a binary network's first sign to int8, as XNOR-Net and its successors leave them real for training; everything behind stays as it is. The network then takes int8
/// pictures.
/// </summary>
public static class RealLayersQuantization
{
    /// <summary>Quantizes what stands before the first binary operator.</summary>
    /// <param name="model">A network with one float32 input and a binary operator.</param>
    /// <param name="inputs">Calibration inputs, preprocessed like the network's input; elements in the input's order.</param>
    /// <param name="options">Choices.</param>
    /// <exception cref="CompressionException">There is no binary operator, nothing stands before it, more than one tensor passes from the real layers to it, or an operator has no int8 form.</exception>
    public static EdgeModel QuantizeFirst(EdgeModel model, IEnumerable<float[]> inputs, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        Graph graph = model.Graph;
        int count = graph.Nodes.TakeWhile(n => n.Kind is < OperatorKind.Binarize or OperatorKind.ChannelShuffle && !n.Inputs.Any(t => t >= 0 && graph.Tensors[t].Type == DataType.Bit)).Count();
        if (count == graph.Nodes.Count)
            throw new CompressionException("the network has no binary operator; edgec quantize makes all of a real network int8");
        if (count == 0)
            throw new CompressionException($"no real layer stands in front: '{graph.Nodes[0].Name}', the first, is binary");
        var made = graph.Nodes.Take(count).SelectMany(n => n.Outputs).ToHashSet();
        int[] crossing = [.. graph.Nodes.Skip(count).SelectMany(n => n.Inputs).Concat(graph.Outputs).Where(made.Contains).Distinct()];
        if (crossing.Length != 1)
            throw new CompressionException($"{crossing.Length} tensors pass from the real layers in front to the first binary operator '{graph.Nodes[count].Name}'; one is needed");
        EdgeModel front = Front(model, count, crossing[0]);
        using EdgeModel quantized = PostTrainingQuantization.Quantize(front, inputs, options);
        return new EdgeModel(Joined(quantized.Graph, graph, count, crossing[0]), model.Metadata);
    }

    private static EdgeModel Front(EdgeModel model, int count, int output)
    {
        var builder = new GraphBuilder();
        foreach (TensorInfo tensor in model.Graph.Tensors)
            builder.AddTensor(tensor);
        foreach (Node node in model.Graph.Nodes.Take(count))
            builder.AddNode(node);
        foreach (int input in model.Graph.Inputs)
            builder.AddInput(input);
        builder.AddOutput(output);
        return new EdgeModel(builder.Build().WithoutUnusedTensors(), model.Metadata with { Labels = [] });
    }

    // The int8 layers, a conversion of what they give to real numbers, and the other operators.
    private static Graph Joined(Graph front, Graph graph, int count, int crossing)
    {
        var builder = new GraphBuilder();
        foreach (TensorInfo tensor in front.Tensors)
            builder.AddTensor(tensor);
        foreach (Node node in front.Nodes)
            builder.AddNode(node);
        int offset = front.Tensors.Count;
        foreach (TensorInfo tensor in graph.Tensors)
            builder.AddTensor(tensor);
        builder.AddNode(OperatorKind.Dequantize, "dequantize", [front.Outputs[0]], [crossing + offset]);
        foreach (Node node in graph.Nodes.Skip(count))
            builder.AddNode(node with { Inputs = [.. node.Inputs.Select(Moved)], Outputs = [.. node.Outputs.Select(Moved)] });
        foreach (int input in front.Inputs)
            builder.AddInput(input);
        foreach (int output in graph.Outputs)
            builder.AddOutput(Moved(output));
        return builder.Build().WithoutUnusedTensors();

        int Moved(int tensor) => tensor < 0 ? tensor : tensor + offset;
    }
}
