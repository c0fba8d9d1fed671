namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>
/// Operators on integers that are known at import. Converters leave such chains (SHAPE, STRIDED_SLICE, PACK, RESHAPE) wherever a
/// network was written for any batch size; with fixed shapes they are constants.
/// </summary>
internal static class ShapeArithmetic
{
    /// <summary>Computes the operator's output if it is of this kind and its inputs are known.</summary>
    public static bool TryCompute(OperatorContext op)
    {
        if (op.Source.Outputs.Length != 1 || op.Source.Inputs.Length == 0 || !op.HasInput(0))
            return false;
        if (op.Output().Type is not (TensorType.Int32 or TensorType.Int64))
            return false;
        int[]? result = (BuiltinOperator)op.Source.Code switch
        {
            BuiltinOperator.Shape => Shape(op),
            BuiltinOperator.Pack or BuiltinOperator.Concatenation => Join(op),
            BuiltinOperator.StridedSlice => StridedSlice(op),
            BuiltinOperator.Cast or BuiltinOperator.Reshape or BuiltinOperator.Squeeze or BuiltinOperator.ExpandDims => Known(op, 0),
            _ => null,
        };
        if (result is null || result.Length > IntegerValues.MaxValues)
            return false;
        op.Values.Set(op.Source.Outputs[0], result);
        return true;
    }

    private static int[]? Shape(OperatorContext op)
    {
        int[] dimensions = op.Input(0).Dimensions;
        return dimensions.All(d => d > 0) ? dimensions : null;
    }

    private static int[]? Join(OperatorContext op)
    {
        var all = new List<int>();
        for (int i = 0; i < op.Source.Inputs.Length; i++)
        {
            // Scalars and vectors only: their order in memory is that of the list.
            if (!op.HasInput(i) || op.Input(i).Dimensions.Length > 1 || Known(op, i) is not { } values || all.Count + values.Length > IntegerValues.MaxValues)
                return null;
            all.AddRange(values);
        }

        return [.. all];
    }

    private static int[]? StridedSlice(OperatorContext op)
    {
        if (op.Source.Inputs.Length != 4 || op.Input(0).Dimensions.Length != 1 || Known(op, 0) is not { } values || values.Length != op.Input(0).Dimensions[0])
            return null;
        for (int i = 1; i < 4; i++)
        {
            if (Known(op, i) is null)
                return null;
        }

        StridedBox? box = StridedBox.Read(op);
        return box is null ? null : [.. Enumerable.Range(0, box.Counts[0]).Select(i => values[box.Begin[0] + (i * box.Strides[0])])];
    }

    private static int[]? Known(OperatorContext op, int input) => op.Values.Find(op.Source.Inputs[input], op.Source);
}
