using EdgeRuntime.Model;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Planning;

/// <summary>Builds a network operator by operator, each reading the one before; pictures of 7 x 6 with 5 channels.</summary>
internal sealed class Chain
{
    private readonly CaseBuilder cases = new(new Random(11));
    private readonly DataType type;

    public Chain(DataType type)
    {
        this.type = type;
        Quantization = type == DataType.Int8 ? new Quantization(0.05f, -3) : null;
        Shape = new Shape(1, 7, 6, 5);
        Current = cases.Input(type, Shape, Quantization);
    }

    public GraphBuilder Builder => cases.Graph;

    public int Current { get; private set; }

    public Shape Shape { get; private set; }

    public Quantization? Quantization { get; private set; }

    public Chain Next(OperatorKind kind, OperatorOptions options, Shape shape, Quantization? quantization, params int[] more)
    {
        int y = Builder.AddActivation($"after {kind}", type, shape, quantization);
        Builder.AddNode(kind, $"{kind}", [Current, .. more], [y], options);
        (Current, Shape, Quantization) = (y, shape, quantization);
        return this;
    }

    /// <summary>An operator without options whose output has the shape and quantization of its input.</summary>
    public Chain Same(OperatorKind kind) => Next(kind, NoOptions.Instance, Shape, Quantization);

    /// <summary>A 3x3 convolution to 4 channels with bias.</summary>
    public Chain Convolution(Conv2DOptions options)
    {
        const int channels = 4;
        int Size(int input, int pads) => CaseScales.Size(input, 3, options.StrideHeight, 1, options.Padding.Mode, pads);
        var shape = new Shape(1, Size(Shape[1], 0), Size(Shape[2], 0), channels);
        var weights = new Shape(channels, 3, 3, Shape[3]);
        return type == DataType.Int8
            ? Next(OperatorKind.Conv2D, options, shape, new Quantization(0.05f, -20), cases.Int8Weights(weights, 0, 0.004f), cases.Int32Bias(channels, 5000))
            : Next(OperatorKind.Conv2D, options, shape, null, cases.Float32Constant(weights), cases.Float32Constant(new Shape(channels)));
    }

    /// <summary>A float 3x3 depthwise convolution without bias.</summary>
    public Chain Depthwise() =>
        Next(OperatorKind.DepthwiseConv2D, new Conv2DOptions { Padding = Padding2D.Same }, Shape, null, cases.Float32Constant(new Shape(1, 3, 3, Shape[3])));

    public Chain BatchNorm() =>
        Next(OperatorKind.BatchNorm, NoOptions.Instance, Shape, null, cases.Float32Constant(new Shape(Shape[3])), cases.Float32Constant(new Shape(Shape[3])));

    /// <summary>An elementwise operator with a constant per channel, as first or second operand.</summary>
    public Chain WithConstant(OperatorKind kind, Activation activation, bool first)
    {
        int constant = cases.Float32Constant(new Shape(1, 1, 1, Shape[3]));
        int y = Builder.AddActivation($"after {kind}", type, Shape);
        Builder.AddNode(kind, $"{kind}", first ? [constant, Current] : [Current, constant], [y], new ActivationOptions(activation));
        Current = y;
        return this;
    }

    public Chain Pad(int top, int bottom, int left, int right) => Next(
        OperatorKind.Pad,
        new PadOptions([0, top, left, 0], [0, bottom, right, 0]),
        new Shape(1, Shape[1] + top + bottom, Shape[2] + left + right, Shape[3]),
        Quantization);

    public Graph Build()
    {
        Builder.AddOutput(Current);
        return Builder.Build();
    }
}
