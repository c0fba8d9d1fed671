using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>MEAN and ARG_MAX.</summary>
internal static class Reductions
{
    public static void Mean(OperatorContext op)
    {
        op.RequireOperands(2, 2);
        bool keep = op.Options(Schema.Reducer.UnionType)?.Bool(Schema.Reducer.KeepDimensions) ?? false;
        int rank = op.Input(0).Dimensions.Length;
        if (op.Integers(1, "axes") is not { } axes)
            return;
        int[] distinct = [.. axes.Select(a => Axis(op, a, rank)).Distinct().Order()];
        op.Add(OperatorKind.Mean, [op.In(0)], [op.Out()], new ReduceOptions(distinct, keep));
    }

    public static void ArgMax(OperatorContext op)
    {
        op.RequireOperands(2, 2);
        if (op.Integers(1, "axis") is not { } axis)
            return;
        if (axis.Length != 1)
            throw op.Corrupt($"the axis has {axis.Length} values; it takes 1");
        op.NarrowOutput();
        op.Add(OperatorKind.ArgMax, [op.In(0)], [op.Out(allowed: Allowed.Int32)], new AxisOptions(Axis(op, axis[0], op.Input(0).Dimensions.Length)));
    }

    /// <summary>An axis counted from the front.</summary>
    public static int Axis(OperatorContext op, int axis, int rank)
    {
        if (axis < -rank || axis >= rank)
            throw op.Corrupt($"axis {axis} of a tensor of {rank} dimensions");
        return axis < 0 ? axis + rank : axis;
    }
}
