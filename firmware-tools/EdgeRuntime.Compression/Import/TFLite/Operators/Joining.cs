using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>CONCATENATION, SPLIT and SPLIT_V.</summary>
internal static class Joining
{
    public static void Concatenation(OperatorContext op)
    {
        op.RequireOperands(1, int.MaxValue);
        FlatTable? options = op.Options(Schema.Concatenation.UnionType);
        int axis = Reductions.Axis(op, options?.Int(Schema.Concatenation.Axis) ?? 0, op.Output().Dimensions.Length);
        if (op.PackedChannels(0) > 0)
        {
            Packed(op, axis);
            return;
        }

        int[] inputs = [.. Enumerable.Range(0, op.Source.Inputs.Length).Select(i => op.In(i, Allowed.Any))];
        int y = op.Out(allowed: Allowed.Any);
        OperatorKind? activation = op.Activation(options, Schema.Concatenation.Activation) switch
        {
            Activation.Relu => OperatorKind.Relu,
            Activation.Relu6 => OperatorKind.Relu6,
            Activation.ReluN1To1 => OperatorKind.ReluN1To1,
            _ => null,
        };
        if (activation is null)
        {
            op.Add(OperatorKind.Concat, inputs, [y], new AxisOptions(axis));
            return;
        }

        int joined = op.Between("concat", op.Output().Dimensions, op.Output());
        op.Add(OperatorKind.Concat, inputs, [joined], new AxisOptions(axis));
        op.Add(activation.Value, [joined], [y]);
    }

    /// <summary>Packed bits: along channels the file's words are joined, which joins the bits only where no word has unused ones in between.</summary>
    private static void Packed(OperatorContext op, int axis)
    {
        int[] channels = [.. Enumerable.Range(0, op.Source.Inputs.Length).Select(op.PackedChannels)];
        int[] inputs = [.. Enumerable.Range(0, channels.Length).Select(op.PackedIn)];
        int[] dimensions = [.. op.Output().Dimensions];
        bool alongChannels = axis == dimensions.Length - 1;
        if (alongChannels && channels.SkipLast(1).Any(c => c % DataTypes.BitsPerWord != 0))
            op.Unsupported($"packed inputs of {string.Join(", ", channels)} channels; all but the last have a multiple of {DataTypes.BitsPerWord}");
        dimensions[^1] = alongChannels ? channels.Sum() : channels[0];
        op.Add(OperatorKind.Concat, inputs, [op.PackedOut(dimensions)], new AxisOptions(axis));
    }

    public static void Split(OperatorContext op)
    {
        op.RequireOperands(2, 2, 1, int.MaxValue);
        if (op.Integers(0, "axis") is not { } axis)
            return;
        if (axis.Length != 1)
            throw op.Corrupt($"the axis has {axis.Length} values; it takes 1");
        int x = op.In(1, Allowed.Any);
        op.Add(OperatorKind.Split, [x], Outputs(op), new AxisOptions(Reductions.Axis(op, axis[0], op.Input(1).Dimensions.Length)));
    }

    /// <summary>Parts of unequal size: one slice for each.</summary>
    public static void SplitV(OperatorContext op)
    {
        op.RequireOperands(3, 3, 1, int.MaxValue);
        int[]? sizes = op.Integers(1, "sizes");
        int[]? axes = op.Integers(2, "axis");
        if (sizes is null || axes is null)
            return;
        int[] dimensions = op.Input(0).Dimensions;
        if (axes.Length != 1)
            throw op.Corrupt($"the axis has {axes.Length} values; it takes 1");
        int axis = Reductions.Axis(op, axes[0], dimensions.Length);
        int x = op.In(0, Allowed.Any);
        int[] outputs = Outputs(op);
        if (sizes.Length != outputs.Length)
            throw op.Corrupt($"{sizes.Length} sizes for {outputs.Length} outputs");
        long start = 0;
        for (int i = 0; i < outputs.Length; i++)
        {
            int size = op.Output(i).Dimensions.ElementAtOrDefault(axis);
            if ((sizes[i] != -1 && sizes[i] != size) || size < 1 || start + size > dimensions[axis])
                throw op.Corrupt($"part {i} has {size} of {dimensions[axis]} elements from {start} on; its size is given as {sizes[i]}");
            int[] begin = new int[dimensions.Length];
            begin[axis] = (int)start;
            op.Add(OperatorKind.Slice, [x], [outputs[i]], new SliceOptions(begin, [.. Enumerable.Repeat(1, begin.Length)]));
            start += size;
        }
    }

    private static int[] Outputs(OperatorContext op) => [.. Enumerable.Range(0, op.Source.Outputs.Length).Select(i => op.Out(i, Allowed.Any))];
}
