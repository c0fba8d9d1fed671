using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Binary;

/// <summary>Adds QuickNet's layers one after the other.</summary>
internal sealed class QuickNetBuilder
{
    private static readonly Quantization activations = QuickNet.Activations;
    private readonly GraphBuilder builder = new();
    private readonly RandomTensors constants;
    private Shape shape;
    private int current;
    private int bits = -1;
    private int count;

    public QuickNetBuilder(RandomValues random, int size)
    {
        constants = new RandomTensors(builder, random);
        shape = new Shape(1, size, size, 3);
        current = builder.AddActivation("picture", DataType.Int8, shape, activations);
        builder.AddInput(current);
    }

    /// <summary>int8 convolution, border of 0.</summary>
    public void Convolution(int filters, int kernel, int stride, Activation activation)
    {
        int terms = kernel * kernel * shape[3];
        (int w, float scale) = constants.Weights("weights", new Shape(filters, kernel, kernel, shape[3]), 0, terms);
        Add(
            OperatorKind.Conv2D, "conv", [w, Bias(filters, scale)], Map(stride, filters),
            new Conv2DOptions { StrideHeight = stride, StrideWidth = stride, Padding = Padding2D.Same, Activation = activation });
    }

    /// <summary>int8 depthwise 3x3 convolution: part of the stem, or the blur before a section.</summary>
    public void Depthwise(int stride)
    {
        (int w, float scale) = constants.Weights("weights", new Shape(1, 3, 3, shape[3]), 3, 9);
        Add(
            OperatorKind.DepthwiseConv2D, "depthwise", [w, Bias(shape[3], scale)], Map(stride, shape[3]),
            new Conv2DOptions { StrideHeight = stride, StrideWidth = stride, Padding = Padding2D.Same });
    }

    /// <summary>Maximum of 2x2 without stride.</summary>
    public void MaxPool() =>
        Add(OperatorKind.MaxPool2D, "pool", [], new Shape(1, shape[1] - 1, shape[2] - 1, shape[3]), new Pool2DOptions { FilterHeight = 2, FilterWidth = 2 });

    /// <summary>Signs of the residual stream, for the next block.</summary>
    public void Binarize()
    {
        bits = builder.AddActivation("signs", DataType.Bit, shape);
        builder.AddNode(OperatorKind.Binarize, $"binarize{++count}", [current], [bits]);
    }

    /// <summary>
    /// x + BatchNorm(ReLU(binary 3x3 convolution)), and its signs. The last block of a section writes no signs, but the rectifier that follows it is part of it.
    /// </summary>
    public void Residual(bool last)
    {
        int channels = shape[3];
        int products = 9 * channels;
        int w = constants.Bits("weights", new Shape(channels, 3, 3, channels));
        int scales = constants.Around("scales", channels, 0.5f / MathF.Sqrt(products));
        int bias = constants.Within("bias", channels, 0.1f);
        int y = builder.AddActivation("stream", DataType.Int8, shape, activations);
        int signs = last ? -1 : builder.AddActivation("signs", DataType.Bit, shape);
        var options = new BinaryConv2DOptions
        {
            Padding = Padding2D.Same,
            AccumulatorActivation = Activation.Relu,
            Activation = last ? Activation.Relu : Activation.None,
            ActivationAfterResidual = last,
        };
        builder.AddNode(OperatorKind.BinaryConv2D, $"block{++count}", [bits, w, scales, bias, -1, -1, current], last ? [y] : [y, signs], options);
        (current, bits) = (y, signs);
    }

    /// <summary>Global average, fully connected layer and softmax.</summary>
    public Graph Classifier(int classes)
    {
        int channels = shape[3];
        Add(OperatorKind.Mean, "mean", [], new Shape(1, channels), new ReduceOptions([1, 2], false));
        (int w, float scale) = constants.Weights("weights", new Shape(classes, channels), 0, channels);
        Add(OperatorKind.FullyConnected, "dense", [w, Bias(classes, scale)], new Shape(1, classes), new ActivationOptions(Activation.None));
        Add(OperatorKind.Softmax, "softmax", [], shape, new SoftmaxOptions(1), new Quantization(1f / 256, -128));
        builder.AddOutput(current);
        return builder.Build();
    }

    private Shape Map(int stride, int channels) => new(1, (shape[1] + stride - 1) / stride, (shape[2] + stride - 1) / stride, channels);

    private int Bias(int channels, float weightScale) => constants.Integers("bias", channels, (int)(0.1f / (activations.Scale * weightScale)));

    private void Add(OperatorKind kind, string name, ReadOnlySpan<int> more, Shape output, OperatorOptions options, Quantization? quantization = null)
    {
        int y = builder.AddActivation(name, DataType.Int8, output, quantization ?? activations);
        builder.AddNode(kind, $"{name}{++count}", [current, .. more], [y], options);
        (current, shape) = (y, output);
    }
}
