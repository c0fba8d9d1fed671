using EdgeRuntime.Model;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Export;

/// <summary>
/// Writes layers as operators, several at a time where the runtime has one operator for them: batch normalization and rectifier become
/// part of the convolution before them, and between binary layers batch normalization, scale factors and sign become integer thresholds.
/// </summary>
internal sealed class LayerExporter(GraphEmitter emitter)
{
    public ExportedValue Export(SequenceLayer sequence, ExportedValue x)
    {
        IReadOnlyList<Layer> layers = [.. Flatten(sequence)];
        for (int i = 0; i < layers.Count;)
            x = Next(layers, ref i, x);
        return x;
    }

    private static IEnumerable<Layer> Flatten(SequenceLayer sequence) =>
        sequence.Inner.SelectMany(l => l is SequenceLayer inner ? Flatten(inner) : [l]).Where(l => l is not DropoutLayer);

    private ExportedValue Next(IReadOnlyList<Layer> layers, ref int i, ExportedValue x)
    {
        Layer layer = layers[i++];
        switch (layer)
        {
            case ConvLayer or LinearLayer:
                return Weighted(layer, layers, ref i, x);
            case BatchNormLayer norm:
                return Normalize(norm, x);
            case ReluLayer:
                return Real(OperatorKind.Relu, x);
            case Relu6Layer:
                return Real(OperatorKind.Relu6, x);
            case HardTanhLayer:
                return Real(OperatorKind.ReluN1To1, x);
            case MaxPoolLayer p:
                return emitter.Pool(x.Type == DataType.Bit ? OperatorKind.BinaryMaxPool2D : OperatorKind.MaxPool2D, x, p.Window, p.Window, p.Stride, p.Padding);
            case AveragePoolLayer p:
                return emitter.Pool(OperatorKind.AveragePool2D, x, p.Window, p.Window, p.Stride, 0);
            case GlobalAveragePoolLayer:
                ExportedValue mean = emitter.Pool(OperatorKind.AveragePool2D, x, x.Shape[1], x.Shape[2], 1, 0);
                return emitter.Reshape(mean, 1, x.Channels);
            case FlattenLayer when x.Type == DataType.Bit || !x.IsMap:
                // A packed map stays one: the next layer takes the whole of it as its window.
                return x;
            case FlattenLayer:
                return emitter.Reshape(Applied(x), 1, (int)x.Shape.ElementCount);
            case ResidualLayer block:
                return Residual(block, x);
            default:
                throw new TrainingException(TrainingError.Export, $"layer {layer.GetName()} has no operator in the runtime");
        }
    }

    /// <summary>Whether a sign follows, perhaps behind a HardTanh that it makes needless; if so, both are passed over.</summary>
    private static bool SignFollows(IReadOnlyList<Layer> layers, ref int i)
    {
        int at = i < layers.Count && layers[i] is HardTanhLayer ? i + 1 : i;
        if (at >= layers.Count || layers[at] is not SignLayer)
            return false;
        i = at + 1;
        return true;
    }

    private ExportedValue Real(OperatorKind kind, ExportedValue x)
    {
        x = Applied(x);
        return emitter.Add(kind, emitter.NextName("activation"), [x.Tensor], x.Type, x.Shape);
    }

    /// <summary>The value with its outstanding offset added.</summary>
    private ExportedValue Applied(ExportedValue x)
    {
        if (x.Offset is null)
            return x;
        string name = emitter.NextName("offset");
        int scale = emitter.Constant(name + ".scale", [.. Enumerable.Repeat(1f, x.Channels)], x.Channels);
        int offset = emitter.Constant(name + ".offset", [.. x.Offset.Select(v => (float)v)], x.Channels);
        return emitter.Add(OperatorKind.BatchNorm, name, [x.Tensor, scale, offset], x.Type, x.Shape);
    }

    private ExportedValue Normalize(BatchNormLayer norm, ExportedValue x)
    {
        var (scale, offset) = norm.Folded();
        string name = emitter.NextName("norm");
        float[] o = [.. offset.Select((v, c) => (float)(v + (x.Offset is null ? 0 : x.Offset[c] * scale[c])))];
        int s = emitter.Constant(name + ".scale", [.. scale.Select(v => (float)v)], x.Channels);
        return emitter.Add(OperatorKind.BatchNorm, name, [x.Tensor, s, emitter.Constant(name + ".offset", o, x.Channels)], x.Type, x.Shape);
    }

    private ExportedValue Residual(ResidualLayer block, ExportedValue x)
    {
        ExportedValue body = Export(block.Body, x);
        ExportedValue shortcut = block.Shortcut is null ? x : Export(block.Shortcut, x);
        body = Applied(body);
        shortcut = Applied(shortcut);
        if (body.Shape != shortcut.Shape)
            throw new TrainingException(TrainingError.Export, $"a residual of {body.Shape} is added to a shortcut of {shortcut.Shape}");
        return emitter.Add(
            OperatorKind.Add, emitter.NextName("add"), [body.Tensor, shortcut.Tensor], body.Type, body.Shape, new ActivationOptions(block.Rectify ? Activation.Relu : Activation.None));
    }

    /// <summary>A convolution or fully connected layer of real activations.</summary>
    private ExportedValue Weighted(Layer layer, IReadOnlyList<Layer> layers, ref int i, ExportedValue x)
    {
        x = Applied(x);
        LayerWeights weights = LayerWeights.Of(layer);
        BatchNormLayer? norm = null;
        // Weights of two values stay that, to be stored in a bit each; the normalization is an operator of its own, or becomes thresholds.
        if (!weights.IsBinary && i < layers.Count && layers[i] is BatchNormLayer b && !IsBeforeSign(layers, i + 1))
        {
            norm = b;
            i++;
        }

        float[] values = weights.Values;
        float[] bias = weights.Bias ?? new float[weights.Outputs];
        if (norm is not null)
        {
            var (scale, offset) = norm.Folded();
            values = [.. values.Select((v, k) => (float)(v * scale[k / weights.PerOutput]))];
            bias = [.. bias.Select((v, c) => (float)(v * scale[c] + offset[c]))];
        }

        Activation activation = Activation.None;
        if ((norm is not null || weights.Bias is not null) && i < layers.Count && ActivationOf(layers[i]) is { } fused && !IsBeforeSign(layers, i))
        {
            activation = fused;
            i++;
        }

        return Emit(layer, weights, values, norm is null && weights.Bias is null ? null : bias, activation, x);
    }

    private static bool IsBeforeSign(IReadOnlyList<Layer> layers, int at) => SignFollows(layers, ref at);

    private static Activation? ActivationOf(Layer layer) => layer switch
    {
        ReluLayer => Activation.Relu,
        Relu6Layer => Activation.Relu6,
        HardTanhLayer => Activation.ReluN1To1,
        _ => null,
    };

    private ExportedValue Emit(Layer layer, LayerWeights weights, float[] values, float[]? bias, Activation activation, ExportedValue x)
    {
        string name = emitter.NextName(layer is ConvLayer ? "conv" : "dense");
        bool shared = weights.IsBinary && weights.HasOneScale;
        if (layer is LinearLayer)
        {
            ExportedValue row = x.IsMap ? emitter.Reshape(x, 1, (int)x.Shape.ElementCount) : x;
            int matrix = shared ? emitter.SharedConstant(name + ".weights", values, weights.Outputs, weights.PerOutput) : emitter.Constant(name + ".weights", values, weights.Outputs, weights.PerOutput);
            int b = bias is null ? -1 : emitter.Constant(name + ".bias", bias, weights.Outputs);
            return emitter.Add(OperatorKind.FullyConnected, name, b < 0 ? [row.Tensor, matrix] : [row.Tensor, matrix, b], x.Type, new Shape(1, weights.Outputs), new ActivationOptions(activation));
        }

        var conv = (ConvLayer)layer;
        bool depthwise = conv.Groups > 1 && conv.Groups == conv.InputChannels;
        float[] ordered = depthwise ? Transpose(values, weights.PerOutput) : values;
        int[] shape = depthwise
            ? [1, conv.Kernel, conv.Kernel, conv.OutputChannels]
            : [conv.OutputChannels, conv.Kernel, conv.Kernel, conv.InputChannels / conv.Groups];
        int w = shared ? emitter.SharedConstant(name + ".weights", ordered, shape) : emitter.Constant(name + ".weights", ordered, shape);
        int offset = bias is null ? -1 : emitter.Constant(name + ".bias", bias, weights.Outputs);
        var options = new Conv2DOptions
        {
            StrideHeight = conv.Stride,
            StrideWidth = conv.Stride,
            Padding = GraphEmitter.Border(conv.Padding),
            Groups = depthwise ? 1 : conv.Groups,
            Activation = activation,
        };
        if (conv.PadValue != 0 && conv.Padding > 0)
            throw new TrainingException(TrainingError.Export, $"a convolution of real activations has a border of {conv.PadValue}; the runtime's is 0");
        return emitter.Add(
            depthwise ? OperatorKind.DepthwiseConv2D : OperatorKind.Conv2D, name, offset < 0 ? [x.Tensor, w] : [x.Tensor, w, offset], x.Type, OutputShape(conv, x), options);
    }

    internal static Shape OutputShape(ConvLayer conv, ExportedValue x)
    {
        if (!x.IsMap || x.Channels != conv.InputChannels)
            throw new TrainingException(TrainingError.Export, $"a convolution of {conv.InputChannels} channels has an input of {x.Shape}");
        return new Shape(
            1, GraphEmitter.Size(x.Shape[1], conv.Kernel, conv.Stride, conv.Padding), GraphEmitter.Size(x.Shape[2], conv.Kernel, conv.Stride, conv.Padding), conv.OutputChannels);
    }

    // [out][window] to [window][out], the layout of depthwise weights.
    private static float[] Transpose(float[] values, int window)
    {
        int outputs = values.Length / window;
        var result = new float[values.Length];
        for (int o = 0; o < outputs; o++)
        {
            for (int k = 0; k < window; k++)
                result[k * outputs + o] = values[o * window + k];
        }

        return result;
    }
}
