using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>A graph in QDQ form while its integer form is built operator by operator.</summary>
internal sealed class QdqGraph
{
    private readonly List<TensorInfo> tensors;
    private readonly List<Node> nodes = [];
    private readonly Dictionary<int, Node> producers = [];
    private readonly ILookup<int, Node> readers;
    private readonly Dictionary<int, int> replaced = [];
    private readonly HashSet<Node> done = new(ReferenceEqualityComparer.Instance);

    public QdqGraph(Graph graph)
    {
        Original = graph;
        tensors = [.. graph.Tensors];
        readers = graph.Nodes.SelectMany(n => n.Inputs.Where(t => t >= 0).Select(t => (t, n))).ToLookup(p => p.t, p => p.n);
    }

    public Graph Original { get; }

    /// <summary>Layers whose weights were rounded anew, with the largest change in steps of the scale that they had.</summary>
    public List<(string Name, double Change)> Rounded { get; } = [];

    public TensorInfo Tensor(int index) => tensors[index];

    public Quantization? Quantization(int tensor) => tensors[tensor].Quantization;

    public int Add(TensorInfo tensor)
    {
        tensors.Add(tensor);
        return tensors.Count - 1;
    }

    /// <summary>Adds an operator to the new graph.</summary>
    public void Emit(Node node)
    {
        Node placed = node with { Inputs = [.. node.Inputs.Select(Current)] };
        nodes.Add(placed);
        foreach (int t in placed.Outputs)
            producers[t] = placed;
    }

    /// <summary>Lets all that is emitted from now on read one tensor in place of another.</summary>
    public void Replace(int tensor, int by) => replaced[tensor] = Current(by);

    /// <summary>The integer tensor that a real one was dequantized from, or -1.</summary>
    public int BeforeDequantize(int tensor) =>
        tensor >= 0 && producers.TryGetValue(tensor, out Node? node) && node.Kind == OperatorKind.Dequantize ? node.Inputs[0] : -1;

    /// <summary>
    /// The integer tensor into which all readers of a real one quantize it; -1 if there is none, or if someone reads the real values. Those Quantize operators
    /// are done then.
    /// </summary>
    public int TakeQuantized(int tensor)
    {
        Node[] all = [.. readers[tensor]];
        if (all.Length == 0 || Original.Outputs.Contains(tensor) || all.Any(n => n.Kind != OperatorKind.Quantize))
            return -1;
        int first = all[0].Outputs[0];
        Quantization q = Quantization(first)!;
        if (all.Any(n => Quantization(n.Outputs[0])!.Scale != q.Scale || Quantization(n.Outputs[0])!.ZeroPoint != q.ZeroPoint)
            || all.Skip(1).Any(n => Original.Outputs.Contains(n.Outputs[0])))
            return -1;
        foreach (Node n in all)
        {
            done.Add(n);
            if (n.Outputs[0] != first)
                Replace(n.Outputs[0], first);
        }

        return first;
    }

    public bool IsDone(Node node) => done.Contains(node);

    /// <summary>The new graph, with dequantized constants as float constants, without what nobody reads.</summary>
    public Graph Build()
    {
        var live = new HashSet<int>(Original.Outputs.Select(Current));
        var kept = new List<Node>();
        for (int n = nodes.Count - 1; n >= 0; n--)
        {
            Node node = nodes[n];
            if (!node.Outputs.Any(live.Contains))
                continue;
            if (node.Kind == OperatorKind.Dequantize && tensors[node.Inputs[0]] is { IsConstant: true } constant)
            {
                tensors[node.Outputs[0]] = GraphConstants.Dequantized(constant);
                continue;
            }

            kept.Add(node);
            live.UnionWith(node.Inputs.Where(t => t >= 0));
        }

        kept.Reverse();
        var builder = new GraphBuilder();
        foreach (TensorInfo tensor in tensors)
            builder.AddTensor(tensor);
        foreach (Node node in kept)
            builder.AddNode(node);
        foreach (int t in Original.Inputs)
            builder.AddInput(t);
        foreach (int t in Original.Outputs)
            builder.AddOutput(Current(t));
        return builder.Build().WithoutUnusedTensors();
    }

    private int Current(int tensor) => replaced.TryGetValue(tensor, out int by) ? by : tensor;
}
