using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of operators that move elements: Reshape, Transpose, Pad, Slice, StridedSlice, Concat, Split; int8, float32 and int32.</summary>
internal static class MovementCases
{
    private static readonly DataType[] types = [DataType.Int8, DataType.Float32, DataType.Int32];

    public static IReadOnlyList<OperatorCase> All { get; } =
    [
        .. Each(OperatorKind.Reshape, new Shape(1, 4, 5, 6), [new Shape(1, 120)]),
        .. Each(OperatorKind.Transpose, new Shape(1, 3, 10, 7), [new Shape(1, 10, 7, 3)], new TransposeOptions([0, 2, 3, 1])),
        .. Each(OperatorKind.Transpose, new Shape(2, 10, 7, 3), [new Shape(2, 3, 10, 7)], new TransposeOptions([0, 3, 1, 2])),
        .. Each(OperatorKind.Transpose, new Shape(5, 9), [new Shape(9, 5)], new TransposeOptions([1, 0])),
        .. Each(OperatorKind.Transpose, new Shape(2, 3, 4, 5, 2), [new Shape(5, 2, 2, 4, 3)], new TransposeOptions([3, 0, 4, 2, 1])),
        .. Each(OperatorKind.Transpose, new Shape(2, 3, 7, 8), [new Shape(7, 8, 2, 3)], new TransposeOptions([2, 3, 0, 1])),
        .. Each(OperatorKind.Transpose, new Shape(3, 40, 67), [new Shape(3, 67, 40)], new TransposeOptions([0, 2, 1])),
        .. Each(OperatorKind.Transpose, new Shape(4, 5, 6), [new Shape(5, 4, 6)], new TransposeOptions([1, 0, 2])),
        .. Each(OperatorKind.Pad, new Shape(1, 4, 5, 3), [new Shape(1, 6, 8, 3)], new PadOptions([0, 1, 1, 0], [0, 1, 2, 0])),
        .. Each(OperatorKind.Pad, new Shape(1, 4, 5, 16), [new Shape(1, 5, 6, 16)], new PadOptions([0, 0, 0, 0], [0, 1, 1, 0])),
        .. Each(OperatorKind.Pad, new Shape(2, 3), [new Shape(4, 8)], new PadOptions([2, 1], [0, 4])),
        .. Each(OperatorKind.Slice, new Shape(1, 6, 7, 5), [new Shape(1, 3, 4, 2)], new SliceOptions([0, 2, 1, 3], [1, 1, 1, 1])),
        .. Each(OperatorKind.StridedSlice, new Shape(1, 6, 7, 5), [new Shape(1, 3, 4, 2)], new SliceOptions([0, 1, 0, 1], [1, 2, 2, 3])),
        .. Each(OperatorKind.StridedSlice, new Shape(1, 6, 7, 5), [new Shape(1, 3, 7, 5)], new SliceOptions([0, 1, 0, 0], [1, 2, 1, 1])),
        .. Each(OperatorKind.StridedSlice, new Shape(3, 8), [new Shape(2, 4)], new SliceOptions([2, 7], [-1, -2])),
        .. Each(OperatorKind.ChannelShuffle, new Shape(1, 3, 4, 12), [new Shape(1, 3, 4, 12)], new GroupOptions(3)),
        .. Each(OperatorKind.Split, new Shape(1, 4, 5, 6), [new Shape(1, 4, 5, 2), new Shape(1, 4, 5, 2), new Shape(1, 4, 5, 2)], new AxisOptions(3)),
        .. Each(OperatorKind.Split, new Shape(1, 4, 5, 6), [new Shape(1, 2, 5, 6), new Shape(1, 2, 5, 6)], new AxisOptions(-3)),
        .. types.SelectMany(t => Concat(t, 3, new Shape(1, 3, 4, 5), new Shape(1, 3, 4, 16), new Shape(1, 3, 4, 1))),
        .. types.SelectMany(t => Concat(t, 1, new Shape(1, 3, 4, 5), new Shape(1, 2, 4, 5))),
        .. types.SelectMany(t => Concat(t, -1, new Shape(1, 32), new Shape(1, 32))),
    ];

    private static IEnumerable<OperatorCase> Each(OperatorKind kind, Shape x, Shape[] outputs, OperatorOptions? options = null)
    {
        foreach (DataType type in types)
        {
            yield return new OperatorCase($"{type} {x} to {string.Join(", ", outputs)}", kind, b =>
            {
                Quantization? quantization = type == DataType.Int8 ? b.AnyQuantization(0.05f) : null;
                int input = b.Input(type, x, quantization);
                b.Node(kind, [input], [.. outputs.Select(y => b.Output(type, y, quantization))], options);
            });
        }
    }

    private static IEnumerable<OperatorCase> Concat(DataType type, int axis, params Shape[] parts)
    {
        yield return new OperatorCase($"{type} {string.Join(", ", parts)} along {axis}", OperatorKind.Concat, b =>
        {
            Quantization? quantization = type == DataType.Int8 ? b.AnyQuantization(0.05f) : null;
            int[] dims = parts[0].Dimensions.ToArray();
            int at = axis < 0 ? axis + dims.Length : axis;
            dims[at] = parts.Sum(p => p[at]);
            int[] inputs = [.. parts.Select(p => b.Input(type, p, quantization))];
            b.Node(OperatorKind.Concat, inputs, [b.Output(type, new Shape(dims), quantization)], new AxisOptions(axis));
        });
    }
}
