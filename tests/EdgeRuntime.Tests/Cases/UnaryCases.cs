using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of elementwise operators of one input, BatchNorm and PRelu: sizes around vector widths, scales from fine to coarse.</summary>
internal static class UnaryCases
{
    private static readonly int[] sizes = [1, 3, 15, 16, 17, 33, 64, 1000];
    private static readonly float[] scales = [0.001f, 0.02f, 0.05f, 0.3f, 9];

    public static IReadOnlyList<OperatorCase> All { get; } =
    [
        .. Activations(OperatorKind.Relu, null),
        .. Activations(OperatorKind.Relu6, null),
        .. Activations(OperatorKind.ReluN1To1, null),
        .. Activations(OperatorKind.HardSwish, null),
        .. Activations(OperatorKind.Logistic, new Quantization(1f / 256, -128)),
        .. Activations(OperatorKind.Tanh, new Quantization(1f / 128, 0)),
        .. sizes.SelectMany(n => scales.Select(s => Int8(OperatorKind.Requantize, n, s, null))),
        .. sizes.Select(n => new OperatorCase($"{n}", OperatorKind.Quantize, b =>
        {
            int x = b.Float32Input(new Shape(1, n));
            b.Node(OperatorKind.Quantize, [x], [b.Output(DataType.Int8, new Shape(1, n), b.AnyQuantization(0.03f))]);
        })),
        .. sizes.Select(n => new OperatorCase($"{n}", OperatorKind.Dequantize, b =>
        {
            int x = b.Int8Input(new Shape(1, n));
            b.Node(OperatorKind.Dequantize, [x], [b.Output(DataType.Float32, new Shape(1, n))]);
        })),
        .. new[] { 1, 5, 8, 16, 19, 33 }.SelectMany(PerChannel),
    ];

    private static IEnumerable<OperatorCase> Activations(OperatorKind kind, Quantization? output)
    {
        foreach (int n in sizes)
        {
            yield return new OperatorCase($"float32 {n}", kind, b =>
            {
                int x = b.Float32Input(new Shape(1, n));
                b.Node(kind, [x], [b.Output(DataType.Float32, new Shape(1, n))]);
            });
            foreach (float scale in scales.Where(s => s < 5 || output is null))
                yield return Int8(kind, n, scale, output);
        }
    }

    private static OperatorCase Int8(OperatorKind kind, int n, float scale, Quantization? output) =>
        new($"int8 {n} scale {scale}", kind, b =>
        {
            int x = b.Int8Input(new Shape(1, n), b.AnyQuantization(scale));
            b.Node(kind, [x], [b.Output(DataType.Int8, new Shape(1, n), output ?? b.AnyQuantization(scale))]);
        });

    private static IEnumerable<OperatorCase> PerChannel(int channels)
    {
        var shape = new Shape(1, 3, 5, channels);
        yield return new OperatorCase($"{channels} channels", OperatorKind.BatchNorm, b =>
        {
            int x = b.Float32Input(shape);
            int[] inputs = [x, b.Float32Constant(new Shape(channels)), b.Float32Constant(new Shape(channels))];
            b.Node(OperatorKind.BatchNorm, inputs, [b.Output(DataType.Float32, shape)]);
        });
        yield return new OperatorCase($"float32 {channels} channels", OperatorKind.PRelu, b =>
        {
            int x = b.Float32Input(shape);
            b.Node(OperatorKind.PRelu, [x, b.Float32Constant(new Shape(channels))], [b.Output(DataType.Float32, shape)]);
        });
        yield return new OperatorCase($"int8 {channels} channels", OperatorKind.PRelu, b =>
        {
            int x = b.Int8Input(shape);
            int slope = b.Int8Weights(new Shape(channels), -1, 0.004f);
            b.Node(OperatorKind.PRelu, [x, slope], [b.Output(DataType.Int8, shape, b.AnyQuantization(0.05f))]);
        });
    }
}
