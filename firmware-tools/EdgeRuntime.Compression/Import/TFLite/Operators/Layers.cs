using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED and the pools.</summary>
internal static class Layers
{
    private const byte Same = 0;
    private const byte Valid = 1;

    public static void Conv2D(OperatorContext op)
    {
        op.RequireOperands(2, 3);
        FlatTable options = op.RequireOptions(Schema.Conv2D.UnionType);
        int[] x = op.Input(0).Dimensions;
        int[] weights = op.Input(1).Dimensions;
        if (x.Length != 4 || weights.Length != 4 || weights[3] < 1 || x[3] % weights[3] != 0)
            throw op.Corrupt($"weights of {string.Join('x', weights)} do not fit an input of {string.Join('x', x)}");
        Weighted(op, OperatorKind.Conv2D, new Conv2DOptions
        {
            StrideHeight = options.Int(Schema.Conv2D.StrideHeight),
            StrideWidth = options.Int(Schema.Conv2D.StrideWidth),
            DilationHeight = options.Int(Schema.Conv2D.DilationHeight, 1),
            DilationWidth = options.Int(Schema.Conv2D.DilationWidth, 1),
            Padding = Padding(op, options.Byte(Schema.Conv2D.Padding)),
            Groups = x[3] / weights[3],
            Activation = op.Activation(options, Schema.Conv2D.Activation),
        });
    }

    public static void DepthwiseConv2D(OperatorContext op)
    {
        op.RequireOperands(2, 3);
        FlatTable options = op.RequireOptions(Schema.DepthwiseConv2D.UnionType);
        Weighted(op, OperatorKind.DepthwiseConv2D, new Conv2DOptions
        {
            StrideHeight = options.Int(Schema.DepthwiseConv2D.StrideHeight),
            StrideWidth = options.Int(Schema.DepthwiseConv2D.StrideWidth),
            DilationHeight = options.Int(Schema.DepthwiseConv2D.DilationHeight, 1),
            DilationWidth = options.Int(Schema.DepthwiseConv2D.DilationWidth, 1),
            Padding = Padding(op, options.Byte(Schema.DepthwiseConv2D.Padding)),
            Activation = op.Activation(options, Schema.DepthwiseConv2D.Activation),
        });
    }

    public static void FullyConnected(OperatorContext op)
    {
        op.RequireOperands(2, 3);
        FlatTable? options = op.Options(Schema.FullyConnected.UnionType);
        if (options?.Byte(Schema.FullyConnected.WeightsFormat) is > 0 and byte format)
            op.Unsupported($"weights format {format}");
        Weighted(op, OperatorKind.FullyConnected, new ActivationOptions(op.Activation(options, Schema.FullyConnected.Activation)));
    }

    public static void Pool2D(OperatorContext op, OperatorKind kind)
    {
        op.RequireOperands(1, 1);
        FlatTable options = op.RequireOptions(Schema.Pool2D.UnionType);
        op.Add(kind, [op.In(0)], [op.Out()], new Pool2DOptions
        {
            FilterHeight = options.Int(Schema.Pool2D.FilterHeight),
            FilterWidth = options.Int(Schema.Pool2D.FilterWidth),
            StrideHeight = options.Int(Schema.Pool2D.StrideHeight),
            StrideWidth = options.Int(Schema.Pool2D.StrideWidth),
            Padding = Padding(op, options.Byte(Schema.Pool2D.Padding)),
            Activation = op.Activation(options, Schema.Pool2D.Activation),
        });
    }

    /// <summary>Adds an operator with weights and optional bias; float activations with int8 weights ("hybrid") are not supported.</summary>
    private static void Weighted(OperatorContext op, OperatorKind kind, OperatorOptions options)
    {
        int x = op.In(0);
        int weights = op.In(1);
        int bias = op.OptionalIn(2, Allowed.Float32 | Allowed.Int32);
        int y = op.Out();
        if (weights >= 0 && op.Input(1).Type != op.Input(0).Type)
            op.Unsupported($"{GraphConversion.Name(op.Input(1).Type)} weights with {GraphConversion.Name(op.Input(0).Type)} activations");
        else if (weights >= 0 && op.Input(1).Data is null)
            op.Unsupported("weights that are computed at run time");
        op.Add(kind, bias < 0 ? [x, weights] : [x, weights, bias], [y], options);
    }

    private static Padding2D Padding(OperatorContext op, byte padding) => padding switch
    {
        Same => Padding2D.Same,
        Valid => Padding2D.Valid,
        _ => throw op.Corrupt($"padding is {padding}; it is 0 (SAME) or 1 (VALID)"),
    };
}
