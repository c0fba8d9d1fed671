using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>One conversion: the new graph's tensors have the old one's indices.</summary>
/// <param name="graph">The float graph, fused.</param>
/// <param name="calibration">What its activations look like.</param>
/// <param name="parameters">Quantization of each activation.</param>
/// <param name="biasCorrection">Whether biases make up for what rounding the weights takes away.</param>
/// <param name="cached">Gives a layer as it was quantized before with this precision, or makes it.</param>
/// <param name="precision">Precision of each layer.</param>
internal sealed class QuantizedConversion(Graph graph, Calibration calibration, Quantization?[] parameters, bool biasCorrection, Func<Node, Func<QuantizedLayer>, QuantizedLayer> cached, Func<Node, WeightPrecision> precision)
{
    private readonly TensorInfo[] tensors = [.. graph.Tensors];
    private readonly List<Node> nodes = [];
    private readonly List<TensorInfo> added = [];

    public Graph Run()
    {
        for (int t = 0; t < tensors.Length; t++)
        {
            if (parameters[t] is { } q)
                tensors[t] = tensors[t] with { Type = DataType.Int8, Quantization = q };
        }

        foreach (Node node in graph.Nodes)
        {
            if (WeightLayout.Of(graph, node) is { } layout)
                nodes.Add(Layer(node, layout));
            else
                nodes.Add(Elementwise(node));
        }

        var builder = new GraphBuilder();
        foreach (TensorInfo tensor in tensors.Concat(added))
            builder.AddTensor(tensor);
        foreach (Node node in nodes)
            builder.AddNode(node);
        foreach (int t in graph.Inputs)
            builder.AddInput(t);
        foreach (int t in graph.Outputs)
            builder.AddOutput(t);
        return builder.Build().WithoutUnusedTensors();
    }

    private Node Layer(Node node, WeightLayout layout)
    {
        float[] weights = GraphConstants.Floats(graph.Tensors[node.Inputs[1]]);
        bool hasBias = node.Inputs.Count > 2 && node.Inputs[2] >= 0;
        float[] bias = hasBias ? GraphConstants.Floats(graph.Tensors[node.Inputs[2]]) : new float[layout.Outputs];
        float inputScale = parameters[node.Inputs[0]]!.Scale;
        QuantizedLayer q = cached(node, () => WeightQuantization.Quantize(weights, layout, bias, inputScale, precision(node)));
        int[] quantizedBias = q.Bias;
        if (biasCorrection)
        {
            Correct(bias, weights, q.Dequantized, layout, calibration.ChannelMeans(node.Inputs[0]));
            quantizedBias = WeightQuantization.Bias(bias, inputScale, q.Scales.Scales);
        }

        string name = graph.Tensors[node.Inputs[1]].Name;
        int w = Add(new TensorInfo(name, DataType.Int8, layout.Shape, q.Scales, GraphConstants.Bytes<sbyte>(q.Weights))
        {
            Encoding = q.Encoding,
        });
        int b = Add(new TensorInfo(hasBias ? graph.Tensors[node.Inputs[2]].Name : name + ".bias", DataType.Int32, new Shape(layout.Outputs), null, GraphConstants.Bytes<int>(quantizedBias)));
        return node with { Inputs = [node.Inputs[0], w, b] };
    }

    /// <summary>Adds to the bias the mean of what the weights' rounding takes away: sum over the inputs of (w - w_q) * mean input.</summary>
    private static void Correct(float[] bias, float[] weights, float[] quantized, WeightLayout layout, double[] means)
    {
        double[] correction = new double[bias.Length];
        int groupInputs = layout.Kind == OperatorKind.DepthwiseConv2D ? means.Length : layout.Shape[^1];
        int outputsPerGroup = layout.Kind == OperatorKind.Conv2D ? layout.Outputs / Math.Max(1, means.Length / groupInputs) : layout.Outputs;
        for (int i = 0; i < weights.Length; i++)
        {
            int group = layout.Kind == OperatorKind.Conv2D ? layout.Output(i) / outputsPerGroup : 0;
            int channel = ((group * groupInputs) + layout.Input(i)) % means.Length;
            correction[layout.Output(i)] += ((double)weights[i] - quantized[i]) * means[channel];
        }

        for (int c = 0; c < bias.Length; c++)
            bias[c] += (float)correction[c];
    }

    private Node Elementwise(Node node)
    {
        int[] inputs = [.. node.Inputs];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] >= 0 && graph.Tensors[inputs[i]] is { IsConstant: true, Type: DataType.Float32 } constant)
                inputs[i] = Add(Constant(constant));
        }

        return node with { Inputs = inputs };
    }

    private static TensorInfo Constant(TensorInfo constant)
    {
        float[] values = GraphConstants.Floats(constant);
        Quantization q = ActivationParameters.OfRange(MathF.Min(0, values.Min()), MathF.Max(0, values.Max()));
        sbyte[] bytes = [.. values.Select(v => (sbyte)Math.Clamp(Math.Round((double)v / q.Scale) + q.ZeroPoint, -128, 127))];
        return new TensorInfo(constant.Name, DataType.Int8, constant.Shape, q, GraphConstants.Bytes<sbyte>(bytes));
    }

    private int Add(TensorInfo tensor)
    {
        added.Add(tensor);
        return tensors.Length + added.Count - 1;
    }
}
