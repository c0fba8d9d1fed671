using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Inspection;

/// <summary>What an operator costs whatever the kernel.</summary>
internal static class LayerCost
{
    /// <summary>Multiply-accumulates of convolutions and fully connected layers, binary ones included; 0 for all others. Padding counts as work.</summary>
    public static long MultiplyAccumulates(Graph graph, Node node)
    {
        if (node.Inputs.Count < 2 || node.Inputs[1] < 0)
            return 0;
        long outputs = graph.Tensors[node.Outputs[0]].Shape.ElementCount;
        Shape weights = graph.Tensors[node.Inputs[1]].Shape;
        return node.Kind switch
        {
            OperatorKind.Conv2D or OperatorKind.BinaryConv2D => outputs * (weights.ElementCount / weights[0]),
            OperatorKind.DepthwiseConv2D or OperatorKind.BinaryDepthwiseConv2D => outputs * weights[1] * weights[2],
            OperatorKind.FullyConnected or OperatorKind.BinaryFullyConnected => outputs * weights[1],
            _ => 0,
        };
    }

    /// <summary>Elements of an operator's constants: weights, biases, scales.</summary>
    public static long Parameters(Graph graph, Node node) => Constants(graph, node).Sum(t => t.Shape.ElementCount);

    /// <summary>Bytes of an operator's constants in the file, by their encoding, without padding.</summary>
    public static long BytesInFile(Graph graph, Node node) => Constants(graph, node).Sum(t => t.StoredSize());

    /// <summary>Bytes of an operator's constants once loaded.</summary>
    public static long BytesInMemory(Graph graph, Node node) => Constants(graph, node).Sum(t => t.ByteSize);

    /// <summary>Bits of a weight as stored: 32, 8, 4 or 1, or null if the operator has no weights.</summary>
    public static int? WeightBits(Graph graph, Node node)
    {
        if (node.Inputs.Count < 2 || node.Inputs[1] < 0 || graph.Tensors[node.Inputs[1]] is not { IsConstant: true } weights)
            return null;
        return (weights.Encoding, weights.Type) switch
        {
            (TensorEncoding.Packed4, _) => 4,
            (TensorEncoding.Codebook or TensorEncoding.SparseHuffman, _) => (int)Math.Ceiling(weights.StoredSize() * 8.0 / weights.Shape.ElementCount),
            (_, DataType.Bit) => 1,
            (_, DataType.Int8) => 8,
            _ => 32,
        };
    }

    private static IEnumerable<TensorInfo> Constants(Graph graph, Node node) =>
        node.Inputs.Where(i => i >= 0).Distinct().Select(i => graph.Tensors[i]).Where(t => t.IsConstant);
}
