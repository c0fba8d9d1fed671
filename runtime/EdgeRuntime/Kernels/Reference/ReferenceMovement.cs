using EdgeRuntime.Kernels.Binary.Movement;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Reference kernels of operators that move elements without changing them; one of each for 1-byte and for 4-byte elements.</summary>
internal static class ReferenceMovement
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new("any.reshape.reference", OperatorKind.Reshape, CpuFeatures.None, _ => true, r => new CopyKernel(r)) { IsReference = true },
        .. Both(OperatorKind.Transpose, r => [BoxCopies.Transpose(r.Input(0).Type, r.Input(0).Shape, r.Output().Shape, r.Options<TransposeOptions>().Permutation)]),
        .. Both(OperatorKind.Pad, r => [BoxCopies.Pad(r.Input(0).Shape, r.Output().Shape, r.Options<PadOptions>().Before)]),
        .. Both(OperatorKind.Slice, r => [BoxCopies.Slice(r.Input(0).Type, r.Input(0).Shape, r.Output().Shape, r.Options<SliceOptions>())]),
        .. Both(OperatorKind.StridedSlice, r => [BoxCopies.Slice(r.Input(0).Type, r.Input(0).Shape, r.Output().Shape, r.Options<SliceOptions>())]),
        .. Both(OperatorKind.Concat, r => BoxCopies.Concat(r, AxisOf(r, r.Output().Shape))),
        .. Both(OperatorKind.ChannelShuffle, r => [BoxCopies.ChannelShuffle(r.Input(0).Type, r.Input(0).Shape, r.Options<GroupOptions>().Groups)]),
        .. Both(OperatorKind.Split, r => BoxCopies.Split(r, AxisOf(r, r.Input(0).Shape))),
        ReferenceKernels.Int8(OperatorKind.ResizeNearest, r => new ResizeNearestKernel<sbyte>(r)),
        ReferenceKernels.Float32(OperatorKind.ResizeNearest, r => new ResizeNearestKernel<float>(r)),
        ReferenceKernels.Int8(OperatorKind.ResizeBilinear, r => new ResizeBilinearKernel<sbyte, int, Int8BilinearMix>(r)),
        ReferenceKernels.Float32(OperatorKind.ResizeBilinear, r => new ResizeBilinearKernel<float, float, Float32BilinearMix>(r)),
        ReferenceKernels.Entry(OperatorKind.ArgMax, "int8.argmax", DataType.Int8, DataType.Int32, r => new ArgMaxKernel<sbyte>(r)),
        ReferenceKernels.Entry(OperatorKind.ArgMax, "float32.argmax", DataType.Float32, DataType.Int32, r => new ArgMaxKernel<float>(r)),
    ];

    private static KernelEntry[] Both(OperatorKind kind, Func<KernelRequest, IReadOnlyList<BoxCopy>> boxes) =>
    [
        ReferenceKernels.Int8(kind, r => new BoxCopyKernel<sbyte>(boxes(r), (sbyte)(r.Output().Quantization?.ZeroPoint ?? 0), Filled(r))),
        ReferenceKernels.Float32(kind, r => new BoxCopyKernel<float>(boxes(r), 0, Filled(r))),
        ReferenceKernels.Entry(kind, $"int32.{kind.ToString().ToLowerInvariant()}", DataType.Int32, DataType.Int32, r => new BoxCopyKernel<int>(boxes(r), 0, Filled(r))),
        .. kind == OperatorKind.Pad ? [] : Packed(kind, boxes),
    ];

    // A border of packed bits would hold 0, which is no sign.
    private static KernelEntry[] Packed(OperatorKind kind, Func<KernelRequest, IReadOnlyList<BoxCopy>> boxes) =>
        [ReferenceKernels.Entry(kind, $"binary.{kind.ToString().ToLowerInvariant()}", DataType.Bit, DataType.Bit, r => new PackedCopyReference(r, boxes(r)))];

    private static int Filled(KernelRequest r) => r.Node.Kind == OperatorKind.Pad ? (int)r.Output().Shape.ElementCount : 0;

    private static int AxisOf(KernelRequest r, Shape shape)
    {
        int axis = r.Options<AxisOptions>().Axis;
        return axis < 0 ? axis + shape.Rank : axis;
    }
}
