using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>A layer whose weights can be rounded to fewer bits.</summary>
/// <param name="Name">Name of its operator.</param>
/// <param name="Weights">Number of weights.</param>
public sealed record QuantizableLayer(string Name, int Weights);

/// <summary>A float network that was watched on calibration inputs once and can be quantized in many ways: other bits for each layer cost no further inference.</summary>
public sealed class PostTrainingQuantizer
{
    private readonly EdgeModel model;
    private readonly Graph graph;
    private readonly Calibration calibration;
    private readonly Quantization?[] parameters;
    private readonly QuantizationOptions options;
    private readonly Dictionary<(int Output, WeightPrecision Precision), QuantizedLayer> layers = [];

    /// <summary>Fuses the network, evens out its weights if asked, and watches its activations.</summary>
    /// <param name="model">A float32 network with one input.</param>
    /// <param name="inputs">Calibration inputs, preprocessed like the network's input; elements in the input's order.</param>
    /// <param name="options">Choices.</param>
    /// <exception cref="CompressionException">An operator has no int8 form, a weight is not finite, or the calibration set is empty.</exception>
    public PostTrainingQuantizer(EdgeModel model, IEnumerable<float[]> inputs, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        this.model = model;
        this.options = options;
        _ = WeightPrecision.Of(options.WeightBits);
        Graph fused;
        using (PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true }))
            fused = NormAsConvolution.Apply(prepared.Graph);
        if (model.Graph.Inputs.Count != 1 || model.Graph.Tensors[model.Graph.Inputs[0]] is not { Type: DataType.Float32 })
            throw new CompressionException($"the network's inputs are {string.Join(", ", model.Graph.Inputs.Select(t => model.Graph.Tensors[t].Type))}; quantization starts from a network with one Float32 input");
        CheckOperators(fused);
        CheckWeights(fused);
        graph = options.Equalize ? CrossLayerEqualization.Apply(fused).Graph : fused;
        calibration = Calibration.Run(graph, inputs);
        parameters = ActivationParameters.Choose(graph, calibration, options, PostTrainingQuantization.InputRange(model.Metadata.Preprocessing));
        Layers = [.. graph.Nodes.Where(n => WeightLayout.Of(graph, n) is not null).Select(n => new QuantizableLayer(n.Name, (int)graph.Tensors[n.Inputs[1]].Shape.ElementCount))];
    }

    /// <summary>The layers with weights, in the network's order.</summary>
    public IReadOnlyList<QuantizableLayer> Layers { get; }

    /// <summary>The int8 network with the same precision for all layers, that of the options.</summary>
    public EdgeModel Quantize() => Quantize([.. Layers.Select(_ => WeightPrecision.Of(options.WeightBits))]);

    /// <summary>The int8 network with a precision for each of <see cref="Layers"/>; activations have 8 bits.</summary>
    /// <exception cref="ArgumentException">There are not as many precisions as layers.</exception>
    public EdgeModel Quantize(IReadOnlyList<WeightPrecision> precisions)
    {
        ArgumentNullException.ThrowIfNull(precisions);
        if (precisions.Count != Layers.Count)
            throw new ArgumentException($"{precisions.Count} precisions for {Layers.Count} layers", nameof(precisions));
        var byNode = new Dictionary<Node, WeightPrecision>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes.Where(n => WeightLayout.Of(graph, n) is not null))
            byNode[node] = precisions[byNode.Count];
        return new EdgeModel(new QuantizedConversion(graph, calibration, parameters, options.BiasCorrection, Cached, n => byNode[n]).Run(), model.Metadata);

        QuantizedLayer Cached(Node node, Func<QuantizedLayer> make)
        {
            var key = (node.Outputs[0], byNode[node]);
            if (!layers.TryGetValue(key, out QuantizedLayer? layer))
                layers[key] = layer = make();
            return layer;
        }
    }

    /// <summary>Refuses weights that are not finite before anything is computed with them.</summary>
    private static void CheckWeights(Graph graph)
    {
        foreach (TensorInfo constant in graph.Tensors.Where(t => t.IsConstant && t.Type == DataType.Float32))
            GraphConstants.Floats(constant);
    }

    private static void CheckOperators(Graph graph)
    {
        string[] impossible = [.. graph.Nodes
            .Where(n => n.Kind is OperatorKind.BatchNorm or OperatorKind.Quantize or OperatorKind.Dequantize or OperatorKind.Requantize
                || n.Kind >= OperatorKind.Binarize && n.Kind != OperatorKind.ChannelShuffle)
            .Select(n => $"'{n.Name}' ({n.Kind})")];
        if (impossible.Length > 0)
            throw new CompressionException($"{impossible.Length} operators have no int8 form from float: {string.Join(", ", impossible)}");
    }
}
