using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of Conv2D: every remainder of channels, odd sizes, strides, dilations, paddings, groups, activations, both types.</summary>
internal static class ConvolutionCases
{
    public static IReadOnlyList<OperatorCase> All { get; } = [.. Shapes().SelectMany(Both)];

    private static IEnumerable<Convolution> Shapes()
    {
        // 1x1: remainders of input and output channels around vector widths.
        foreach (int input in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 40, 64, 65])
            yield return new Convolution(1, 5, 3, input, 8, 1, 1);
        for (int output = 1; output <= 17; output++)
            yield return new Convolution(1, 3, 5, 16, output, 1, 1);
        foreach (int pixels in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16])
            yield return new Convolution(1, 1, pixels, 24, 12, 1, 1);
        yield return new Convolution(2, 4, 4, 19, 21, 1, 1) { Stride = 2 };

        // 3x3 and other filters.
        foreach (int input in (int[])[1, 2, 3, 4, 5, 8, 11, 16, 17])
            yield return new Convolution(1, 7, 6, input, 9, 3, 3) { Padding = Padding2D.Same };
        foreach (int output in (int[])[1, 3, 4, 7, 8, 15, 16, 20])
            yield return new Convolution(1, 6, 7, 3, output, 3, 3) { Padding = Padding2D.Same, Stride = 2, Activation = Activation.Relu };
        yield return new Convolution(1, 9, 11, 5, 6, 3, 3);
        yield return new Convolution(1, 9, 11, 5, 6, 3, 3) { Stride = 2, Padding = Padding2D.Same };
        yield return new Convolution(1, 10, 8, 5, 6, 3, 3) { Stride = 2, Padding = Padding2D.Same };
        yield return new Convolution(1, 9, 11, 5, 6, 3, 3) { Stride = 3 };
        yield return new Convolution(1, 9, 11, 8, 8, 3, 3) { Dilation = 2, Padding = Padding2D.Same };
        yield return new Convolution(1, 12, 11, 8, 8, 3, 3) { Dilation = 3 };
        yield return new Convolution(1, 9, 11, 4, 4, 5, 5) { Padding = Padding2D.Same, Activation = Activation.Relu6 };
        yield return new Convolution(1, 11, 9, 3, 8, 7, 7) { Padding = Padding2D.Same, Stride = 2 };
        yield return new Convolution(1, 9, 9, 3, 5, 1, 3) { Padding = Padding2D.Same };
        yield return new Convolution(1, 9, 9, 3, 5, 4, 2) { Padding = Padding2D.Same };
        yield return new Convolution(1, 3, 3, 7, 5, 3, 3);
        yield return new Convolution(1, 1, 1, 7, 5, 3, 3) { Padding = Padding2D.Same };
        yield return new Convolution(1, 2, 2, 7, 5, 5, 5) { Padding = Padding2D.Same };
        yield return new Convolution(1, 6, 5, 4, 6, 3, 3) { Padding = Padding2D.Of(0, 1, 0, 1), Stride = 2 };
        yield return new Convolution(1, 6, 5, 4, 6, 3, 3) { Padding = Padding2D.Of(2, 1, 1, 2) };
        yield return new Convolution(3, 5, 5, 6, 10, 3, 3) { Padding = Padding2D.Same };
        yield return new Convolution(1, 4, 4, 16, 16, 3, 3) { Padding = Padding2D.Same, PerChannel = false };
        yield return new Convolution(1, 4, 4, 16, 16, 3, 3) { Padding = Padding2D.Same, Bias = false, Activation = Activation.ReluN1To1 };

        // Pictures of several bands, above and beside each other, and the sizes that networks have.
        yield return new Convolution(1, 21, 9, 16, 24, 3, 3) { Padding = Padding2D.Same };
        yield return new Convolution(1, 5, 41, 64, 16, 3, 3) { Padding = Padding2D.Same };
        yield return new Convolution(2, 11, 43, 32, 8, 5, 5) { Padding = Padding2D.Same, Stride = 2 };
        yield return new Convolution(1, 20, 33, 3, 16, 3, 3) { Padding = Padding2D.Same, Stride = 2, Activation = Activation.Relu6 };
        yield return new Convolution(1, 9, 8, 16, 16, 1, 1) { Stride = 2 };
        yield return new Convolution(1, 18, 19, 1, 8, 3, 3) { Padding = Padding2D.Same, Stride = 2, Activation = Activation.Relu6 };

        // Groups.
        yield return new Convolution(1, 5, 5, 8, 12, 3, 3) { Groups = 2, Padding = Padding2D.Same };
        yield return new Convolution(1, 5, 5, 12, 8, 1, 1) { Groups = 4 };
        yield return new Convolution(1, 5, 5, 6, 6, 3, 3) { Groups = 6, Padding = Padding2D.Same };
    }

    private static IEnumerable<OperatorCase> Both(Convolution c)
    {
        yield return new OperatorCase($"int8 {c}", OperatorKind.Conv2D, b => c.Int8(b));
        yield return new OperatorCase($"float32 {c}", OperatorKind.Conv2D, b => c.Float32(b));
    }

    private sealed record Convolution(int Batch, int Height, int Width, int In, int Out, int FilterHeight, int FilterWidth)
    {
        public int Stride { get; init; } = 1;

        public int Dilation { get; init; } = 1;

        public Padding2D Padding { get; init; }

        public int Groups { get; init; } = 1;

        public Activation Activation { get; init; }

        public bool PerChannel { get; init; } = true;

        public bool Bias { get; init; } = true;

        public void Int8(CaseBuilder b)
        {
            var weights = new Shape(Out, FilterHeight, FilterWidth, In / Groups);
            int products = FilterHeight * FilterWidth * In / Groups;
            int x = b.Int8Input(new Shape(Batch, Height, Width, In));
            int w = b.Int8Weights(weights, PerChannel ? 0 : -1, 0.01f);
            Quantization quantization = b.AnyQuantization(CaseScales.Output(0.05f, 0.01f, products));
            int y = b.Output(DataType.Int8, OutputShape(), quantization);
            b.Node(OperatorKind.Conv2D, [x, w, Bias ? b.Int32Bias(Out, 2000 * products) : -1], [y], Options());
        }

        public void Float32(CaseBuilder b)
        {
            int x = b.Float32Input(new Shape(Batch, Height, Width, In));
            int w = b.Float32Constant(new Shape(Out, FilterHeight, FilterWidth, In / Groups));
            int y = b.Output(DataType.Float32, OutputShape());
            b.Node(OperatorKind.Conv2D, [x, w, Bias ? b.Float32Constant(new Shape(Out)) : -1], [y], Options());
        }

        private Shape OutputShape() => new(
            Batch,
            CaseScales.Size(Height, FilterHeight, Stride, Dilation, Padding.Mode, Padding.Top + Padding.Bottom),
            CaseScales.Size(Width, FilterWidth, Stride, Dilation, Padding.Mode, Padding.Left + Padding.Right),
            Out);

        private Conv2DOptions Options() => new()
        {
            StrideHeight = Stride,
            StrideWidth = Stride,
            DilationHeight = Dilation,
            DilationWidth = Dilation,
            Padding = Padding,
            Groups = Groups,
            Activation = Activation,
        };
    }
}
