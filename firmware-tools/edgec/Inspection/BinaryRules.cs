using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Inspection;

/// <summary>What keeps a binary network from being as fast as it could be (docs/binary.md, "Networks that run well").</summary>
internal static class BinaryRules
{
    /// <summary>One sentence per operator and rule, with the operator's name; empty for networks without binary layers, and for good ones.</summary>
    public static IReadOnlyList<string> Check(Graph graph)
    {
        var producers = new Dictionary<int, Node>();
        foreach (Node node in graph.Nodes)
        {
            foreach (int t in node.Outputs)
                producers[t] = node;
        }

        return [.. graph.Nodes.SelectMany(node => Check(graph, node, producers).Select(text => $"'{node.Name}' ({node.Kind}): {text}"))];
    }

    private static IEnumerable<string> Check(Graph graph, Node node, Dictionary<int, Node> producers)
    {
        switch (node.Kind)
        {
            case OperatorKind.BinaryConv2D or OperatorKind.BinaryDepthwiseConv2D:
                foreach (string text in Convolution(graph, node, (BinaryConv2DOptions)node.Options))
                    yield return text;
                break;
            case OperatorKind.BinaryFullyConnected:
                foreach (string text in Channels(graph, node, 1))
                    yield return text;
                break;
            case OperatorKind.Binarize when producers.GetValueOrDefault(node.Inputs[0]) is { } before:
                if (IsBinaryLayer(before))
                    yield return $"its input comes from '{before.Name}', which can write the signs itself: as packed output with thresholds, or as a second output";
                else if (before.Kind == OperatorKind.BatchNorm && producers.GetValueOrDefault(before.Inputs[0]) is { } layer && IsBinaryLayer(layer))
                    yield return $"batch normalization '{before.Name}' and sign after '{layer.Name}' can be thresholds of that layer's packed output";
                break;
            case OperatorKind.Unbinarize:
                yield return "unpacks signs to 8 or 32 bits each";
                break;
        }
    }

    private static IEnumerable<string> Convolution(Graph graph, Node node, BinaryConv2DOptions options)
    {
        foreach (string text in Channels(graph, node, options.Groups))
            yield return text;
        if (node.Kind == OperatorKind.BinaryDepthwiseConv2D)
        {
            int inputs = graph.Tensors[node.Inputs[0]].Shape[^1], outputs = graph.Tensors[node.Outputs[0]].Shape[^1];
            if (inputs != outputs)
                yield return $"{outputs} outputs of {inputs} depthwise channels have only the reference kernel; as many outputs as channels have a fast one";
            else if (graph.Tensors[node.Outputs[0]].Type != DataType.Bit)
                yield return "its counts are taken apart channel by channel; packed output compares 128 channels at a time";
        }

        if (options.PaddingValue == BinaryPadding.Zeros && options.Padding.Mode != PaddingMode.Valid)
            yield return "its border is 0, which needs a correction at every pixel; a border of +1 costs nothing";
        if (node.Inputs.Count > 8 && node.Inputs[8] >= 0)
            yield return "magnitudes (XNOR-Net's K) cost a pass over the float32 output, and keep it from being packed";
    }

    private static IEnumerable<string> Channels(Graph graph, Node node, int groups)
    {
        Shape weights = graph.Tensors[node.Inputs[1]].Shape;
        int inputs = weights[^1];
        int outputs = graph.Tensors[node.Outputs[0]].Shape[^1] / groups;
        if (node.Kind != OperatorKind.BinaryDepthwiseConv2D && inputs % DataTypes.BitsPerWord != 0)
            yield return $"{inputs} input channels{(groups > 1 ? " a group" : "")} fill {100 * inputs / (DataTypes.WordsFor(inputs) * DataTypes.BitsPerWord)} % of their 32-bit words; multiples of 32 fill them, of 128 are fastest";
        if (node.Kind != OperatorKind.BinaryDepthwiseConv2D && outputs % 8 != 0)
        {
            yield return node.Outputs.Count > 1
                ? $"{outputs} output channels with packed signs are computed one by one; multiples of 8 have fast kernels"
                : $"{outputs} output channels are no multiple of 8: the last block of filters is computed in part for nothing";
        }
    }

    private static bool IsBinaryLayer(Node node) =>
        node.Kind is OperatorKind.BinaryConv2D or OperatorKind.BinaryDepthwiseConv2D or OperatorKind.BinaryFullyConnected && node.Outputs.Count == 1;
}
