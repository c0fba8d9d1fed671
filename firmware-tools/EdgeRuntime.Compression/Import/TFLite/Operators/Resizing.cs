using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR.</summary>
internal static class Resizing
{
    public static void Bilinear(OperatorContext op)
    {
        FlatTable? options = op.Options(Schema.Resize.BilinearUnionType);
        Convert(
            op,
            OperatorKind.ResizeBilinear,
            options?.Bool(Schema.Resize.BilinearAlignCorners) ?? false,
            options?.Bool(Schema.Resize.BilinearHalfPixelCenters) ?? false);
    }

    public static void Nearest(OperatorContext op)
    {
        FlatTable? options = op.Options(Schema.Resize.NearestUnionType);
        Convert(
            op,
            OperatorKind.ResizeNearest,
            options?.Bool(Schema.Resize.NearestAlignCorners) ?? false,
            options?.Bool(Schema.Resize.NearestHalfPixelCenters) ?? false);
    }

    private static void Convert(OperatorContext op, OperatorKind kind, bool alignCorners, bool halfPixelCenters)
    {
        op.RequireOperands(2, 2);
        if (op.Integers(1, "size") is not { } size)
            return;
        int[] y = op.Output().Dimensions;
        if (size.Length != 2 || y.Length != 4 || y[1] != size[0] || y[2] != size[1])
            throw op.Corrupt($"the size is ({string.Join(", ", size)}), but the output is {string.Join('x', y)}");
        op.Add(kind, [op.In(0)], [op.Out()], new ResizeOptions(alignCorners, halfPixelCenters));
    }
}
