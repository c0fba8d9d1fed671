using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// Binary weights of real activations (BinaryConnect; Binary-Weight-Networks): in the file a bit each with a scale per channel, in memory the layer that kernels
/// know: int8 weights of +1 and -1 with the same scales, or float32 weights of +scale and -scale.
/// </summary>
internal static class SignWeights
{
    /// <summary>The graph with such weights unpacked. Tensors keep their indices; new constants follow behind them.</summary>
    public static Graph Unpack(Graph graph)
    {
        var tensors = new List<TensorInfo>(graph.Tensors);
        var nodes = new List<Node>(graph.Nodes.Count);
        foreach (Node node in graph.Nodes)
        {
            if (!IsPacked(graph, node))
            {
                nodes.Add(node);
                continue;
            }

            tensors.Add(Unpacked(graph.Tensors[node.Inputs[1]], graph.Tensors[node.Inputs[0]].Type, node.Kind));
            int[] inputs = [.. node.Inputs];
            inputs[1] = tensors.Count - 1;
            nodes.Add(node with { Inputs = inputs });
        }

        return tensors.Count == graph.Tensors.Count ? graph : new Graph(tensors, nodes, graph.Inputs, graph.Outputs);
    }

    private static bool IsPacked(Graph graph, Node node) =>
        node.Kind is OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected && graph.Tensors[node.Inputs[1]].Type == DataType.Bit;

    private static TensorInfo Unpacked(TensorInfo packed, DataType type, OperatorKind kind)
    {
        int inner = packed.Shape[^1];
        int wordsPerRow = DataTypes.WordsFor(inner);
        sbyte[] signs = new sbyte[packed.Shape.ElementCount];
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(packed.Data!.Value.Span);
        for (int i = 0; i < signs.Length; i++)
        {
            int c = i % inner;
            uint word = words[(i / inner * wordsPerRow) + (c / DataTypes.BitsPerWord)];
            signs[i] = (sbyte)(1 - (2 * (int)((word >> (c % DataTypes.BitsPerWord)) & 1)));
        }

        if (type == DataType.Int8)
            return new TensorInfo(packed.Name, type, packed.Shape, packed.Quantization, MemoryMarshal.AsBytes<sbyte>(signs).ToArray());
        float[] values = new float[signs.Length];
        ReadOnlySpan<float> scales = packed.Quantization is { } q ? q.Scales : [1];
        int perScale = signs.Length / scales.Length;
        for (int i = 0; i < values.Length; i++)
            values[i] = signs[i] * scales[scales.Length == 1 ? 0 : kind == OperatorKind.DepthwiseConv2D ? i % inner : i / perScale];
        return new TensorInfo(packed.Name, type, packed.Shape, null, MemoryMarshal.AsBytes<float>(values).ToArray());
    }
}
