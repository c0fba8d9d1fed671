using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>
/// Chooses scale and zero point of every activation of a float graph that becomes int8. Operators that only move or compare elements
/// keep their input's parameters; Softmax, Logistic and Tanh have the fixed ones of TensorFlow Lite's int8 specification.
/// </summary>
internal sealed class ActivationParameters
{
    private readonly Graph graph;
    private readonly int[] group;

    private ActivationParameters(Graph graph)
    {
        this.graph = graph;
        group = [.. Enumerable.Range(0, graph.Tensors.Count)];
    }

    /// <summary>Parameters of each float32 activation; null for constants and other types.</summary>
    public static Quantization?[] Choose(Graph graph, Calibration calibration, QuantizationOptions options, (float Low, float High)? inputRange)
    {
        var chooser = new ActivationParameters(graph);
        foreach (Node node in graph.Nodes)
        {
            if (!KeepsParameters(node.Kind))
                continue;
            foreach (int t in node.Inputs.Where(t => t >= 0 && !graph.Tensors[t].IsConstant).Concat(node.Outputs.Skip(1)))
                chooser.Join(t, node.Outputs[0]);
        }

        return chooser.Parameters(calibration, options, inputRange);
    }

    /// <summary>Asymmetric int8 parameters of a range that contains 0: 255 steps, 0 exactly representable.</summary>
    public static Quantization OfRange(float low, float high)
    {
        float scale = Math.Max((float)(((double)high - low) / 255), 1e-9f);
        int zeroPoint = (int)Math.Clamp(Math.Round(-128 - ((double)low / scale)), -128, 127);
        return new Quantization(scale, zeroPoint);
    }

    private static bool KeepsParameters(OperatorKind kind) => kind is OperatorKind.MaxPool2D or OperatorKind.AveragePool2D or OperatorKind.Reshape
        or OperatorKind.Transpose or OperatorKind.Pad or OperatorKind.Concat or OperatorKind.Split or OperatorKind.Slice
        or OperatorKind.StridedSlice or OperatorKind.ResizeNearest or OperatorKind.ResizeBilinear or OperatorKind.ChannelShuffle;

    private Quantization?[] Parameters(Calibration calibration, QuantizationOptions options, (float Low, float High)? inputRange)
    {
        var ranges = new Dictionary<int, (float Low, float High)>();
        var parameters = new Quantization?[graph.Tensors.Count];
        for (int t = 0; t < parameters.Length; t++)
        {
            if (graph.Tensors[t].IsConstant || graph.Tensors[t].Type != DataType.Float32)
                continue;
            (float low, float high) = inputRange is { } given && graph.Inputs[0] == t
                ? given
                : RangeEstimation.Estimate(calibration.Histogram(t), options.Calibration);
            ranges[Root(t)] = ranges.TryGetValue(Root(t), out var r) ? (Math.Min(low, r.Low), Math.Max(high, r.High)) : (low, high);
        }

        // A range that the network was trained with holds for all tensors of its group.
        for (int t = 0; t < parameters.Length; t++)
        {
            if (!graph.Tensors[t].IsConstant && options.Ranges.TryGetValue(graph.Tensors[t].Name, out (float Low, float High) trained))
                ranges[Root(t)] = (MathF.Min(0, trained.Low), MathF.Max(0, trained.High));
        }

        for (int t = 0; t < parameters.Length; t++)
        {
            if (ranges.TryGetValue(Root(t), out var range) && !graph.Tensors[t].IsConstant)
                parameters[t] = OfRange(range.Low, range.High);
        }

        foreach (Node node in graph.Nodes)
        {
            int t = node.Outputs[0];
            parameters[t] = node.Kind switch
            {
                OperatorKind.Softmax or OperatorKind.Logistic => new Quantization(1f / 256, -128),
                OperatorKind.Tanh => new Quantization(1f / 128, 0),
                _ => parameters[t],
            };
        }

        return parameters;
    }

    private int Root(int tensor)
    {
        while (group[tensor] != tensor)
            tensor = group[tensor];
        return tensor;
    }

    private void Join(int a, int b) => group[Root(a)] = Root(b);
}
