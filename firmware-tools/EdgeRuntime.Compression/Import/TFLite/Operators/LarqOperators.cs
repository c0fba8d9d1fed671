using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>
/// Custom operators of Larq Compute Engine's converter: LceQuantize, LceDequantize, LceBconv2d and LceBMaxPool2d. Its packed tensors are INT32 tensors whose last
/// dimension counts words of 32 channels, channel c in bit c mod 32, bit 1 for -1: the runtime's own layout. How many channels a packed tensor really has is known from
/// what made it. (Facts from the operators' definitions in github.com/larq/compute-engine: larq_compute_engine/mlir/ir and tflite/kernels.)
/// </summary>
internal static class LarqOperators
{
    private const int X = 0;
    private const int Filter = 1;
    private const int Multiplier = 2;
    private const int Bias = 3;
    private const int Thresholds = 4;

    /// <summary>Padding of the schema, which the options use, too.</summary>
    private const int Same = 0;
    private const int Valid = 1;

    private static readonly Dictionary<string, Action<OperatorContext>> Table = new(StringComparer.Ordinal)
    {
        ["LceQuantize"] = Quantize,
        ["LceDequantize"] = Dequantize,
        ["LceBconv2d"] = BConv2D,
        ["LceBMaxPool2d"] = BMaxPool2D,
    };

    /// <summary>The conversion of a custom operator, or null.</summary>
    public static Action<OperatorContext>? Find(string customCode) => Table.GetValueOrDefault(customCode);

    private static void Quantize(OperatorContext op)
    {
        op.RequireOperands(1, 1);
        op.Add(OperatorKind.Binarize, [op.In(X)], [op.PackedOut(op.Input(X).Dimensions)]);
    }

    private static void Dequantize(OperatorContext op)
    {
        op.RequireOperands(1, 1);
        op.Add(OperatorKind.Unbinarize, [op.PackedIn(X)], [op.Out()]);
    }

    private static void BMaxPool2D(OperatorContext op)
    {
        op.RequireOperands(1, 1);
        FlexOptions options = new(op.Source);
        int x = op.PackedIn(X);
        int[] y = op.Output().Dimensions;
        if (y.Length != 4)
            throw op.Corrupt($"the output has {y.Length} dimensions; it has 4");
        op.Add(OperatorKind.BinaryMaxPool2D, [x], [op.PackedOut([.. y[..3], op.PackedChannels(X)])], new Pool2DOptions
        {
            FilterHeight = options.Int("filter_height"),
            FilterWidth = options.Int("filter_width"),
            StrideHeight = options.Int("stride_height"),
            StrideWidth = options.Int("stride_width"),
            Padding = Padding(op, options.Int("padding")),
        });
    }

    private static void BConv2D(OperatorContext op)
    {
        op.RequireOperands(2, 5);
        FlexOptions options = new(op.Source);
        int channels = options.Int("channels_in");
        int x = op.PackedIn(X);
        if (op.Input(Filter).Data is null)
            op.Unsupported("weights that are computed at run time");
        else if (op.Input(Filter).Type != TensorType.Int32)
            op.Unsupported($"weights of type {GraphConversion.Name(op.Input(Filter).Type)}, as converters before version 0.4 wrote them,");
        if (x < 0 || op.Input(Filter).Data is not { } data || op.Input(Filter).Type != TensorType.Int32)
            return;
        if (op.PackedChannels(X) != channels)
            throw op.Corrupt($"channels_in is {channels}; the input has {op.PackedChannels(X)}");
        int[] w = op.Input(Filter).Dimensions;
        int words = DataTypes.WordsFor(channels);
        if (w.Length != 4 || w.Any(d => d < 1) || words % w[3] != 0 || (w[3] != words && channels % (words / w[3] * DataTypes.BitsPerWord) != 0))
            throw op.Corrupt($"weights of {string.Join('x', w)} words do not fit {channels} input channels");
        int groups = words / w[3];
        var shape = new Shape(w[0], w[1], w[2], channels / groups);
        if (data.Length != DataTypes.ByteSize(DataType.Bit, shape))
            throw op.Corrupt($"weights have {data.Length} bytes; {shape} bits need {DataTypes.ByteSize(DataType.Bit, shape)}");
        int weights = op.Constant(new TensorInfo(op.Input(Filter).Name, DataType.Bit, shape, Data: WithoutUnusedBits(data, shape[3])));
        bool packed = op.Output().Type == TensorType.Int32;
        bool ones = PadsWithOnes(op, options);
        Padding2D padding = Padding(op, options.Int("padding"));
        if (packed && !ones && padding == Padding2D.Same)
            op.Unsupported("padding with zeros and packed output");
        Activation activation = AccumulatorActivation(op, options.Int("fused_activation_function"));
        var converted = new BinaryConv2DOptions
        {
            StrideHeight = options.Int("stride_height"),
            StrideWidth = options.Int("stride_width"),
            DilationHeight = options.Int("dilation_height_factor"),
            DilationWidth = options.Int("dilation_width_factor"),
            Padding = padding,
            PaddingValue = ones ? BinaryPadding.Ones : BinaryPadding.Zeros,
            Groups = groups,
            // The thresholds were computed with the activation in them.
            AccumulatorActivation = packed ? Activation.None : activation,
        };
        if (packed)
        {
            int[] y = op.Output().Dimensions;
            if (y.Length != 4)
                throw op.Corrupt($"the output has {y.Length} dimensions; it has 4");
            int thresholds = FoldThresholds(op, w[0], (long)w[1] * w[2] * shape[3]);
            op.Add(OperatorKind.BinaryConv2D, [x, weights, -1, -1, thresholds], [op.PackedOut([.. y[..3], w[0]])], converted);
            return;
        }

        int scales = PerChannel(op, Multiplier, w[0]);
        int bias = PerChannel(op, Bias, w[0]);
        op.Add(OperatorKind.BinaryConv2D, [x, weights, scales, bias], [op.Out()], converted);
    }

    private static bool PadsWithOnes(OperatorContext op, FlexOptions options) => options.Int("pad_values", 0) switch
    {
        0 => false,
        1 => true,
        var other => throw op.Corrupt($"pad_values is {other}; it is 0 or 1"),
    };

    private static Padding2D Padding(OperatorContext op, int padding) => padding switch
    {
        Same => Padding2D.Same,
        Valid => Padding2D.Valid,
        _ => throw op.Corrupt($"padding is {padding}; it is {Same} (SAME) or {Valid} (VALID)"),
    };

    private static Activation AccumulatorActivation(OperatorContext op, int value)
    {
        switch ((FusedActivation)value)
        {
            case FusedActivation.None:
                return Activation.None;
            case FusedActivation.Relu:
                return Activation.Relu;
            case FusedActivation.ReluN1To1 or FusedActivation.Relu6 when op.Output().Type != TensorType.Int32:
                op.Unsupported($"activation {(FusedActivation)value} of the accumulators");
                return Activation.None;
            case FusedActivation.ReluN1To1 or FusedActivation.Relu6:
                return Activation.None;
            default:
                throw op.Corrupt($"fused_activation_function is {value}; it is 0 to 3");
        }
    }

    /// <summary>A constant with a float for each output channel.</summary>
    private static int PerChannel(OperatorContext op, int input, int channels)
    {
        if (!op.HasInput(input))
            throw op.Corrupt($"input {input} is absent; output of type {GraphConversion.Name(op.Output().Type)} needs it");
        SourceTensor tensor = op.Input(input);
        if (tensor.Data is null)
            op.Unsupported($"scales or bias that are computed at run time (tensor {tensor})");
        else if (tensor.Dimensions.Length != 1 || tensor.Dimensions[0] != channels)
            throw op.Corrupt($"tensor {tensor} is {string.Join('x', tensor.Dimensions)}; it has a value for each of {channels} output channels");
        return op.In(input, Allowed.Float32);
    }

    /// <summary>
    /// A converted output is -1 where the popcount p of differing bits exceeds its threshold t. Here it is -1 where the accumulator K - 2 p is below another: p &gt;= t + 1
    /// means K - 2 p &lt;= K - 2 t - 2, which is below K - 2 t - 1.
    /// </summary>
    private static int FoldThresholds(OperatorContext op, int channels, long products)
    {
        if (!op.HasInput(Thresholds))
            throw op.Corrupt("packed output has no thresholds");
        SourceTensor tensor = op.Input(Thresholds);
        if (tensor.Data is not { } data)
        {
            op.Unsupported($"thresholds that are computed at run time (tensor {tensor})");
            return -1;
        }

        if (tensor.Type != TensorType.Int32 || tensor.Dimensions.Length != 1 || tensor.Dimensions[0] != channels || data.Length != 4L * channels)
            throw op.Corrupt($"thresholds are {GraphConversion.Name(tensor.Type)} {string.Join('x', tensor.Dimensions)}; they are INT32 {channels}");
        ReadOnlySpan<int> source = MemoryMarshal.Cast<byte, int>(data.Span);
        int[] folded = new int[channels];
        for (int c = 0; c < channels; c++)
            folded[c] = (int)Math.Clamp(products - 1 - (2L * source[c]), int.MinValue, int.MaxValue);
        return op.Constant(new TensorInfo($"{tensor.Name}/folded", DataType.Int32, new Shape(channels), Data: MemoryMarshal.AsBytes(folded.AsSpan()).ToArray()));
    }

    /// <summary>The bits after the last channel of each pixel count nothing in the file, and must be 0 here.</summary>
    private static ReadOnlyMemory<byte> WithoutUnusedBits(ReadOnlyMemory<byte> data, int channels)
    {
        int used = channels % DataTypes.BitsPerWord;
        if (used == 0)
            return data;
        byte[] copy = data.ToArray();
        Span<uint> bits = MemoryMarshal.Cast<byte, uint>(copy.AsSpan());
        int words = DataTypes.WordsFor(channels);
        for (int i = words - 1; i < bits.Length; i += words)
            bits[i] &= (1u << used) - 1;
        return copy;
    }
}
