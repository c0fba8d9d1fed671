using EdgeRuntime.Model;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Export;

/// <summary>Writes layers of packed signs: what follows a layer (normalization, sign, rectifier, pooling) becomes part of its output transform.</summary>
internal sealed class PackedLayers(GraphEmitter emitter)
{
    /// <summary>A convolution or fully connected layer of packed activations with binary weights, with what follows it.</summary>
    public ExportedValue Weighted(Layer layer, IReadOnlyList<Layer> layers, ref int i, ExportedValue x)
    {
        LayerWeights weights = LayerWeights.Of(layer);
        double[] scales = weights.Scales;
        double[] bias = weights.Bias is null ? new double[weights.Outputs] : Array.ConvertAll(weights.Bias, v => (double)v);
        // Maximum, increasing normalization, sign: the maximum can be taken of signs.
        MaxPoolLayer? pooling = i + 1 < layers.Count && layers[i] is MaxPoolLayer p && layers[i + 1] is BatchNormLayer { HasPositiveScale: true } && Following.IsSign(layers, i + 2) ? p : null;
        int at = pooling is null ? i : i + 1;
        if (at < layers.Count && layers[at] is BatchNormLayer norm)
        {
            var (factor, offset) = norm.Folded();
            scales = [.. scales.Select((s, c) => s * factor[c])];
            bias = [.. bias.Select((b, c) => b * factor[c] + offset[c])];
            i = at + 1;
        }

        if (Following.TakeSign(layers, ref i))
        {
            ExportedValue signs = Emit(layer, weights, x, DataType.Bit, Thresholds(scales, bias), Activation.None);
            return pooling is null ? signs : emitter.Pool(OperatorKind.BinaryMaxPool2D, signs, pooling.Window, pooling.Window, pooling.Stride, pooling.Padding);
        }

        Activation activation = Following.TakeActivation(layers, ref i);
        return Emit(layer, weights, x, DataType.Float32, name => [Floats(name + ".scales", scales), Floats(name + ".bias", bias)], activation);
    }

    /// <summary>A residual block: signs of x, binary convolution, then scale, bias, shortcut and slope in its output transform.</summary>
    public ExportedValue Residual(BinaryResidualLayer block, ExportedValue x)
    {
        double[] pending = x.Offset ?? new double[x.Channels];
        double[] shift = Values(block.Shift), before = Values(block.Before);
        string sign = emitter.NextName("sign");
        int limits = emitter.Constant(sign + ".thresholds", [.. shift.Select((s, c) => (float)-(s + pending[c]))], x.Channels);
        ExportedValue signs = emitter.Add(OperatorKind.Binarize, sign, [x.Tensor, limits], DataType.Bit, x.Shape);

        ExportedValue shortcut = block.Stride == 2 ? emitter.Pool(OperatorKind.AveragePool2D, x, 2, 2, 2, 0) : x;
        if (block.Conv.OutputChannels != block.Conv.InputChannels)
        {
            var shape = new Shape(1, shortcut.Shape[1], shortcut.Shape[2], 2 * x.Channels);
            shortcut = emitter.Add(OperatorKind.Concat, emitter.NextName("double"), [shortcut.Tensor, shortcut.Tensor], x.Type, shape, new AxisOptions(3));
            pending = [.. pending, .. pending];
        }

        LayerWeights weights = LayerWeights.Of(block.Conv);
        var (factor, offset) = block.Norm.Folded();
        double[] scales = [.. weights.Scales.Select((s, c) => s * factor[c])];
        double[] bias = [.. offset.Select((o, c) => o + pending[c] - before[c])];
        ExportedValue sum = Emit(
            block.Conv, weights, signs, DataType.Float32,
            name => [Floats(name + ".scales", scales), Floats(name + ".bias", bias), -1, -1, shortcut.Tensor, Floats(name + ".slopes", Values(block.Slope))],
            Activation.None, afterResidual: true);
        return sum with { Offset = Values(block.After) };
    }

    /// <summary>A convolution of the signs of real x, scaled with the mean magnitude of each window of x.</summary>
    public ExportedValue Scaled(ConvLayer conv, ExportedValue x)
    {
        ExportedValue signs = Binarize(x, [.. Enumerable.Repeat(1.0, x.Channels)], new double[x.Channels]);
        string name = emitter.NextName("magnitude");
        // A slope of -1 below 0 makes the magnitude.
        int slopes = emitter.Constant(name + ".slopes", [.. Enumerable.Repeat(-1f, x.Channels)], x.Channels);
        ExportedValue magnitude = emitter.Add(OperatorKind.PRelu, name, [x.Tensor, slopes], x.Type, x.Shape);
        ExportedValue mean = emitter.Add(OperatorKind.Mean, name + ".mean", [magnitude.Tensor], x.Type, new Shape(1, x.Shape[1], x.Shape[2], 1), new ReduceOptions([3], KeepDimensions: true));
        LayerWeights weights = LayerWeights.Of(conv);
        return Emit(
            conv, weights, signs, DataType.Float32,
            constants => [Floats(constants + ".scales", weights.Scales), Floats(constants + ".bias", new double[weights.Outputs]), -1, -1, -1, -1, mean.Tensor],
            Activation.None);
    }

    /// <summary>The sign of scale * x + offset for real x, without its pending offset.</summary>
    public ExportedValue Binarize(ExportedValue x, ReadOnlySpan<double> scale, ReadOnlySpan<double> offset)
    {
        string name = emitter.NextName("sign");
        var (thresholds, turned) = SignThresholds.ForReals(scale, offset);
        int limits = emitter.Constant(name + ".thresholds", thresholds, x.Channels), directions = emitter.Directions(name + ".directions", turned);
        return emitter.Add(OperatorKind.Binarize, name, directions < 0 ? [x.Tensor, limits] : [x.Tensor, limits, directions], DataType.Bit, x.Shape);
    }

    /// <summary>Numbers +1 and -1 where x is packed, else x.</summary>
    public ExportedValue Real(ExportedValue x) =>
        x.Type == DataType.Bit ? emitter.Add(OperatorKind.Unbinarize, emitter.NextName("unpack"), [x.Tensor], DataType.Float32, x.Shape) : x;

    private Func<string, int[]> Thresholds(double[] scales, double[] bias) => name =>
    {
        var (thresholds, turned) = SignThresholds.ForIntegers(scales, bias);
        int directions = emitter.Directions(name + ".directions", turned);
        int limits = emitter.Constant(name + ".thresholds", thresholds);
        return directions < 0 ? [-1, -1, limits] : [-1, -1, limits, directions];
    };

    private int Floats(string name, double[] values) => emitter.Constant(name, [.. values.Select(v => (float)v)], values.Length);

    // A fully connected layer on a packed map is a convolution whose window is the map.
    private ExportedValue Emit(
        Layer layer, LayerWeights weights, ExportedValue x, DataType type, Func<string, int[]> constants, Activation activation, bool afterResidual = false)
    {
        string name = emitter.NextName(layer is ConvLayer ? "conv" : "dense");
        if (layer is LinearLayer && !x.IsMap)
        {
            int matrix = emitter.Bits(name + ".weights", weights.Negative, weights.Outputs, weights.PerOutput);
            return emitter.Add(
                OperatorKind.BinaryFullyConnected, name, [x.Tensor, matrix, .. constants(name)], type, new Shape(1, weights.Outputs),
                new BinaryFullyConnectedOptions { Activation = activation, ActivationAfterResidual = afterResidual });
        }

        var conv = layer as ConvLayer;
        int height = conv?.Kernel ?? x.Shape[1], width = conv?.Kernel ?? x.Shape[2], perGroup = x.Channels / (conv?.Groups ?? 1);
        var options = new BinaryConv2DOptions
        {
            StrideHeight = conv?.Stride ?? 1,
            StrideWidth = conv?.Stride ?? 1,
            Groups = conv?.Groups ?? 1,
            Padding = GraphEmitter.Border(conv?.Padding ?? 0),
            PaddingValue = conv is { PadValue: 0 } ? BinaryPadding.Zeros : BinaryPadding.Ones,
            Activation = activation,
            ActivationAfterResidual = afterResidual,
        };
        Shape shape = conv is null ? new Shape(1, 1, 1, weights.Outputs) : LayerExporter.OutputShape(conv, x);
        int filters = emitter.Bits(name + ".weights", weights.Negative, weights.Outputs, height, width, perGroup);
        ExportedValue y = emitter.Add(OperatorKind.BinaryConv2D, name, [x.Tensor, filters, .. constants(name)], type, shape, options);
        return conv is null && type != DataType.Bit ? emitter.Reshape(y, 1, weights.Outputs) : y;
    }

    internal static double[] Values(TorchSharp.torch.Tensor tensor) => [.. tensor.detach().data<float>().Select(v => (double)v)];
}
