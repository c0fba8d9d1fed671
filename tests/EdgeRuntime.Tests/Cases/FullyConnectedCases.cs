using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of FullyConnected: remainders of inputs and outputs, rows, one scale or one per output, both types.</summary>
internal static class FullyConnectedCases
{
    public static IReadOnlyList<OperatorCase> All { get; } =
    [
        .. new[] { 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 256 }.SelectMany(inputs => Both(1, inputs, 10, false, Activation.None)),
        .. Enumerable.Range(1, 17).SelectMany(outputs => Both(1, 40, outputs, false, Activation.Relu)),
        .. Both(2, 48, 12, false, Activation.Relu6),
        .. Both(5, 33, 7, true, Activation.None),
        .. Both(4, 64, 16, true, Activation.ReluN1To1),
        .. new[] { 1, 3, 4, 5, 7, 8, 31, 32, 33, 70, 100, 247, 248, 249, 496, 500, 991, 992, 993, 1000, 2100 }.Select(inputs => Signs(1, inputs, 64, true, Activation.None)),
        .. new[] { 10, 64, 65, 79, 80, 81, 95, 96, 97, 600 }.Select(outputs => Signs(1, 72, outputs, outputs % 2 == 0, Activation.Relu)),
        Signs(2, 300, 72, true, Activation.Relu6),
        Signs(3, 65, 20, false, Activation.None),
        Signs(2, 1000, 97, false, Activation.None),
    ];

    /// <summary>int8 activations and weights of a bit each.</summary>
    private static OperatorCase Signs(int rows, int inputs, int outputs, bool perChannel, Activation activation) => new(
        $"one-bit weights, int8 {rows} x {inputs} to {outputs}, {(perChannel ? "scale per output" : "one scale")}, {activation}", OperatorKind.FullyConnected, b =>
        {
            int x = b.Int8Input(new Shape(rows, inputs));
            float[] scales = [.. Enumerable.Range(0, perChannel ? outputs : 1).Select(_ => 0.1f + b.Random.NextSingle())];
            int w = b.Bits(new Shape(outputs, inputs), new Quantization(scales, new int[scales.Length], perChannel ? 0 : -1));
            int y = b.Output(DataType.Int8, new Shape(rows, outputs), b.AnyQuantization(CaseScales.Output(0.05f, 0.6f / 85, inputs)));
            int bias = b.Random.Next(2) == 0 ? b.Int32Bias(outputs, 200 * inputs) : -1;
            b.Node(OperatorKind.FullyConnected, [x, w, bias], [y], new ActivationOptions(activation));
        });

    private static IEnumerable<OperatorCase> Both(int rows, int inputs, int outputs, bool perChannel, Activation activation)
    {
        string name = $"{rows} x {inputs} to {outputs}, {(perChannel ? "scale per output" : "one scale")}, {activation}";
        yield return new OperatorCase("int8 " + name, OperatorKind.FullyConnected, b =>
        {
            int x = b.Int8Input(new Shape(rows, inputs));
            int w = b.Int8Weights(new Shape(outputs, inputs), perChannel ? 0 : -1, 0.01f);
            int y = b.Output(DataType.Int8, new Shape(rows, outputs), b.AnyQuantization(CaseScales.Output(0.05f, 0.6f / 85, inputs)));
            int bias = b.Random.Next(2) == 0 ? b.Int32Bias(outputs, 2000 * inputs) : -1;
            b.Node(OperatorKind.FullyConnected, [x, w, bias], [y], new ActivationOptions(activation));
        });
        yield return new OperatorCase("float32 " + name, OperatorKind.FullyConnected, b =>
        {
            int x = b.Float32Input(new Shape(rows, inputs));
            int w = b.Float32Constant(new Shape(outputs, inputs));
            int y = b.Output(DataType.Float32, new Shape(rows, outputs));
            b.Node(OperatorKind.FullyConnected, [x, w, b.Float32Constant(new Shape(outputs))], [y], new ActivationOptions(activation));
        });
    }
}
