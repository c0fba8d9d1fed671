using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>Puts ReLUs into the layer before them, so that only one operator lies between Dequantize and Quantize.</summary>
internal static class LayerActivations
{
    public static Graph Fuse(Graph graph)
    {
        ILookup<int, Node> readers = graph.Nodes.SelectMany(n => n.Inputs.Where(t => t >= 0).Select(t => (t, n))).ToLookup(p => p.t, p => p.n);
        var nodes = new List<Node>();
        var gone = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            if (gone.Contains(node))
                continue;
            Node[] next = [.. readers[node.Outputs[0]]];
            if (next.Length == 1 && !graph.Outputs.Contains(node.Outputs[0]) && Of(next[0].Kind) is { } activation && With(node.Options, activation) is { } options)
            {
                gone.Add(next[0]);
                nodes.Add(node with { Options = options, Outputs = next[0].Outputs });
            }
            else
            {
                nodes.Add(node);
            }
        }

        var builder = new GraphBuilder();
        foreach (TensorInfo tensor in graph.Tensors)
            builder.AddTensor(tensor);
        foreach (Node node in nodes)
            builder.AddNode(node);
        foreach (int t in graph.Inputs)
            builder.AddInput(t);
        foreach (int t in graph.Outputs)
            builder.AddOutput(t);
        return builder.Build();
    }

    private static Activation? Of(OperatorKind kind) => kind switch
    {
        OperatorKind.Relu => Activation.Relu,
        OperatorKind.Relu6 => Activation.Relu6,
        OperatorKind.ReluN1To1 => Activation.ReluN1To1,
        _ => null,
    };

    private static OperatorOptions? With(OperatorOptions options, Activation activation) => options switch
    {
        Conv2DOptions { Activation: Activation.None } o => o with { Activation = activation },
        ActivationOptions { Activation: Activation.None } => new ActivationOptions(activation),
        _ => null,
    };
}
