using EdgeRuntime.Model;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>QuantizeLinear and DequantizeLinear. Of constants they are computed here; per axis they exist for constants only.</summary>
internal static class Quantizers
{
    public static void Quantize(OnnxOperator op)
    {
        op.Operands(2, 3);
        op.Ignore("saturate", "precision");
        OnnxValue x = op.Real(0);
        int declared = op.Int("output_dtype", 0);
        Type type = op.Has(2) ? op.Value(2).Type : declared != 0 ? (Type)declared : Type.Uint8;
        if (Scale(op, x.Dimensions.Length, op.Has(2)) is not { } scale)
            return;
        if (type is not (Type.Int8 or Type.Uint8))
        {
            op.Unsupported($"{OnnxNames.Of(type)} results");
            return;
        }

        int low = type == Type.Int8 ? -128 : 0;
        if (x.Constant is { } constant)
        {
            CheckSlices(op, scale, constant.Dimensions);
            float[] real = constant.Real();
            long[] q = new long[real.Length];
            for (int i = 0; i < q.Length; i++)
            {
                int slice = Slice(scale, i, constant.Dimensions);
                double rounded = Math.Round((double)real[i] / scale.Scales[slice], MidpointRounding.ToEven);
                q[i] = double.IsNaN(rounded) ? throw op.Corrupt($"a constant holds {real[i]}") : (long)Math.Clamp(rounded + scale.ZeroPoints[slice], low, low + 255);
            }

            op.DefineConstant(new OnnxConstant(constant.Dimensions, q, type));
            return;
        }

        if (scale.Scales.Length > 1)
        {
            op.Unsupported($"{scale.Scales.Length} scales of an activation");
            return;
        }

        int input = op.Tensor(x, x.Order);
        if (op.Failed)
            return;
        var quantization = new Quantization(scale.Scales[0], scale.ZeroPoints[0] - (type == Type.Uint8 ? 128 : 0));
        int like = op.AddTensor(new TensorInfo($"{op.Name}/type", DataType.Int8, new Shape(1), quantization));
        op.Node(OperatorKind.Quantize, [input], [op.Define(x.Dimensions, x.Order, like, type)]);
    }

    public static void Dequantize(OnnxOperator op)
    {
        op.Operands(2, 3);
        OnnxValue x = op.Value(0);
        if (Scale(op, x.Dimensions.Length, op.Has(2)) is not { } scale)
            return;
        if (op.Has(2) && op.Value(2).Type != x.Type)
            throw op.Corrupt($"values are {OnnxNames.Of(x.Type)}, zero points {OnnxNames.Of(op.Value(2).Type)}");
        if (x.Type is not (Type.Int8 or Type.Uint8) && !(x.Type == Type.Int32 && x.Constant is not null))
        {
            op.Unsupported($"{OnnxNames.Of(x.Type)} values");
            return;
        }

        if (x.Constant is { } constant)
        {
            CheckSlices(op, scale, constant.Dimensions);
            op.DefineConstant(new OnnxConstant(constant.Dimensions, constant.Integers!, constant.Type) { Scale = scale });
            return;
        }

        int input = op.Tensor(x, x.Order);
        Quantization? own = op.Failed ? null : op.TensorAt(input).Quantization;
        int zeroPoint = scale.ZeroPoints[0] - (x.Type == Type.Uint8 ? 128 : 0);
        if (own is null || scale.Scales.Length > 1 || own.Scale != scale.Scales[0] || own.ZeroPoint != zeroPoint)
        {
            op.Unsupported(scale.Scales.Length > 1
                ? $"{scale.Scales.Length} scales of an activation"
                : $"scale {scale.Scales[0]} and zero point {zeroPoint} for {x}, which was quantized with {own?.Scale} and {own?.ZeroPoint},");
            return;
        }

        op.Node(OperatorKind.Dequantize, [input], [op.Define(x.Dimensions, x.Order)]);
    }

    /// <summary>Scale and zero point from inputs 1 and 2; null after noting what is not supported.</summary>
    private static AffineScale? Scale(OnnxOperator op, int rank, bool hasZeroPoint)
    {
        int axis = op.Int("axis", 1);
        if (op.Int("block_size", 0) != 0)
            op.Unsupported("block_size");
        OnnxConstant? scales = op.Constant(1, "scale");
        OnnxConstant? zeros = hasZeroPoint ? op.Constant(2, "zero point") : null;
        if (op.Failed)
            return null;
        float[] values = scales!.Real();
        foreach (float s in values)
        {
            if (!(s > 0) || !float.IsFinite(s))
                throw op.Corrupt($"a scale is {s}; it must be positive and finite");
        }

        if (zeros is not null && (zeros.Integers is null || zeros.Count != values.Length))
            throw op.Corrupt($"{values.Length} scales and {zeros.Count} zero points of type {OnnxNames.Of(zeros.Type)}");
        if (values.Length == 0 || (values.Length > 1 && scales.Dimensions.Length != 1))
            throw op.Corrupt($"scales have shape {string.Join('x', scales.Dimensions)}");
        int[] zeroPoints = zeros is null ? new int[values.Length] : [.. zeros.Integers!.Select(z => op.Narrow(z, "a zero point"))];
        return new AffineScale(values, zeroPoints, values.Length > 1 ? op.Axis(axis, rank) : -1);
    }

    private static void CheckSlices(OnnxOperator op, AffineScale scale, int[] dimensions)
    {
        if (scale.Axis >= 0 && dimensions[scale.Axis] != scale.Scales.Length)
            throw op.Corrupt($"{scale.Scales.Length} scales for dimension {scale.Axis} of {string.Join('x', dimensions)}");
    }

    private static int Slice(AffineScale scale, int element, int[] dimensions)
    {
        if (scale.Axis < 0)
            return 0;
        int inner = 1;
        for (int d = scale.Axis + 1; d < dimensions.Length; d++)
            inner *= dimensions[d];
        return element / inner % dimensions[scale.Axis];
    }
}
