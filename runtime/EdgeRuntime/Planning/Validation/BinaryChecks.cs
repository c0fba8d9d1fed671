using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Binary;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>Checks of binary convolutions and fully connected layers.</summary>
internal static class BinaryChecks
{
    /// <summary>Most products of an accumulator: exact in float32.</summary>
    public const int MaxProducts = 1 << 24;

    public static void Conv2D(NodeCheck check)
    {
        bool depthwise = check.Node.Kind == OperatorKind.BinaryDepthwiseConv2D;
        Counts(check, 9);
        var options = check.Options<BinaryConv2DOptions>();
        Shape x = check.Input(0).Shape;
        Shape w = check.Input(1).Shape;
        check.Rank(check.Input(0), 4);
        check.Rank(check.Input(1), 4);
        check.Range("groups", options.Groups, 1, depthwise ? 1 : x[3]);
        int channels = depthwise ? w[3] : w[0];
        if (depthwise)
            ConvolutionChecks.Depthwise(check, x, w);
        else
            ConvolutionChecks.Grouped(check, options.Groups, x, w);
        ConvolutionChecks.Window(check, options, x, w, channels);
        if (!Enum.IsDefined(options.PaddingValue))
            throw check.Error(ModelError.Corrupt, $"padding value {(int)options.PaddingValue} is not known");
        // Padded widths and heights are offsets into a copy of the input.
        long padded = ((long)x[1] + w[1] * (long)options.DilationHeight) * ((long)x[2] + w[2] * (long)options.DilationWidth) * (x[3] + 31L) * options.Groups;
        check.Range("padded input in elements", padded, 1, Model.Shape.MaxElements);
        long products = (long)w[1] * w[2] * (depthwise ? 1 : w[3]);
        Transform(check, channels, products, options.AccumulatorActivation, options.Activation, options.ActivationAfterResidual);
        if (check.HasInput(BinaryInputs.Magnitudes))
        {
            TensorInfo a = check.Input(BinaryInputs.Magnitudes);
            check.Type(a, DataType.Float32);
            check.Shape(a, new Shape(x[0], x[1], x[2], 1));
            check.Type(check.Output(), DataType.Float32);
        }
    }

    public static void FullyConnected(NodeCheck check)
    {
        Counts(check, 8);
        var options = check.Options<BinaryFullyConnectedOptions>();
        check.Rank(check.Input(0), 2);
        check.Rank(check.Input(1), 2);
        Shape x = check.Input(0).Shape;
        Shape w = check.Input(1).Shape;
        check.Shape(check.Input(1), new Shape(w[0], x[1]));
        check.Shape(check.Output(), new Shape(x[0], w[0]));
        Transform(check, w[0], x[1], options.AccumulatorActivation, options.Activation, options.ActivationAfterResidual);
    }

    private static void Counts(NodeCheck check, int inputs) => check.Counts(2, inputs, check.OutputCount == 2 ? 2 : 1);

    private static void Transform(NodeCheck check, int channels, long products, Activation inner, Activation activation, bool last)
    {
        TensorInfo x = check.Input(BinaryInputs.X);
        TensorInfo w = check.Input(BinaryInputs.Weights);
        TensorInfo y = check.Output();
        check.Type(x, DataType.Bit);
        check.Type(w, DataType.Bit);
        check.Constant(w);
        UnusedBits(check, w);
        check.Type(y, DataType.Bit, DataType.Int8, DataType.Float32);
        check.Activation(inner);
        check.Activation(activation);
        if (inner is not (Activation.None or Activation.Relu))
            throw check.Error(ModelError.Unsupported, $"the activation of accumulators is {inner}; it must be None or Relu");
        check.Range("products of an accumulator", products, 1, y.Type == DataType.Int8 ? BinaryOutput.MaxInt8Products : MaxProducts);
        Constant(check, BinaryInputs.Scales, DataType.Float32, channels);
        Constant(check, BinaryInputs.Bias, DataType.Float32, channels);
        Constant(check, BinaryInputs.Thresholds, y.Type == DataType.Float32 ? DataType.Float32 : DataType.Int32, channels);
        Constant(check, BinaryInputs.Directions, DataType.Bit, channels);
        Constant(check, BinaryInputs.Slopes, DataType.Float32, channels);
        if (check.OutputCount == 2)
        {
            check.Type(check.Output(1), DataType.Bit);
            check.Shape(check.Output(1), y.Shape);
        }

        if (y.Type == DataType.Bit && (check.OutputCount == 2 || check.HasInput(BinaryInputs.Residual) || check.HasInput(BinaryInputs.Scales)
            || check.HasInput(BinaryInputs.Bias) || activation != Activation.None))
            throw check.Error(ModelError.Unsupported, "packed output takes thresholds and directions only, no scale, bias, activation, residual or second output");
        if (check.HasInput(BinaryInputs.Slopes) && (y.Type != DataType.Float32 || activation != Activation.None))
            throw check.Error(ModelError.Unsupported, $"slopes need Float32 output without activation; it is {y.Type} with {activation}");
        if (check.HasInput(BinaryInputs.Residual))
        {
            TensorInfo residual = check.Input(BinaryInputs.Residual);
            check.Type(residual, y.Type);
            check.Shape(residual, y.Shape);
            if (y.Type == DataType.Int8 && activation != Activation.None && !last)
                throw check.Error(ModelError.Unsupported, $"int8 output adds its residual before its activation {activation}; the options ask for the opposite");
        }

        if (y.Type == DataType.Int8)
            Int8(check, products, channels);
    }

    private static void Int8(NodeCheck check, long products, int channels)
    {
        Quantization y = check.PerTensor(check.Output());
        double largest = 1;
        if (check.HasInput(BinaryInputs.Scales))
        {
            largest = 0;
            foreach (float s in MemoryMarshal.Cast<byte, float>(check.Input(BinaryInputs.Scales).Data!.Value.Span)[..channels])
            {
                if (!float.IsFinite(s))
                    throw check.Error(ModelError.BadType, $"a scale is {s}; it must be finite");
                largest = Math.Max(largest, Math.Abs(s));
            }
        }

        if (check.HasInput(BinaryInputs.Bias))
        {
            foreach (float b in MemoryMarshal.Cast<byte, float>(check.Input(BinaryInputs.Bias).Data!.Value.Span)[..channels])
            {
                if (!float.IsFinite(b))
                    throw check.Error(ModelError.BadType, $"a bias is {b}; it must be finite");
            }
        }

        if (BinaryOutput.FindShift(largest / y.Scale, (int)products) < 0)
            throw check.Error(ModelError.BadType, $"an accumulator step is {largest / y.Scale} output steps; {products} products allow at most about {8191.0 / products}");
        if (!check.HasInput(BinaryInputs.Residual))
            return;
        double ratio = check.PerTensor(check.Input(BinaryInputs.Residual)).Scale / (double)y.Scale;
        if (BinaryOutput.FindResidualShift(ratio) < 0)
            throw check.Error(ModelError.BadType, $"a residual step is {ratio} output steps; the limit is 31.99");
    }

    /// <summary>An optional constant with one element per channel.</summary>
    public static void Constant(NodeCheck check, int input, DataType type, int channels)
    {
        if (!check.HasInput(input))
            return;
        TensorInfo tensor = check.Input(input);
        check.Type(tensor, type);
        check.Shape(tensor, new Shape(channels));
        check.Constant(tensor);
    }

    /// <summary>Bits after the last channel would be counted.</summary>
    public static void UnusedBits(NodeCheck check, TensorInfo tensor)
    {
        int channels = tensor.Shape[^1];
        if (channels % DataTypes.BitsPerWord == 0)
            return;
        int words = DataTypes.WordsFor(channels);
        ReadOnlySpan<uint> data = MemoryMarshal.Cast<byte, uint>(tensor.Data!.Value.Span);
        for (int i = words - 1; i < data.Length; i += words)
        {
            if (data[i] >> (channels % DataTypes.BitsPerWord) != 0)
                throw check.Error(ModelError.Corrupt, $"tensor '{tensor.Name}' has bits set after channel {channels - 1} in word {i}; unused bits must be 0");
        }
    }
}
