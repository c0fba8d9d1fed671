using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>
/// Scales the channels between two consecutive layers so that both weight tensors use their range evenly: with r1 and r2 the largest magnitude of
/// channel c in the first layer's outputs and the second layer's inputs, s = sqrt(r1 r2) / r2, the first is divided by s and the second multiplied (Nagel et al.
/// 2019, section 4.1). Exact for no activation and for ReLU, which scales along; ReLU6 does not and is left alone.
/// </summary>
public static class CrossLayerEqualization
{
    private const int Sweeps = 10;

    /// <summary>An equal graph with evened weights, and the number of layer pairs that were scaled.</summary>
    /// <exception cref="CompressionException">A weight is not finite.</exception>
    public static (Graph Graph, int Pairs) Apply(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        List<(Node First, Node Second)> pairs = FindPairs(graph);
        var values = new Dictionary<int, float[]>();
        foreach ((Node first, Node second) in pairs)
        {
            foreach (int t in first.Inputs.Skip(1).Append(second.Inputs[1]).Where(t => t >= 0))
                values.TryAdd(t, GraphConstants.Floats(graph.Tensors[t]));
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach ((Node first, Node second) in pairs)
                Scale(graph, values, first, second);
        }

        return (graph.WithConstants(values), pairs.Count);
    }

    private static void Scale(Graph graph, Dictionary<int, float[]> values, Node first, Node second)
    {
        WeightLayout a = WeightLayout.Of(graph, first)!.Value;
        WeightLayout b = WeightLayout.Of(graph, second)!.Value;
        float[] wa = values[first.Inputs[1]];
        float[] wb = values[second.Inputs[1]];
        float[] r1 = new float[a.Outputs];
        float[] r2 = new float[a.Outputs];
        for (int i = 0; i < wa.Length; i++)
            r1[a.Output(i)] = MathF.Max(r1[a.Output(i)], MathF.Abs(wa[i]));
        for (int i = 0; i < wb.Length; i++)
            r2[b.Input(i)] = MathF.Max(r2[b.Input(i)], MathF.Abs(wb[i]));

        float[] s = new float[a.Outputs];
        for (int c = 0; c < s.Length; c++)
            s[c] = r1[c] > 0 && r2[c] > 0 ? MathF.Sqrt(r1[c] / r2[c]) : 1;
        for (int i = 0; i < wa.Length; i++)
            wa[i] /= s[a.Output(i)];
        for (int i = 0; i < wb.Length; i++)
            wb[i] *= s[b.Input(i)];
        if (first.Inputs.Count > 2 && first.Inputs[2] >= 0)
        {
            float[] bias = values[first.Inputs[2]];
            for (int c = 0; c < bias.Length; c++)
                bias[c] /= s[c];
        }
    }

    /// <summary>Layers whose output goes to one other layer and nowhere else, through nothing but a ReLU that is fused.</summary>
    private static List<(Node First, Node Second)> FindPairs(Graph graph)
    {
        ILookup<int, Node> readers = graph.Nodes.SelectMany(n => n.Inputs.Select(t => (t, n))).ToLookup(p => p.t, p => p.n);
        var weightUses = graph.Nodes.SelectMany(n => n.Inputs.Where(t => t >= 0 && graph.Tensors[t].IsConstant))
            .GroupBy(t => t).ToDictionary(g => g.Key, g => g.Count());
        var pairs = new List<(Node, Node)>();
        foreach (Node first in graph.Nodes)
        {
            if (WeightLayout.Of(graph, first) is null || ActivationOf(first) is not (Activation.None or Activation.Relu)
                || graph.Outputs.Contains(first.Outputs[0]))
                continue;
            Node[] next = [.. readers[first.Outputs[0]]];
            if (next.Length != 1 || WeightLayout.Of(graph, next[0]) is null || next[0].Inputs[0] != first.Outputs[0])
                continue;
            bool grouped = next[0].Options is Conv2DOptions { Groups: > 1 };
            bool sameWidth = next[0].Kind != OperatorKind.FullyConnected
                || graph.Tensors[next[0].Inputs[1]].Shape[^1] == graph.Tensors[first.Outputs[0]].Shape[^1];
            bool shared = first.Inputs.Skip(1).Append(next[0].Inputs[1]).Any(t => t >= 0 && weightUses[t] > 1);
            if (!grouped && sameWidth && !shared)
                pairs.Add((first, next[0]));
        }

        return pairs;
    }

    private static Activation ActivationOf(Node node) => node.Options switch
    {
        Conv2DOptions o => o.Activation,
        ActivationOptions o => o.Activation,
        _ => Activation.None,
    };
}
