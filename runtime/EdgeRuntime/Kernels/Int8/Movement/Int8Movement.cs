using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Entries of int8 operators that move elements without changing them.</summary>
internal static class Int8Movement
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new("int8.transpose.matrix", OperatorKind.Transpose, CpuFeatures.None, r => IsInt8(r) && MatrixTransposeKernel.Supports(r), r => new MatrixTransposeKernel(r)),
        Rows(OperatorKind.Transpose, r => [BoxCopies.Transpose(DataType.Int8, r.Input(0).Shape, r.Output().Shape, r.Options<TransposeOptions>().Permutation)]),
        Rows(OperatorKind.Pad, r => [BoxCopies.Pad(r.Input(0).Shape, r.Output().Shape, r.Options<PadOptions>().Before)]),
        Rows(OperatorKind.Slice, r => [BoxCopies.Slice(DataType.Int8, r.Input(0).Shape, r.Output().Shape, r.Options<SliceOptions>())]),
        Rows(OperatorKind.StridedSlice, r => [BoxCopies.Slice(DataType.Int8, r.Input(0).Shape, r.Output().Shape, r.Options<SliceOptions>())]),
        Rows(OperatorKind.Concat, r => BoxCopies.Concat(r, AxisOf(r, r.Output().Shape))),
        Rows(OperatorKind.Split, r => BoxCopies.Split(r, AxisOf(r, r.Input(0).Shape))),
    ];

    private static bool IsInt8(KernelRequest r) => r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8;

    private static KernelEntry Rows(OperatorKind kind, Func<KernelRequest, IReadOnlyList<BoxCopy>> boxes) => new(
        $"int8.{kind.ToString().ToLowerInvariant()}.rows",
        kind,
        CpuFeatures.None,
        r => IsInt8(r) && RowCopyKernel.Supports(boxes(r)),
        r => new RowCopyKernel(boxes(r), (sbyte)(r.Output().Quantization?.ZeroPoint ?? 0), kind == OperatorKind.Pad ? (int)r.Output().Shape.ElementCount : 0));

    private static int AxisOf(KernelRequest r, Shape shape)
    {
        int axis = r.Options<AxisOptions>().Axis;
        return axis < 0 ? axis + shape.Rank : axis;
    }
}
