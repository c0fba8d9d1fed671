using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// Removes operators whose output equals their input: moves that move nothing, requantization to the same scale and zero point, and quantization of what was just
/// dequantized from the same scale and zero point (the quotient is within rounding of the integer it came from).
/// </summary>
internal static class IdentityRemoval
{
    public static bool Apply(FusionGraph graph, int at)
    {
        Node node = graph[at]!;
        int x = node.Kind == OperatorKind.Quantize ? BeforeDequantize(graph, node.Inputs[0]) : IsIdentity(node) ? node.Inputs[0] : -1;
        int y = node.Outputs[0];
        if (x < 0 || !SameValues(graph.Tensor(x), graph.Tensor(y)) || graph.Tensor(x).Shape != graph.Tensor(y).Shape)
            return false;

        if (!graph.IsOutput(y))
        {
            graph.Remove(at);
            graph.ReplaceReads(y, x);
            return true;
        }

        // An output of the network keeps its tensor: the operator before writes it directly, if nobody else reads what it wrote.
        int before = node.Kind == OperatorKind.Quantize ? -1 : graph.PrivateProducer(x);
        if (before < 0)
            return false;
        Node producer = graph[before]!;
        graph.Remove(at);
        graph.Replace(before, producer with { Outputs = [.. producer.Outputs.Select(t => t == x ? y : t)] });
        return true;
    }

    /// <summary>Whether equal bits in two tensors mean equal values.</summary>
    public static bool SameValues(TensorInfo a, TensorInfo b) =>
        a.Type == b.Type
        && a.Quantization?.Scale == b.Quantization?.Scale
        && a.Quantization?.ZeroPoint == b.Quantization?.ZeroPoint;

    private static bool IsIdentity(Node node) => node.Kind switch
    {
        OperatorKind.Requantize or OperatorKind.Reshape => true,
        OperatorKind.Transpose => ((TransposeOptions)node.Options).Permutation.Select((p, d) => p == d).All(same => same),
        OperatorKind.Pad or OperatorKind.Slice => true,
        OperatorKind.Concat => node.Inputs.Count == 1,
        _ => false,
    };

    private static int BeforeDequantize(FusionGraph graph, int tensor)
    {
        int producer = graph.Producer(tensor);
        return producer >= 0 && graph[producer]!.Kind == OperatorKind.Dequantize ? graph[producer]!.Inputs[0] : -1;
    }
}
