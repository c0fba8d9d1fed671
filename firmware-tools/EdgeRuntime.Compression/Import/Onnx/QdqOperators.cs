using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>The integer form of single operators in QDQ form.</summary>
internal static class QdqOperators
{
    /// <summary>Emits the integer form of an operator.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="node">A float operator.</param>
    /// <param name="integers">For each input the integer tensor that it was dequantized from, or -1.</param>
    /// <returns>False if the operator must stay float.</returns>
    public static bool TryEmit(QdqGraph graph, Node node, int[] integers)
    {
        bool weighted = node.Kind is OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected;
        if (node.Outputs.Count != 1 || !(weighted || IsElementwise(node.Kind) || KeepsScale(node.Kind) || node.Kind == OperatorKind.Concat))
            return false;
        IEnumerable<int> activations = weighted ? [integers[0]] : integers;
        if (activations.Any(t => t < 0 || graph.Tensor(t).Type != DataType.Int8 || graph.Quantization(t) is not { IsPerChannel: false }))
            return false;
        if (weighted && !HasInt8Weights(graph, node, integers))
            return false;
        int y = graph.TakeQuantized(node.Outputs[0]);
        if (y < 0)
            return false;
        Quantization q = graph.Quantization(y)!;
        if (weighted)
            EmitWeighted(graph, node, integers, y);
        else if (node.Kind == OperatorKind.Concat)
            graph.Emit(node with { Inputs = [.. integers.Select(t => Requantized(graph, node, t, q))], Outputs = [y] });
        else if (OutputScale(graph, node, integers) is { } own && (own.Scale != q.Scale || own.ZeroPoint != q.ZeroPoint))
            EmitBetween(graph, node, integers, y, own);
        else
            graph.Emit(node with { Inputs = integers, Outputs = [y] });
        return true;
    }

    private static bool IsElementwise(OperatorKind kind) => kind is OperatorKind.Add or OperatorKind.Sub or OperatorKind.Mul or OperatorKind.Mean or OperatorKind.Relu
        or OperatorKind.Relu6 or OperatorKind.ReluN1To1 or OperatorKind.HardSwish or OperatorKind.PRelu or OperatorKind.Softmax or OperatorKind.Logistic or OperatorKind.Tanh;

    private static bool KeepsScale(OperatorKind kind) => kind is OperatorKind.AveragePool2D or OperatorKind.MaxPool2D or OperatorKind.ResizeBilinear;

    /// <summary>The only quantization that the operator's result can have; null if it can have any.</summary>
    private static Quantization? OutputScale(QdqGraph graph, Node node, int[] integers) => node.Kind switch
    {
        OperatorKind.Softmax or OperatorKind.Logistic => new Quantization(1f / 256, -128),
        OperatorKind.Tanh => new Quantization(1f / 128, 0),
        _ when KeepsScale(node.Kind) => graph.Quantization(integers[0]),
        _ => null,
    };

    /// <summary>The operator with its own quantization, and a Requantize after it.</summary>
    private static void EmitBetween(QdqGraph graph, Node node, int[] integers, int y, Quantization own)
    {
        int between = graph.Add(graph.Tensor(y) with { Name = $"{graph.Tensor(y).Name}/own scale", Quantization = own });
        graph.Emit(node with { Inputs = integers, Outputs = [between] });
        graph.Emit(new Node(OperatorKind.Requantize, $"{node.Name}/requantize", [between], [y], NoOptions.Instance));
    }

    private static int Requantized(QdqGraph graph, Node node, int tensor, Quantization to)
    {
        Quantization from = graph.Quantization(tensor)!;
        if (from.Scale == to.Scale && from.ZeroPoint == to.ZeroPoint)
            return tensor;
        int result = graph.Add(graph.Tensor(tensor) with { Name = $"{graph.Tensor(tensor).Name}/requantized", Quantization = to, Data = null });
        graph.Emit(new Node(OperatorKind.Requantize, $"{node.Name}/requantize", [tensor], [result], NoOptions.Instance));
        return result;
    }

    private static void EmitWeighted(QdqGraph graph, Node node, int[] integers, int y)
    {
        int weights = integers[1];
        if (graph.Quantization(weights)!.ZeroPoints.ContainsAnyExcept(0))
        {
            (weights, double change) = SymmetricWeights.Add(graph, weights, OutputAxis(node));
            if (change > 0)
                graph.Rounded.Add((node.Name, change));
        }

        graph.Emit(node with { Inputs = [integers[0], weights, Bias(graph, node, [integers[0], weights, .. integers[2..]])], Outputs = [y] });
    }

    private static int OutputAxis(Node node) => node.Kind == OperatorKind.DepthwiseConv2D ? 3 : 0;

    /// <summary>Weights must be int8 constants with scales for the whole tensor or along the output channels.</summary>
    private static bool HasInt8Weights(QdqGraph graph, Node node, int[] integers)
    {
        if (integers[1] < 0 || graph.Tensor(integers[1]) is not { Type: DataType.Int8, IsConstant: true, Quantization: { } w })
            return false;
        bool biasIsConstant = node.Inputs.Count < 3 || (integers[2] >= 0 ? graph.Tensor(integers[2]).IsConstant : graph.Tensor(node.Inputs[2]).IsConstant);
        return (!w.IsPerChannel || w.Axis == OutputAxis(node)) && biasIsConstant;
    }

    /// <summary>The bias as int32 of scale input * weights; -1 where there is none.</summary>
    private static int Bias(QdqGraph graph, Node node, int[] integers)
    {
        if (node.Inputs.Count < 3)
            return -1;
        Quantization x = graph.Quantization(integers[0])!;
        Quantization w = graph.Quantization(integers[1])!;
        TensorInfo bias = graph.Tensor(integers[2] >= 0 ? integers[2] : node.Inputs[2]);
        int count = (int)bias.Shape.ElementCount;
        double[] scales = [.. Enumerable.Range(0, count).Select(c => (double)x.Scale * w.Scales[w.Scales.Length == 1 ? 0 : c])];
        if (bias is { Type: DataType.Int32, Quantization: { } own } && !own.ZeroPoints.ContainsAnyExcept(0)
            && Enumerable.Range(0, count).All(c => Math.Abs((own.Scales[own.Scales.Length == 1 ? 0 : c] / scales[c]) - 1) < 1e-4))
            return graph.Add(bias with { Quantization = null });

        float[] real = MemoryMarshal.Cast<byte, float>((bias.Type == DataType.Float32 ? bias : GraphConstants.Dequantized(bias)).Data!.Value.Span).ToArray();
        int[] q = [.. real.Select((v, c) => (int)Math.Clamp(Math.Round(v / scales[c]), -(1 << 30), 1 << 30))];
        return graph.Add(new TensorInfo(bias.Name, DataType.Int32, bias.Shape, null, GraphConstants.Bytes<int>(q)));
    }
}
