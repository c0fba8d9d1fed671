using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>
/// Turns a trained float network into an int8 one of TensorFlow Lite's int8 specification, from a few hundred inputs and without retraining: per-channel symmetric
/// weights, asymmetric activations, int32 biases.
/// </summary>
public static class PostTrainingQuantization
{
    /// <summary>Quantizes a float network.</summary>
    /// <param name="model">A float32 network with one input.</param>
    /// <param name="inputs">Calibration inputs, preprocessed like the network's input; elements in the input's order.</param>
    /// <param name="options">Choices.</param>
    /// <returns>An int8 network with int8 inputs and outputs; its metadata are the float network's.</returns>
    /// <exception cref="CompressionException">An operator has no int8 form, a weight is not finite, or the calibration set is empty.</exception>
    public static EdgeModel Quantize(EdgeModel model, IEnumerable<float[]> inputs, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        if (options.WeightBits is not (4 or 8))
            throw new CompressionException($"weights of {options.WeightBits} bits were asked for; 4 and 8 are possible");
        Graph graph;
        using (PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true }))
            graph = prepared.Graph;
        CheckOperators(graph);
        if (options.Equalize)
            graph = CrossLayerEqualization.Apply(graph).Graph;

        Calibration calibration = Calibration.Run(graph, inputs);
        Quantization?[] parameters = ActivationParameters.Choose(graph, calibration, options.Calibration, InputRange(model.Metadata.Preprocessing));
        return new EdgeModel(new Conversion(graph, calibration, parameters, options).Run(), model.Metadata);
    }

    /// <summary>The range that a picture's pixels can have after normalisation: known, so it need not be estimated.</summary>
    internal static (float Low, float High)? InputRange(ImagePreprocessing? preprocessing)
    {
        if (preprocessing is null)
            return null;
        float low = 0, high = 0;
        for (int c = 0; c < preprocessing.Mean.Count; c++)
        {
            low = MathF.Min(low, -preprocessing.Mean[c] / preprocessing.Deviation[c]);
            high = MathF.Max(high, (1 - preprocessing.Mean[c]) / preprocessing.Deviation[c]);
        }

        return (low, high);
    }

    private static void CheckOperators(Graph graph)
    {
        string[] impossible = [.. graph.Nodes
            .Where(n => n.Kind is OperatorKind.BatchNorm or OperatorKind.PRelu or OperatorKind.Quantize or OperatorKind.Dequantize or OperatorKind.Requantize
                || n.Kind >= OperatorKind.Binarize && n.Kind != OperatorKind.ChannelShuffle)
            .Select(n => $"'{n.Name}' ({n.Kind})")];
        if (impossible.Length > 0)
            throw new CompressionException($"{impossible.Length} operators have no int8 form from float: {string.Join(", ", impossible)}");
    }

    /// <summary>One conversion: the new graph's tensors have the old one's indices.</summary>
    private sealed class Conversion(Graph graph, Calibration calibration, Quantization?[] parameters, QuantizationOptions options)
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
            QuantizedLayer q = WeightQuantization.Quantize(weights, layout, bias, inputScale, options.WeightBits);
            int[] quantizedBias = q.Bias;
            if (options.BiasCorrection)
            {
                Correct(bias, weights, q.Dequantized, layout, calibration.ChannelMeans(node.Inputs[0]));
                quantizedBias = WeightQuantization.Bias(bias, inputScale, q.Scales.Scales);
            }

            string name = graph.Tensors[node.Inputs[1]].Name;
            int w = Add(new TensorInfo(name, DataType.Int8, layout.Shape, q.Scales, GraphConstants.Bytes<sbyte>(q.Weights))
            {
                Encoding = options.WeightBits == 4 ? TensorEncoding.Packed4 : TensorEncoding.Raw,
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
}
