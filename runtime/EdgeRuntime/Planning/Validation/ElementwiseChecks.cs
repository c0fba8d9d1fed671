using EdgeRuntime.Kernels;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>Checks of elementwise operators.</summary>
internal static class ElementwiseChecks
{
    private const double MaxFactor = 1 << QuantizedMultiplier.MaxShift;

    public static void Binary(NodeCheck check)
    {
        check.Counts(2, 2, 1);
        check.Activation(check.Options<ActivationOptions>().Activation);
        if (!Broadcast(check))
            return;
        Quantization a = check.PerTensor(check.Input(0));
        Quantization b = check.PerTensor(check.Input(1));
        Quantization y = check.PerTensor(check.Output());
        if (check.Node.Kind == OperatorKind.Mul)
            check.Factor(Int8Product.Factor(a, b, y), MaxFactor);
        else
            check.Factor(Int8SumScaling.OutputFactor(a, b, y), 1);
    }

    public static void PRelu(NodeCheck check)
    {
        check.Counts(2, 2, 1);
        check.Shape(check.Output(), check.Input(0).Shape);
        if (!Broadcast(check))
            return;
        Quantization x = check.PerTensor(check.Input(0));
        Quantization slope = check.PerTensor(check.Input(1));
        Quantization y = check.PerTensor(check.Output());
        check.Factor((double)x.Scale / y.Scale, MaxFactor);
        check.Factor(Int8Product.Factor(x, slope, y), MaxFactor);
    }

    public static void BatchNorm(NodeCheck check)
    {
        check.Counts(3, 3, 1);
        TensorInfo x = check.Input(0);
        check.SameType(x, check.Output(), DataType.Float32);
        check.Shape(check.Output(), x.Shape);
        check.Range("number of dimensions", x.Shape.Rank, 1, Shape.MaxRank);
        for (int i = 1; i <= 2; i++)
        {
            check.Type(check.Input(i), DataType.Float32);
            check.Shape(check.Input(i), new Shape(x.Shape[^1]));
        }
    }

    public static void Unary(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        check.SameType(check.Input(0), check.Output(), DataType.Float32, DataType.Int8);
        check.Shape(check.Output(), check.Input(0).Shape);
        if (check.Input(0).Type != DataType.Int8)
            return;
        Quantization x = check.PerTensor(check.Input(0));
        Quantization y = check.PerTensor(check.Output());
        switch (check.Node.Kind)
        {
            case OperatorKind.HardSwish:
                check.Factor(Int8Tables.HardSwishOutputFactor(x, y), 1 - 1e-6);
                break;
            case OperatorKind.Logistic:
                Sigmoid(check, x);
                Fixed(check, y, 1f / 256, -128);
                break;
            case OperatorKind.Tanh:
                Sigmoid(check, x);
                Fixed(check, y, 1f / 128, 0);
                break;
            default:
                check.Factor((double)x.Scale / y.Scale, MaxFactor);
                break;
        }
    }

    public static void Conversion(NodeCheck check)
    {
        check.Counts(1, 1, 1);
        check.Shape(check.Output(), check.Input(0).Shape);
        bool fromFloat = check.Node.Kind == OperatorKind.Quantize;
        bool toFloat = check.Node.Kind == OperatorKind.Dequantize;
        check.Type(check.Input(0), fromFloat ? DataType.Float32 : DataType.Int8);
        check.Type(check.Output(), toFloat ? DataType.Float32 : DataType.Int8);
        if (!fromFloat)
            check.PerTensor(check.Input(0));
        if (!toFloat)
            check.PerTensor(check.Output());
        if (!fromFloat && !toFloat)
            check.Factor((double)check.Input(0).Quantization!.Scale / check.Output().Quantization!.Scale, MaxFactor);
    }

    /// <summary>An output that can only have one scale and zero point.</summary>
    public static void Fixed(NodeCheck check, Quantization y, float scale, int zeroPoint)
    {
        if (y.Scale != scale || y.ZeroPoint != zeroPoint)
            throw check.Error(ModelError.BadType, $"its output has scale {y.Scale} and zero point {y.ZeroPoint}; they must be {scale} and {zeroPoint}");
    }

    /// <summary>Inputs of Logistic and Tanh are taken in Q4.27: with scale 8 or more, no step but 0 fits.</summary>
    private static void Sigmoid(NodeCheck check, Quantization x)
    {
        if (x.Scale >= 8)
            throw check.Error(ModelError.BadType, $"its input has scale {x.Scale}; it must be below 8");
    }

    /// <summary>Types of two inputs and the output, and the shape that both broadcast to; true for int8.</summary>
    private static bool Broadcast(NodeCheck check)
    {
        TensorInfo a = check.Input(0);
        TensorInfo b = check.Input(1);
        check.SameType(a, b, DataType.Float32, DataType.Int8);
        check.Type(check.Output(), a.Type);
        int rank = Math.Max(a.Shape.Rank, b.Shape.Rank);
        int[] dims = new int[rank];
        for (int d = 1; d <= rank; d++)
        {
            int da = d <= a.Shape.Rank ? a.Shape[^d] : 1;
            int db = d <= b.Shape.Rank ? b.Shape[^d] : 1;
            if (da != db && da != 1 && db != 1)
                throw check.Error(ModelError.BadShape, $"inputs of {a.Shape} and {b.Shape} cannot be broadcast to each other");
            dims[^d] = Math.Max(da, db);
        }

        check.Shape(check.Output(), new Shape(dims));
        return a.Type == DataType.Int8;
    }
}
