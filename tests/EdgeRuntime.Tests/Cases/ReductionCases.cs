using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of Mean and Softmax, both types.</summary>
internal static class ReductionCases
{
    public static IReadOnlyList<OperatorCase> All { get; } =
    [
        .. new[] { 1, 3, 8, 15, 16, 17, 33, 64, 70 }.SelectMany(c => Mean(new Shape(1, 7, 7, c), new Shape(1, c), false, 1, 2)),
        .. Mean(new Shape(2, 5, 6, 12), new Shape(2, 1, 1, 12), true, 1, 2),
        .. Mean(new Shape(2, 5, 6, 12), new Shape(2, 12), false, -2, -3),
        .. Mean(new Shape(2, 5, 6, 12), new Shape(2, 5, 6), false, 3),
        .. Mean(new Shape(2, 5, 6, 12), new Shape(5, 6, 12), false, 0),
        .. Mean(new Shape(1, 4, 4, 8), new Shape(1), false, 1, 2, 3),
        .. new[] { 1, 2, 3, 10, 16, 33, 100, 1000 }.SelectMany(n => Softmax(new Shape(1, n), 1)),
        .. Softmax(new Shape(7, 5), 1),
        .. Softmax(new Shape(1, 3, 3, 21), 0.5f),
    ];

    private static IEnumerable<OperatorCase> Mean(Shape x, Shape y, bool keep, params int[] axes)
    {
        string name = $"{x} over {string.Join(',', axes)}";
        yield return new OperatorCase("int8 " + name, OperatorKind.Mean, b =>
        {
            int input = b.Int8Input(x);
            b.Node(OperatorKind.Mean, [input], [b.Output(DataType.Int8, y, b.AnyQuantization(0.02f))], new ReduceOptions(axes, keep));
        });
        yield return new OperatorCase("float32 " + name, OperatorKind.Mean, b =>
        {
            int input = b.Float32Input(x);
            b.Node(OperatorKind.Mean, [input], [b.Output(DataType.Float32, y)], new ReduceOptions(axes, keep));
        });
    }

    private static IEnumerable<OperatorCase> Softmax(Shape shape, float beta)
    {
        foreach (float scale in (float[])[0.002f, 0.05f, 0.5f])
        {
            yield return new OperatorCase($"int8 {shape} scale {scale} beta {beta}", OperatorKind.Softmax, b =>
            {
                int x = b.Int8Input(shape, b.AnyQuantization(scale));
                b.Node(OperatorKind.Softmax, [x], [b.Output(DataType.Int8, shape, new Quantization(1f / 256, -128))], new SoftmaxOptions(beta));
            });
        }

        yield return new OperatorCase($"float32 {shape} beta {beta}", OperatorKind.Softmax, b =>
        {
            int x = b.Float32Input(shape);
            b.Node(OperatorKind.Softmax, [x], [b.Output(DataType.Float32, shape)], new SoftmaxOptions(beta));
        });
    }
}
