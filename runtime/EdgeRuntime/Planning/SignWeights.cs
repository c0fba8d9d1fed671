using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// Binary weights of real activations (BinaryConnect; Binary-Weight-Networks): in the file a bit each with a scale per channel, in memory the layer that kernels
/// know: int8 weights of +1 and -1 with the same scales, or float32 weights of +scale and -scale. Where a kernel reads bits (<see cref="KernelEntry.ReadsBits"/>) they stay as they are.
/// </summary>
internal static class SignWeights
{
    /// <summary>The graph with such weights unpacked. Tensors keep their indices; new constants follow behind them.</summary>
    /// <param name="graph">A validated graph.</param>
    /// <param name="features">Features of the core, for the kernels that read bits; none to unpack all.</param>
    public static Graph Unpack(Graph graph, CpuFeatures features = CpuFeatures.None)
    {
        using var constants = new ConstantStore(graph);
        var tensors = new List<TensorInfo>(graph.Tensors);
        var nodes = new List<Node>(graph.Nodes.Count);
        foreach (Node node in graph.Nodes)
        {
            if (!IsPacked(graph, node) || KernelTable.ReadsBits(new KernelRequest(graph, node, features, constants)))
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
