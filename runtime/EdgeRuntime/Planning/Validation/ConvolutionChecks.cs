using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>Checks of convolutions and fully connected layers.</summary>
internal static class ConvolutionChecks
{
    public static void Conv2D(NodeCheck check)
    {
        check.Counts(2, 3, 1);
        var options = check.Options<Conv2DOptions>();
        Shape x = check.Input(0).Shape;
        Shape w = check.Input(1).Shape;
        check.Rank(check.Input(0), 4);
        check.Rank(check.Input(1), 4);
        check.Range("groups", options.Groups, 1, x[3]);
        Grouped(check, options.Groups, x, w);
        Window(check, options, x, w, w[0]);
        Weights(check, w[0], channelAxis: 0, options.Activation);
    }

    public static void DepthwiseConv2D(NodeCheck check)
    {
        check.Counts(2, 3, 1);
        var options = check.Options<Conv2DOptions>();
        Shape x = check.Input(0).Shape;
        Shape w = check.Input(1).Shape;
        check.Rank(check.Input(0), 4);
        check.Rank(check.Input(1), 4);
        check.Range("groups", options.Groups, 1, 1);
        Depthwise(check, x, w);
        Window(check, options, x, w, w[3]);
        Weights(check, w[3], channelAxis: 3, options.Activation);
    }

    public static void FullyConnected(NodeCheck check)
    {
        check.Counts(2, 3, 1);
        var options = check.Options<ActivationOptions>();
        Shape x = check.Input(0).Shape;
        Shape w = check.Input(1).Shape;
        check.Rank(check.Input(1), 2);
        if (x.ElementCount % w[1] != 0)
            throw check.Error(ModelError.BadShape, $"input of {x} does not consist of rows of {w[1]} elements");
        Shape y = check.Output().Shape;
        if (y.Rank == 0 || y[^1] != w[0] || y.ElementCount != x.ElementCount / w[1] * w[0])
            check.Shape(check.Output(), new Shape((int)(x.ElementCount / w[1]), w[0]));
        Weights(check, w[0], channelAxis: 0, options.Activation);
    }

    /// <summary>Weights [out, height, width, in / groups].</summary>
    public static void Grouped(NodeCheck check, int groups, Shape x, Shape w)
    {
        if (x[3] % groups != 0 || w[0] % groups != 0)
            throw check.Error(ModelError.BadShape, $"{x[3]} input and {w[0]} output channels are not divisible by {groups} groups");
        check.Shape(check.Input(1), new Shape(w[0], w[1], w[2], x[3] / groups));
    }

    /// <summary>Weights [1, height, width, in * multiplier].</summary>
    public static void Depthwise(NodeCheck check, Shape x, Shape w)
    {
        if (w[0] != 1 || w[3] % x[3] != 0)
            throw check.Error(ModelError.BadShape, $"weights are {w}; they must be 1 x height x width x a multiple of {x[3]} channels");
    }

    /// <summary>Strides, dilations and padding of a window over rows and columns, and the output's shape.</summary>
    public static void Window(NodeCheck check, ConvolutionOptions options, Shape x, Shape w, int channels)
    {
        Sides(check, w[1], w[2], options.StrideHeight, options.StrideWidth);
        check.Range("vertical dilation", options.DilationHeight, 1, NodeCheck.MaxWindow);
        check.Range("horizontal dilation", options.DilationWidth, 1, NodeCheck.MaxWindow);
        Padding(check, options.Padding, (w[1] - 1) * options.DilationHeight, (w[2] - 1) * options.DilationWidth);
        (WindowAxis rows, WindowAxis columns) = WindowAxis.Of(x, w, options);
        Output(check, x, rows, columns, channels);
    }

    /// <summary>Window and stride of convolutions and pooling.</summary>
    public static void Sides(NodeCheck check, int height, int width, int strideHeight, int strideWidth)
    {
        check.Range("window height", height, 1, NodeCheck.MaxWindow);
        check.Range("window width", width, 1, NodeCheck.MaxWindow);
        check.Range("vertical stride", strideHeight, 1, NodeCheck.MaxWindow);
        check.Range("horizontal stride", strideWidth, 1, NodeCheck.MaxWindow);
    }

    /// <summary>Explicit padding: at least one position of every window lies inside the picture.</summary>
    public static void Padding(NodeCheck check, Padding2D padding, int mostRows, int mostColumns)
    {
        if (!Enum.IsDefined(padding.Mode))
            throw check.Error(ModelError.Corrupt, $"padding mode {(int)padding.Mode} is not known");
        if (padding.Mode != PaddingMode.Explicit)
            return;
        check.Range("padding above", padding.Top, 0, Math.Min(mostRows, NodeCheck.MaxWindow));
        check.Range("padding below", padding.Bottom, 0, Math.Min(mostRows, NodeCheck.MaxWindow));
        check.Range("padding to the left", padding.Left, 0, Math.Min(mostColumns, NodeCheck.MaxWindow));
        check.Range("padding to the right", padding.Right, 0, Math.Min(mostColumns, NodeCheck.MaxWindow));
    }

    /// <summary>The output's shape of convolutions and pooling.</summary>
    public static void Output(NodeCheck check, Shape x, WindowAxis rows, WindowAxis columns, int channels)
    {
        if (rows.Output < 1 || columns.Output < 1)
            throw check.Error(ModelError.BadShape, $"a window of {rows.Filter} x {columns.Filter} (dilation {rows.Dilation} x {columns.Dilation}) does not fit an input of {x}");
        check.Shape(check.Output(), new Shape(x[0], rows.Output, columns.Output, channels));
    }

    private static void Weights(NodeCheck check, int channels, int channelAxis, Activation activation)
    {
        TensorInfo x = check.Input(0);
        TensorInfo w = check.Input(1);
        check.Activation(activation);
        check.Constant(w);
        check.SameType(x, check.Output(), DataType.Float32, DataType.Int8);
        check.Type(w, x.Type, DataType.Bit);
        if (w.Type == DataType.Bit)
            Signs(check, w, channels, channelAxis);
        if (check.HasInput(2))
        {
            TensorInfo bias = check.Input(2);
            check.Type(bias, x.Type == DataType.Int8 ? DataType.Int32 : DataType.Float32);
            check.Shape(bias, new Shape(channels));
            check.Constant(bias);
        }

        if (x.Type == DataType.Int8)
            Int8(check, channels, channelAxis);
    }

    private static void Int8(NodeCheck check, int channels, int channelAxis)
    {
        Quantization x = check.PerTensor(check.Input(0));
        Quantization y = check.PerTensor(check.Output());
        TensorInfo weights = check.Input(1);
        Quantization w = weights.Quantization ?? throw check.Error(ModelError.BadType, $"tensor '{weights.Name}' has no quantization; weights of int8 activations need their scales");
        Symmetric(check, weights, w, channels, channelAxis);
        foreach (float scale in w.Scales)
        {
            check.Scale(weights, scale);
            check.Factor(OutputScaling.Factor(check.Node.Kind, w, x.Scale, scale, y.Scale), 1 << QuantizedMultiplier.MaxShift);
        }

        Accumulators(check, channels, channelAxis, x.ZeroPoint);
    }

    /// <summary>Binary weights: a bit each, times the scale of the channel.</summary>
    private static void Signs(NodeCheck check, TensorInfo weights, int channels, int channelAxis)
    {
        BinaryChecks.UnusedBits(check, weights);
        // Unpacked to at most a float each.
        check.Range($"elements of tensor '{weights.Name}'", weights.Shape.ElementCount, 1, int.MaxValue / 4);
        if (weights.Quantization is { } scales)
            Symmetric(check, weights, scales, channels, channelAxis);
    }

    /// <summary>One scale, or one per output channel, and zero points of 0.</summary>
    private static void Symmetric(NodeCheck check, TensorInfo weights, Quantization w, int channels, int channelAxis)
    {
        if (w.IsPerChannel && w.Axis != channelAxis)
            throw check.Error(ModelError.BadType, $"tensor '{weights.Name}' has scales along axis {w.Axis}; it must be {channelAxis}");
        if (w.Scales.Length != 1 && w.Scales.Length != channels)
            throw check.Error(ModelError.BadType, $"tensor '{weights.Name}' has {w.Scales.Length} scales; it must have 1 or {channels}");
        foreach (int zeroPoint in w.ZeroPoints)
        {
            if (zeroPoint != 0)
                throw check.Error(ModelError.BadType, $"tensor '{weights.Name}' has zero point {zeroPoint}; weights must have 0");
        }
    }

    /// <summary>
    /// The largest sum that any input can give must fit int32: per output channel, sum of |w| times the largest |x - zero point|, plus |bias|.
    /// </summary>
    private static void Accumulators(NodeCheck check, int channels, int channelAxis, int zeroPoint)
    {
        // Without int8 weights, |w| is 1 throughout.
        ReadOnlySpan<sbyte> weights = check.Input(1).Type == DataType.Int8 ? MemoryMarshal.Cast<byte, sbyte>(check.Input(1).Data!.Value.Span) : default;
        ReadOnlySpan<int> bias = check.HasInput(2) ? MemoryMarshal.Cast<byte, int>(check.Input(2).Data!.Value.Span) : default;
        long largestInput = Math.Max(zeroPoint - sbyte.MinValue, sbyte.MaxValue - zeroPoint);
        int perChannel = (int)(check.Input(1).Shape.ElementCount / channels);
        for (int c = 0; c < channels; c++)
        {
            long sum = weights.IsEmpty ? perChannel : 0;
            for (int i = 0; i < perChannel && !weights.IsEmpty; i++)
                sum += Math.Abs((int)weights[channelAxis == 0 ? c * perChannel + i : i * channels + c]);
            sum = sum * largestInput + (bias.IsEmpty ? 0 : Math.Abs((long)bias[c]));
            if (sum > int.MaxValue)
                throw check.Error(ModelError.TooLarge, $"the accumulator of output channel {c} can reach {sum}; the limit is {int.MaxValue}");
        }
    }
}
