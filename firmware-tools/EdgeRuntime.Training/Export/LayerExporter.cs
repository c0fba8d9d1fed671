using EdgeRuntime.Model;
using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Export;

/// <summary>
/// Writes layers as operators, several at a time where the runtime has one operator for them: batch normalization and rectifier become
/// part of the convolution before them, and between binary layers batch normalization, scale factors and sign become integer thresholds.
/// </summary>
internal sealed class LayerExporter(GraphEmitter emitter)
{
    /// <summary>A scale must be positive; this one makes no difference to any sum.</summary>
    private const double LeastScale = 1e-30;

    private readonly PackedLayers packed = new(emitter);
    private readonly Dictionary<int, (float Low, float High)> ranges = [];

    /// <summary>Ranges that activations were trained with, by tensor.</summary>
    public IReadOnlyDictionary<int, (float Low, float High)> Ranges => ranges;

    public ExportedValue Export(SequenceLayer sequence, ExportedValue x) => Export([.. Flatten(sequence)], x);

    private ExportedValue Export(IReadOnlyList<Layer> layers, ExportedValue x)
    {
        for (int i = 0; i < layers.Count;)
        {
            x = Next(layers, ref i, x);
            if (layers[i - 1].OutputMapping is FakeQuantizedActivations rounded)
                ranges[x.Tensor] = rounded.Range;
        }

        return x;
    }

    private static IEnumerable<Layer> Flatten(SequenceLayer sequence) =>
        sequence.Inner.SelectMany(l => l is SequenceLayer inner ? Flatten(inner) : [l]).Where(l => l is not DropoutLayer);

    private ExportedValue Next(IReadOnlyList<Layer> layers, ref int i, ExportedValue x)
    {
        Layer layer = layers[i++];
        switch (layer)
        {
            case ConvLayer or LinearLayer when x.Type == DataType.Bit && LayerWeights.Of(layer).IsBinary:
                return packed.Weighted(layer, layers, ref i, x);
            case ConvLayer or LinearLayer:
                return Weighted(layer, layers, ref i, packed.Real(x));
            case BatchNormLayer norm when x.Type != DataType.Bit && Following.TakeSign(layers, ref i):
                var (factor, added) = norm.Folded();
                return packed.Binarize(x, factor, [.. added.Select((v, c) => v + (x.Offset is null ? 0 : x.Offset[c] * factor[c]))]);
            case SignLayer when x.Type == DataType.Bit:
                return x;
            case SignLayer:
                return packed.Binarize(x, [.. Enumerable.Repeat(1.0, x.Channels)], x.Offset ?? new double[x.Channels]);
            case ScaledSignConvLayer scaled:
                return packed.Scaled(scaled.Conv, Applied(packed.Real(x)));
            case BinaryResidualLayer { HasSigns: true } block when LayerWeights.Of(block.Conv).IsBinary:
                return packed.Residual(block, packed.Real(x));
            case BinaryResidualLayer block:
                return RealResidual(block, x);
            case BatchNormLayer norm:
                return Normalize(norm, packed.Real(x));
            case HardTanhLayer when Following.IsSign(layers, i):
                return x;
            case ReluLayer:
                return Real(OperatorKind.Relu, x);
            case Relu6Layer:
                return Real(OperatorKind.Relu6, x);
            case HardTanhLayer:
                return Real(OperatorKind.ReluN1To1, x);
            case MaxPoolLayer p:
                return emitter.Pool(x.Type == DataType.Bit ? OperatorKind.BinaryMaxPool2D : OperatorKind.MaxPool2D, x, p.Window, p.Window, p.Stride, p.Padding);
            case AveragePoolLayer p:
                return emitter.Pool(OperatorKind.AveragePool2D, packed.Real(x), p.Window, p.Window, p.Stride, 0);
            case GlobalAveragePoolLayer:
                x = packed.Real(x);
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

    private ExportedValue Real(OperatorKind kind, ExportedValue x)
    {
        x = Applied(packed.Real(x));
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
        body = Applied(packed.Real(body));
        shortcut = Applied(packed.Real(shortcut));
        if (body.Shape != shortcut.Shape)
            throw new TrainingException(TrainingError.Export, $"a residual of {body.Shape} is added to a shortcut of {shortcut.Shape}");
        return emitter.Add(
            OperatorKind.Add, emitter.NextName("add"), [body.Tensor, shortcut.Tensor], body.Type, body.Shape, new ActivationOptions(block.Rectify ? Activation.Relu : Activation.None));
    }

    /// <summary>A convolution or fully connected layer of real activations.</summary>
    private ExportedValue Weighted(Layer layer, IReadOnlyList<Layer> layers, ref int i, ExportedValue x)
    {
        LayerWeights weights = LayerWeights.Of(layer);
        // The runtime pads with 0: around x less the border's value, whose share of every sum is added to the bias.
        float border = layer is ConvLayer { Padding: > 0 } padded ? padded.PadValue : 0;
        if (border != 0)
            x = x with { Offset = [.. (x.Offset ?? new double[x.Channels]).Select(v => v - border)] };
        // A fully connected layer takes an outstanding offset into its bias.
        double[]? pending = layer is LinearLayer && !x.IsMap ? x.Offset : null;
        x = pending is null ? Applied(x) : x with { Offset = null };
        bool signFollows = i < layers.Count && layers[i] is BatchNormLayer && Following.IsSign(layers, i + 1);
        BatchNormLayer? norm = i < layers.Count && !signFollows ? layers[i] as BatchNormLayer : null;
        if (norm is not null)
            i++;
        double[] factor = [.. Enumerable.Repeat(1.0, weights.Outputs)], offset = new double[weights.Outputs];
        if (norm is not null)
            (factor, offset) = norm.Folded();
        if (border != 0)
            offset = [.. offset.Select((v, c) => v + border * factor[c] * weights.Sum(c))];
        if (pending is not null)
            offset = [.. offset.Select((v, c) => v + factor[c] * weights.Sum(c, pending))];
        bool hasBias = norm is not null || weights.Bias is not null || border != 0 || pending is not null;
        float[]? bias = hasBias ? [.. offset.Select((v, c) => (float)(v + (weights.Bias is null ? 0 : weights.Bias[c] * factor[c])))] : null;
        return Emit(layer, weights, factor, bias, hasBias ? Following.TakeActivation(layers, ref i) : Activation.None, x);
    }

    /// <summary>The block with real weights, whose activations are signs or, in the network that is not binarized, rectified.</summary>
    private ExportedValue RealResidual(BinaryResidualLayer block, ExportedValue x)
    {
        double[] pending = x.Offset ?? new double[x.Channels];
        ExportedValue shortcut = Applied(x);
        ExportedValue shifted = Applied(x with { Offset = [.. PackedLayers.Values(block.Shift).Select((v, c) => v + pending[c])] });
        ExportedValue body = Export([block.HasSigns ? new SignLayer() : new ReluLayer(), block.Conv, block.Norm], shifted);
        if (block.Stride == 2)
            shortcut = emitter.Pool(OperatorKind.AveragePool2D, shortcut, 2, 2, 2, 0);
        if (block.Conv.OutputChannels != block.Conv.InputChannels)
            shortcut = emitter.Add(OperatorKind.Concat, emitter.NextName("double"), [shortcut.Tensor, shortcut.Tensor], x.Type, body.Shape, new AxisOptions(3));
        ExportedValue sum = emitter.Add(OperatorKind.Add, emitter.NextName("add"), [body.Tensor, shortcut.Tensor], body.Type, body.Shape, new ActivationOptions(Activation.None));
        sum = Applied(sum with { Offset = [.. PackedLayers.Values(block.Before).Select(v => -v)] });
        string name = emitter.NextName("slope");
        int slopes = emitter.Constant(name + ".slopes", [.. PackedLayers.Values(block.Slope).Select(v => (float)v)], sum.Channels);
        return emitter.Add(OperatorKind.PRelu, name, [sum.Tensor, slopes], sum.Type, sum.Shape) with { Offset = PackedLayers.Values(block.After) };
    }

    private ExportedValue Emit(Layer layer, LayerWeights weights, double[] factor, float[]? bias, Activation activation, ExportedValue x)
    {
        string name = emitter.NextName(layer is ConvLayer ? "conv" : "dense");
        if (layer is LinearLayer)
        {
            ExportedValue row = x.IsMap ? emitter.Reshape(x, 1, (int)x.Shape.ElementCount) : x;
            int matrix = Constant(name + ".weights", weights, factor, depthwise: false, weights.Outputs, weights.PerOutput);
            int b = bias is null ? -1 : emitter.Constant(name + ".bias", bias, weights.Outputs);
            return emitter.Add(OperatorKind.FullyConnected, name, b < 0 ? [row.Tensor, matrix] : [row.Tensor, matrix, b], x.Type, new Shape(1, weights.Outputs), new ActivationOptions(activation));
        }

        var conv = (ConvLayer)layer;
        bool depthwise = conv.Groups > 1 && conv.Groups == conv.InputChannels;
        int[] shape = depthwise
            ? [1, conv.Kernel, conv.Kernel, conv.OutputChannels]
            : [conv.OutputChannels, conv.Kernel, conv.Kernel, conv.InputChannels / conv.Groups];
        int w = Constant(name + ".weights", weights, factor, depthwise, shape);
        int offset = bias is null ? -1 : emitter.Constant(name + ".bias", bias, weights.Outputs);
        var options = new Conv2DOptions
        {
            StrideHeight = conv.Stride,
            StrideWidth = conv.Stride,
            Padding = GraphEmitter.Border(conv.Padding),
            Groups = depthwise ? 1 : conv.Groups,
            Activation = activation,
        };
        return emitter.Add(
            depthwise ? OperatorKind.DepthwiseConv2D : OperatorKind.Conv2D, name, offset < 0 ? [x.Tensor, w] : [x.Tensor, w, offset], x.Type, OutputShape(conv, x), options);
    }

    // Weights of two values are a bit each with a scale per output; a negative factor turns the bits round.
    private int Constant(string name, LayerWeights weights, double[] factor, bool depthwise, params int[] shape)
    {
        if (weights.IsBinary && !depthwise)
        {
            bool[] negative = [.. weights.Negative.Select((n, k) => n ^ (factor[k / weights.PerOutput] < 0))];
            float[] scales = [.. weights.Scales.Select((s, c) => (float)Math.Max(s * Math.Abs(factor[c]), LeastScale))];
            return emitter.ScaledBits(name, negative, scales, shape);
        }

        float[] values = [.. weights.Values.Select((v, k) => (float)(v * factor[k / weights.PerOutput]))];
        return emitter.Constant(name, depthwise ? Transpose(values, weights.PerOutput) : values, shape);
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
