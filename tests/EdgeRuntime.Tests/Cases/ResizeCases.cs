using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of the resize operators and ArgMax: up and down, odd factors, all conventions, both types.</summary>
internal static class ResizeCases
{
    private static readonly ResizeOptions[] conventions = [new(), new(AlignCorners: true), new(HalfPixelCenters: true)];

    public static IReadOnlyList<OperatorCase> All { get; } =
    [
        .. conventions.SelectMany(o => Resize(new Shape(1, 4, 5, 3), 8, 10, o)),
        .. conventions.SelectMany(o => Resize(new Shape(2, 7, 6, 5), 3, 4, o)),
        .. conventions.SelectMany(o => Resize(new Shape(1, 3, 1, 17), 7, 5, o)),
        .. conventions.SelectMany(o => Resize(new Shape(1, 6, 6, 4), 1, 1, o)),
        .. conventions.SelectMany(o => Resize(new Shape(1, 1, 1, 2), 1, 1500, o)),
        .. ArgMax(new Shape(1, 10), new Shape(1), 1),
        .. ArgMax(new Shape(2, 3, 4, 5), new Shape(2, 3, 4), -1),
        .. ArgMax(new Shape(2, 3, 4, 5), new Shape(2, 4, 5), 1),
    ];

    private static IEnumerable<OperatorCase> Resize(Shape x, int height, int width, ResizeOptions options)
    {
        var y = new Shape(x[0], height, width, x[3]);
        foreach (OperatorKind kind in (OperatorKind[])[OperatorKind.ResizeNearest, OperatorKind.ResizeBilinear])
        {
            yield return new OperatorCase($"int8 {x} to {y} {options}", kind, b =>
            {
                Quantization quantization = b.AnyQuantization(0.05f);
                int input = b.Int8Input(x, quantization);
                b.Node(kind, [input], [b.Output(DataType.Int8, y, quantization)], options);
            });
            yield return new OperatorCase($"float32 {x} to {y} {options}", kind, b =>
            {
                int input = b.Float32Input(x);
                b.Node(kind, [input], [b.Output(DataType.Float32, y)], options);
            });
        }
    }

    private static IEnumerable<OperatorCase> ArgMax(Shape x, Shape y, int axis)
    {
        foreach (DataType type in (DataType[])[DataType.Int8, DataType.Float32])
        {
            yield return new OperatorCase($"{type} {x} along {axis}", OperatorKind.ArgMax, b =>
            {
                int input = b.Input(type, x, type == DataType.Int8 ? b.AnyQuantization(0.05f) : null);
                b.Node(OperatorKind.ArgMax, [input], [b.Output(DataType.Int32, y)], new AxisOptions(axis));
            });
        }
    }
}
