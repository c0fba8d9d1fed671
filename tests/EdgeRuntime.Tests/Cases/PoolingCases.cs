using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of MaxPool2D and AveragePool2D: remainders of channels, windows over the border, both types.</summary>
internal static class PoolingCases
{
    public static IReadOnlyList<OperatorCase> All { get; } = [.. Shapes().SelectMany(Each)];

    private static IEnumerable<(Shape X, Pool2DOptions Options)> Shapes()
    {
        foreach (int channels in (int[])[1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 64, 70])
        {
            yield return (new Shape(1, 5, 7, channels), Window(2, 2, Padding2D.Valid));
            yield return (new Shape(1, 5, 6, channels), Window(3, 2, Padding2D.Same));
        }

        yield return (new Shape(1, 8, 8, 20), Window(8, 8, Padding2D.Valid));
        yield return (new Shape(1, 7, 7, 12), Window(7, 1, Padding2D.Valid));
        yield return (new Shape(2, 5, 5, 12), Window(3, 1, Padding2D.Same));
        yield return (new Shape(1, 5, 5, 12), Window(1, 2, Padding2D.Valid));
        yield return (new Shape(1, 5, 5, 12), Window(3, 2, Padding2D.Of(1, 1, 1, 1)));
        yield return (new Shape(1, 4, 4, 12), Window(3, 2, Padding2D.Of(0, 1, 0, 1)));
        yield return (new Shape(1, 5, 5, 12), Window(2, 2, Padding2D.Same) with { Activation = Activation.Relu });
        yield return (new Shape(1, 5, 5, 12), Window(2, 2, Padding2D.Same) with { Activation = Activation.Relu6 });
        yield return (new Shape(1, 6, 9, 5), new Pool2DOptions { FilterHeight = 2, FilterWidth = 3, StrideHeight = 1, StrideWidth = 2 });
    }

    private static Pool2DOptions Window(int filter, int stride, Padding2D padding) =>
        new() { FilterHeight = filter, FilterWidth = filter, StrideHeight = stride, StrideWidth = stride, Padding = padding };

    private static IEnumerable<OperatorCase> Each((Shape X, Pool2DOptions Options) c)
    {
        foreach (OperatorKind kind in (OperatorKind[])[OperatorKind.MaxPool2D, OperatorKind.AveragePool2D])
        {
            yield return new OperatorCase($"int8 {c.X} {c.Options}", kind, b =>
            {
                Quantization quantization = b.AnyQuantization(0.05f);
                int x = b.Int8Input(c.X, quantization);
                b.Node(kind, [x], [b.Output(DataType.Int8, OutputShape(c.X, c.Options), quantization)], c.Options);
            });
            yield return new OperatorCase($"float32 {c.X} {c.Options}", kind, b =>
            {
                int x = b.Float32Input(c.X);
                b.Node(kind, [x], [b.Output(DataType.Float32, OutputShape(c.X, c.Options))], c.Options);
            });
        }
    }

    private static Shape OutputShape(Shape x, Pool2DOptions o) => new(
        x[0],
        CaseScales.Size(x[1], o.FilterHeight, o.StrideHeight, 1, o.Padding.Mode, o.Padding.Top + o.Padding.Bottom),
        CaseScales.Size(x[2], o.FilterWidth, o.StrideWidth, 1, o.Padding.Mode, o.Padding.Left + o.Padding.Right),
        x[3]);
}
