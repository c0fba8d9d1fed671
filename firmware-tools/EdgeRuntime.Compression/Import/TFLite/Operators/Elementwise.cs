using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>Operators that treat each element, or each row, on its own.</summary>
internal static class Elementwise
{
    public static void Arithmetic(OperatorContext op, OperatorKind kind, int unionType)
    {
        op.RequireOperands(2, 2);
        Activation activation = op.Activation(op.Options(unionType), Schema.Elementwise.Activation);
        op.Add(kind, [op.In(0), op.In(1)], [op.Out()], new ActivationOptions(activation));
    }

    public static void Unary(OperatorContext op, OperatorKind kind)
    {
        op.RequireOperands(1, 1);
        op.Add(kind, [op.In(0)], [op.Out()]);
    }

    public static void Softmax(OperatorContext op)
    {
        op.RequireOperands(1, 1);
        // The schema's default is 0, but converters always write it; a missing table means 1.
        float beta = op.Options(Schema.Softmax.UnionType) is { } options ? options.Float(Schema.Softmax.Beta) : 1;
        if (!(beta > 0) || !float.IsFinite(beta))
            throw op.Corrupt($"beta is {beta}; it must be positive and finite");
        op.Add(OperatorKind.Softmax, [op.In(0)], [op.Out()], new SoftmaxOptions(beta));
    }

    /// <summary>PRELU with one slope for each channel, or one for all, which is repeated.</summary>
    public static void PRelu(OperatorContext op)
    {
        op.RequireOperands(2, 2);
        int x = op.In(0);
        int y = op.Out();
        SourceTensor slope = op.Input(1);
        int channels = op.Input(0).Dimensions.LastOrDefault(1);
        if (slope.Data is not { } data)
        {
            op.Unsupported("slopes that are computed at run time");
            return;
        }

        if (slope.Type != op.Input(0).Type || slope.Type is not (TensorType.Float32 or TensorType.Int8) || slope.Quantization is { IsPerChannel: true })
        {
            op.Unsupported($"{GraphConversion.Name(slope.Type)} slopes with {GraphConversion.Name(op.Input(0).Type)} activations");
            return;
        }

        long count = slope.Dimensions.Aggregate(1L, (product, d) => Math.Min(product * Math.Max(d, 0), int.MaxValue));
        if (count != 1 && (count != channels || slope.Dimensions.LastOrDefault() != channels))
        {
            op.Unsupported($"slopes of {string.Join('x', slope.Dimensions)}, which are neither one nor one for each of {channels} channels");
            return;
        }

        bool isFloat = slope.Type == TensorType.Float32;
        if (data.Length != count * (isFloat ? 4 : 1))
            throw op.Corrupt($"slopes have {data.Length} bytes; {count} need {count * (isFloat ? 4 : 1)}");
        var shape = new Shape(channels);
        int slopes = op.Constant(new TensorInfo(
            slope.Name,
            isFloat ? DataType.Float32 : DataType.Int8,
            shape,
            isFloat ? null : slope.Quantization,
            count == channels ? data : Repeat(data.Span, channels)));
        op.Add(OperatorKind.PRelu, [x, slopes], [y]);
    }

    public static void Quantize(OperatorContext op)
    {
        op.RequireOperands(1, 1);
        OperatorKind kind = op.Input(0).Type == TensorType.Int8 ? OperatorKind.Requantize : OperatorKind.Quantize;
        op.Add(kind, [op.In(0)], [op.Out(allowed: Allowed.Int8)]);
    }

    public static void Dequantize(OperatorContext op)
    {
        op.RequireOperands(1, 1);
        op.Add(OperatorKind.Dequantize, [op.In(0, Allowed.Int8)], [op.Out(allowed: Allowed.Float32)]);
    }

    private static byte[] Repeat(ReadOnlySpan<byte> element, int count)
    {
        // A tensor's shape was built before, so the product is inside the runtime's limits.
        byte[] all = new byte[element.Length * count];
        for (int i = 0; i < all.Length; i++)
            all[i] = element[i % element.Length];
        return all;
    }
}
