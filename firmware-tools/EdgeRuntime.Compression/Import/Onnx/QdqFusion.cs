using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>
/// Makes integer operators of float operators between Dequantize and Quantize: ONNX writes an int8 network as a float one whose values pass through int8. An
/// operator becomes an integer one if all it reads was dequantized and all who read it quantize in the same way; operators that only move elements
/// let dequantization pass through them. What is left of dequantized constants becomes float constants.
/// </summary>
internal static class QdqFusion
{
    /// <summary>The graph with integer operators; says in the notes how many operators with weights stay float.</summary>
    public static Graph Apply(Graph graph, List<string> notes)
    {
        if (!graph.Nodes.Any(n => n.Kind is OperatorKind.Quantize or OperatorKind.Dequantize))
            return graph;
        var working = new QdqGraph(LayerActivations.Fuse(graph));
        foreach (Node node in working.Original.Nodes)
            Convert(working, node);
        Graph result = working.Build();
        if (working.Rounded.Count > 0)
        {
            notes.Add(FormattableString.Invariant($"the weights of {working.Rounded.Count} layers have zero points and more steps than symmetric int8: rounded anew per channel, by at most {working.Rounded.Max(r => r.Change):0.00} of a step: ")
                + $"{List([.. working.Rounded.Select(r => $"'{r.Name}'")])}; weights that are quantized symmetrically (in quantize_static: weight_type QInt8, or WeightSymmetric) stay as they are");
        }

        string[] real = [.. result.Nodes.Where(n => WeightLayout.Of(result, n) is not null && result.Tensors[n.Outputs[0]].Type == DataType.Float32).Select(n => $"'{n.Name}'")];
        if (real.Length > 0)
            notes.Add($"{real.Length} layers stay float32, since not all of their operands and results are int8: {List(real)}");
        return result;
    }

    private static string List(string[] names) => string.Join(", ", names.Take(5)) + (names.Length > 5 ? ", …" : "");

    /// <summary>Operators whose result for integers is the integers of the result.</summary>
    private static bool Moves(OperatorKind kind) => kind is OperatorKind.Reshape or OperatorKind.Transpose or OperatorKind.Pad or OperatorKind.Slice
        or OperatorKind.StridedSlice or OperatorKind.MaxPool2D or OperatorKind.ResizeNearest;

    private static void Convert(QdqGraph graph, Node node)
    {
        switch (node.Kind)
        {
            case OperatorKind.Dequantize:
                graph.Emit(node);
                return;
            case OperatorKind.Quantize:
                Quantize(graph, node);
                return;
        }

        int[] integers = [.. node.Inputs.Select(graph.BeforeDequantize)];
        if (Moves(node.Kind) && node.Options is not Pool2DOptions { Activation: not Activation.None } && integers[0] >= 0 && graph.Quantization(integers[0]) is { IsPerChannel: false } moved)
        {
            // The operator works on integers; who wants real values dequantizes its result.
            TensorInfo y = graph.Tensor(node.Outputs[0]);
            int result = graph.Add(y with { Type = DataType.Int8, Quantization = moved, Name = $"{y.Name}/int8" });
            graph.Emit(node with { Inputs = [integers[0]], Outputs = [result] });
            graph.Emit(new Node(OperatorKind.Dequantize, $"{node.Name}/dequantize", [result], node.Outputs, NoOptions.Instance));
            return;
        }

        if (node.Kind == OperatorKind.ArgMax && integers[0] >= 0)
            graph.Emit(node with { Inputs = integers });
        else if (!QdqOperators.TryEmit(graph, node, integers))
            graph.Emit(node);
    }

    private static void Quantize(QdqGraph graph, Node node)
    {
        if (graph.IsDone(node))
            return;
        int before = graph.BeforeDequantize(node.Inputs[0]);
        Quantization? from = before < 0 ? null : graph.Quantization(before);
        Quantization to = graph.Quantization(node.Outputs[0])!;
        if (from is null || from.IsPerChannel || graph.Tensor(before).Type != DataType.Int8)
            graph.Emit(node);
        else if (from.Scale == to.Scale && from.ZeroPoint == to.ZeroPoint && !graph.Original.Outputs.Contains(node.Outputs[0]))
            graph.Replace(node.Outputs[0], before);
        else
            graph.Emit(node with { Kind = OperatorKind.Requantize, Inputs = [before] });
    }
}
