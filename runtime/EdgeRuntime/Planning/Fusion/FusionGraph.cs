using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>A graph while it is rewritten: who writes each tensor, how often it is read, and which operators are gone.</summary>
internal sealed class FusionGraph
{
    private readonly Graph original;
    private readonly List<TensorInfo> tensors;
    private readonly List<int> producers;
    private readonly List<int> reads;
    private readonly Node?[] nodes;
    private readonly HashSet<int> outputs;

    /// <param name="graph">A validated graph.</param>
    public FusionGraph(Graph graph)
    {
        original = graph;
        tensors = [.. graph.Tensors];
        producers = [.. Enumerable.Repeat(-1, tensors.Count)];
        reads = [.. Enumerable.Repeat(0, tensors.Count)];
        nodes = new Node?[graph.Nodes.Count];
        outputs = [.. graph.Outputs];
        for (int n = 0; n < nodes.Length; n++)
            Place(n, graph.Nodes[n]);
    }

    public int NodeCount => nodes.Length;

    /// <summary>The operator at a position, or null if it was removed.</summary>
    public Node? this[int node] => nodes[node];

    public TensorInfo Tensor(int index) => tensors[index];

    public bool IsOutput(int tensor) => outputs.Contains(tensor);

    /// <summary>How many operator inputs read a tensor.</summary>
    public int Reads(int tensor) => reads[tensor];

    /// <summary>Position of the operator that writes a tensor, or -1 for an input or constant of the network.</summary>
    public int Producer(int tensor) => producers[tensor];

    /// <summary>Position of the operator that writes a tensor which exactly one operator reads and which is no output of the network; otherwise -1.</summary>
    public int PrivateProducer(int tensor) => tensor >= 0 && reads[tensor] == 1 && !IsOutput(tensor) ? producers[tensor] : -1;

    /// <summary>Adds a constant and returns its index.</summary>
    public int AddConstant(TensorInfo constant)
    {
        tensors.Add(constant);
        producers.Add(-1);
        reads.Add(0);
        return tensors.Count - 1;
    }

    public void Remove(int node)
    {
        foreach (int t in nodes[node]!.Inputs)
        {
            if (t >= 0)
                reads[t]--;
        }

        foreach (int t in nodes[node]!.Outputs)
            producers[t] = -1;
        nodes[node] = null;
    }

    /// <summary>Puts another operator in the place of one.</summary>
    public void Replace(int node, Node by)
    {
        Remove(node);
        Place(node, by);
    }

    /// <summary>Lets all operators that read one tensor read another.</summary>
    public void ReplaceReads(int from, int to)
    {
        for (int n = 0; n < nodes.Length && reads[from] > 0; n++)
        {
            if (nodes[n] is { } node && node.Inputs.Contains(from))
                Replace(n, node with { Inputs = [.. node.Inputs.Select(t => t == from ? to : t)] });
        }
    }

    /// <summary>Removes operators whose outputs nobody reads.</summary>
    public void RemoveDeadNodes()
    {
        for (int n = nodes.Length - 1; n >= 0; n--)
        {
            if (nodes[n] is { } node && node.Outputs.All(t => reads[t] == 0 && !IsOutput(t)))
                Remove(n);
        }
    }

    /// <summary>The rewritten graph, without tensors that nobody uses.</summary>
    public Graph Build()
    {
        bool[] used = new bool[tensors.Count];
        foreach (int t in original.Inputs.Concat(original.Outputs).Concat(nodes.Where(n => n is not null).SelectMany(n => n!.Inputs.Concat(n.Outputs))))
        {
            if (t >= 0)
                used[t] = true;
        }

        int[] renumbered = new int[tensors.Count];
        var kept = new List<TensorInfo>();
        for (int t = 0; t < used.Length; t++)
        {
            renumbered[t] = kept.Count;
            if (used[t])
                kept.Add(tensors[t]);
        }

        int[] Renumber(IEnumerable<int> list) => [.. list.Select(t => t < 0 ? -1 : renumbered[t])];
        Node[] live = [.. nodes.Where(n => n is not null).Select(n => n! with { Inputs = Renumber(n.Inputs), Outputs = Renumber(n.Outputs) })];
        return new Graph(kept, live, Renumber(original.Inputs), Renumber(original.Outputs));
    }

    private void Place(int at, Node node)
    {
        nodes[at] = node;
        foreach (int t in node.Inputs)
        {
            if (t >= 0)
                reads[t]++;
        }

        foreach (int t in node.Outputs)
            producers[t] = at;
    }
}
