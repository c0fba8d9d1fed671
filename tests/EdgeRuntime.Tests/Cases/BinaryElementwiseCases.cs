using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of Add, Sub and Mul: sizes around vector widths, broadcasting, unlike scales, activations, both types.</summary>
internal static class BinaryElementwiseCases
{
    public static IReadOnlyList<OperatorCase> All { get; } =
        [.. ((OperatorKind[])[OperatorKind.Add, OperatorKind.Sub, OperatorKind.Mul]).SelectMany(Each)];

    private static IEnumerable<OperatorCase> Each(OperatorKind kind)
    {
        foreach (int n in (int[])[1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000])
        {
            foreach (OperatorCase c in Both(kind, new Shape(1, n), new Shape(1, n), new Shape(1, n), Activation.None, 1))
                yield return c;
        }

        var picture = new Shape(1, 3, 5, 17);
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            foreach (OperatorCase c in Both(kind, picture, picture, picture, activation, 1))
                yield return c;
        }

        foreach (float ratio in (float[])[0.01f, 0.5f, 2, 100])
        {
            foreach (OperatorCase c in Both(kind, picture, picture, picture, Activation.None, ratio))
                yield return c;
        }

        // Equal scales, whose factors are both 1/2 in sums; an output so fine that its factor does not shift.
        foreach (Activation activation in (Activation[])[Activation.None, Activation.Relu])
        {
            yield return Int8(kind, picture, new Quantization(0.04f, 5), new Quantization(0.04f, -128), new Quantization(kind == OperatorKind.Mul ? 0.1f : 0.05f, -3), activation);
            if (kind != OperatorKind.Mul)
                yield return Int8(kind, picture, new Quantization(0.04f, 5), new Quantization(0.03f, 9), new Quantization(0.08f / (1 << 20) / 0.7f, 0), activation);
        }

        (Shape, Shape)[] broadcast =
        [
            (picture, new Shape(17)), (new Shape(17), picture), (picture, new Shape(1, 1, 1, 1)), (picture, new Shape(1, 3, 1, 17)),
            (new Shape(1, 3, 1, 17), new Shape(1, 1, 5, 1)), (new Shape(1, 64), new Shape(2, 1)),
        ];
        foreach ((Shape a, Shape b) in broadcast)
        {
            Shape y = a.ElementCount == 64 ? new Shape(2, 64) : picture;
            foreach (OperatorCase c in Both(kind, a, b, y, Activation.None, 1))
                yield return c;
        }
    }

    private static OperatorCase Int8(OperatorKind kind, Shape shape, Quantization a, Quantization b, Quantization y, Activation activation) =>
        new($"int8 {shape}, {activation}, scales {a.Scale} and {b.Scale} to {y.Scale}", kind, c =>
            c.Node(kind, [c.Int8Input(shape, a), c.Int8Input(shape, b)], [c.Output(DataType.Int8, shape, y)], new ActivationOptions(activation)));

    private static IEnumerable<OperatorCase> Both(OperatorKind kind, Shape a, Shape b, Shape y, Activation activation, float ratio)
    {
        string name = $"{a} and {b}, {activation}, scales 1:{ratio}";
        yield return new OperatorCase("int8 " + name, kind, c =>
        {
            float scale = kind == OperatorKind.Mul ? 0.05f * 0.05f * ratio * 50 : 0.05f * Math.Max(1, ratio);
            int first = c.Int8Input(a);
            int second = c.Int8Input(b, c.AnyQuantization(0.05f * ratio));
            c.Node(kind, [first, second], [c.Output(DataType.Int8, y, c.AnyQuantization(scale))], new ActivationOptions(activation));
        });
        yield return new OperatorCase("float32 " + name, kind, c =>
        {
            int first = c.Float32Input(a);
            int second = c.Float32Input(b);
            c.Node(kind, [first, second], [c.Output(DataType.Float32, y)], new ActivationOptions(activation));
        });
    }
}
