using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of DepthwiseConv2D: every remainder of channels, multipliers, strides, dilations, paddings, both types.</summary>
internal static class DepthwiseCases
{
    public static IReadOnlyList<OperatorCase> All { get; } = [.. Shapes().SelectMany(Both)];

    private static IEnumerable<Depthwise> Shapes()
    {
        for (int channels = 1; channels <= 18; channels++)
            yield return new Depthwise(1, 5, 7, channels, 1, 3, 3) { Padding = Padding2D.Same };
        foreach (int channels in (int[])[1, 4, 8, 15, 16, 17, 24, 31, 32, 33, 47, 64, 65])
            yield return new Depthwise(1, 6, 5, channels, 1, 3, 3) { Padding = Padding2D.Same, Stride = 2, Activation = Activation.Relu6 };
        foreach (int multiplier in (int[])[2, 3, 8, 16])
        {
            yield return new Depthwise(1, 6, 5, 1, multiplier, 3, 3) { Padding = Padding2D.Same, Stride = 2 };
            yield return new Depthwise(1, 6, 5, 3, multiplier, 3, 3);
        }

        yield return new Depthwise(1, 9, 8, 16, 1, 5, 5) { Padding = Padding2D.Same };
        yield return new Depthwise(1, 9, 8, 19, 1, 5, 5) { Padding = Padding2D.Same, Stride = 2, Activation = Activation.Relu };
        yield return new Depthwise(1, 9, 8, 16, 1, 7, 7) { Padding = Padding2D.Same };
        yield return new Depthwise(1, 9, 8, 8, 1, 1, 1);
        yield return new Depthwise(1, 9, 8, 8, 1, 2, 3) { Padding = Padding2D.Same };
        yield return new Depthwise(1, 9, 8, 12, 1, 3, 3) { Dilation = 2, Padding = Padding2D.Same };
        yield return new Depthwise(1, 3, 3, 20, 1, 3, 3);
        yield return new Depthwise(1, 1, 1, 20, 1, 3, 3) { Padding = Padding2D.Same };
        yield return new Depthwise(1, 2, 1, 16, 1, 5, 5) { Padding = Padding2D.Same };
        yield return new Depthwise(1, 7, 7, 16, 1, 3, 3) { Padding = Padding2D.Of(0, 1, 0, 1), Stride = 2 };
        yield return new Depthwise(1, 7, 7, 16, 1, 3, 3) { Padding = Padding2D.Of(1, 1, 1, 1), Stride = 2 };
        yield return new Depthwise(3, 4, 4, 16, 1, 3, 3) { Padding = Padding2D.Same };
        yield return new Depthwise(1, 4, 4, 16, 1, 3, 3) { Padding = Padding2D.Same, PerChannel = false };
        yield return new Depthwise(1, 4, 4, 16, 1, 3, 3) { Padding = Padding2D.Same, Bias = false };
        yield return new Depthwise(1, 8, 17, 8, 1, 3, 3) { Padding = Padding2D.Same };

        // Rows of every length around the pixels that 3x3 kernels take a turn, with and without columns outside of the picture.
        for (int width = 1; width <= 9; width++)
        {
            yield return new Depthwise(1, 4, width, 9, 1, 3, 3) { Padding = Padding2D.Same };
            yield return new Depthwise(1, 4, width, 9, 1, 3, 3) { Padding = Padding2D.Same, Stride = 2, Activation = Activation.Relu };
        }

        for (int width = 3; width <= 9; width++)
        {
            yield return new Depthwise(1, 5, width, 8, 1, 3, 3);
            yield return new Depthwise(1, 5, width, 8, 1, 3, 3) { Stride = 2 };
            yield return new Depthwise(1, 5, width, 8, 1, 3, 3) { Padding = Padding2D.Of(0, 0, 1, 0), Activation = Activation.Relu };
            yield return new Depthwise(1, 5, width, 8, 1, 3, 3) { Padding = Padding2D.Of(2, 2, 0, 1) };
        }

        // Rows of every length around the four pixels that 5x5 kernels take a turn; pictures of which a band holds a part of a row.
        for (int width = 1; width <= 13; width++)
        {
            yield return new Depthwise(1, 5, width, 9, 1, 5, 5) { Padding = Padding2D.Same };
            yield return new Depthwise(1, 6, width, 16, 1, 5, 5) { Padding = Padding2D.Same, Stride = 2, Activation = Activation.Relu };
        }

        for (int width = 8; width <= 12; width++)
        {
            yield return new Depthwise(1, 6, width, 8, 1, 5, 5);
            yield return new Depthwise(2, 7, width + 4, 11, 1, 5, 5) { Stride = 2 };
        }

        yield return new Depthwise(1, 5, 21, 240, 1, 5, 5) { Padding = Padding2D.Same, Activation = Activation.Relu6 };
        yield return new Depthwise(1, 5, 41, 130, 1, 5, 5) { Padding = Padding2D.Of(1, 3, 0, 4), Stride = 2, PerChannel = false };

        yield return new Depthwise(1, 5, 6, 8, 1, 3, 3) { Padding = Padding2D.Of(1, 1, 2, 2) };
        yield return new Depthwise(1, 9, 9, 8, 1, 3, 3) { Padding = Padding2D.Same, Stride = 3 };
    }

    private static IEnumerable<OperatorCase> Both(Depthwise c)
    {
        yield return new OperatorCase($"int8 {c}", OperatorKind.DepthwiseConv2D, b => c.Int8(b));
        yield return new OperatorCase($"float32 {c}", OperatorKind.DepthwiseConv2D, b => c.Float32(b));
    }

    private sealed record Depthwise(int Batch, int Height, int Width, int In, int Multiplier, int FilterHeight, int FilterWidth)
    {
        public int Stride { get; init; } = 1;

        public int Dilation { get; init; } = 1;

        public Padding2D Padding { get; init; }

        public Activation Activation { get; init; }

        public bool PerChannel { get; init; } = true;

        public bool Bias { get; init; } = true;

        public void Int8(CaseBuilder b)
        {
            int x = b.Int8Input(new Shape(Batch, Height, Width, In));
            int w = b.Int8Weights(new Shape(1, FilterHeight, FilterWidth, In * Multiplier), PerChannel ? 3 : -1, 0.01f);
            int products = FilterHeight * FilterWidth;
            int y = b.Output(DataType.Int8, OutputShape(), b.AnyQuantization(CaseScales.Output(0.05f, 0.01f, products)));
            b.Node(OperatorKind.DepthwiseConv2D, [x, w, Bias ? b.Int32Bias(In * Multiplier, 2000 * products) : -1], [y], Options());
        }

        public void Float32(CaseBuilder b)
        {
            int x = b.Float32Input(new Shape(Batch, Height, Width, In));
            int w = b.Float32Constant(new Shape(1, FilterHeight, FilterWidth, In * Multiplier));
            int y = b.Output(DataType.Float32, OutputShape());
            b.Node(OperatorKind.DepthwiseConv2D, [x, w, Bias ? b.Float32Constant(new Shape(In * Multiplier)) : -1], [y], Options());
        }

        private Shape OutputShape() => new(
            Batch,
            CaseScales.Size(Height, FilterHeight, Stride, Dilation, Padding.Mode, Padding.Top + Padding.Bottom),
            CaseScales.Size(Width, FilterWidth, Stride, Dilation, Padding.Mode, Padding.Left + Padding.Right),
            In * Multiplier);

        private Conv2DOptions Options() => new()
        {
            StrideHeight = Stride,
            StrideWidth = Stride,
            DilationHeight = Dilation,
            DilationWidth = Dilation,
            Padding = Padding,
            Activation = Activation,
        };
    }
}
