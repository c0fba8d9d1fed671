using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Binary;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of binary convolutions and fully connected layers, every output exactly: remainders, sizes, paddings, groups, output transforms.</summary>
internal static class BinaryConvolutionCases
{
    public static IReadOnlyList<OperatorCase> All { get; } = [.. Shapes().SelectMany(Outputs), .. Transforms(), .. OtherTransforms(), .. FullyConnected()];

    private static IEnumerable<Convolution> Shapes()
    {
        foreach (int channels in (int[])[1, 31, 32, 33, 64, 70, 96, 128, 130, 192, 256])
            yield return new Convolution(1, 5, 6, channels, 16, 3) { Padding = Padding2D.Same };
        foreach (int channels in (int[])[2, 32, 64, 96, 128, 130])
            yield return new Convolution(1, 5, 4, channels, 16, 3) { Padding = Padding2D.Same, PaddingValue = BinaryPadding.Zeros };
        foreach (int filters in (int[])[1, 7, 8, 9, 15, 17, 24, 31, 32, 33, 40, 65])
            yield return new Convolution(1, 4, 5, 64, filters, 1);
        foreach (int width in (int[])[1, 2, 3, 4, 5, 6, 7, 9, 13])
            yield return new Convolution(2, 1, width, 128, 8, 1);
        yield return new Convolution(2, 9, 8, 64, 16, 3) { Padding = Padding2D.Same, Stride = 2, PaddingValue = BinaryPadding.Zeros };
        yield return new Convolution(1, 9, 8, 128, 16, 3) { Dilation = 2, Padding = Padding2D.Same, PaddingValue = BinaryPadding.Zeros };
        yield return new Convolution(1, 8, 9, 32, 16, 5) { Padding = Padding2D.Of(2, 1, 0, 3) };
        yield return new Convolution(1, 40, 37, 128, 8, 3) { Padding = Padding2D.Same };
        yield return new Convolution(1, 6, 5, 128, 32, 3) { Groups = 2, Padding = Padding2D.Same };
        yield return new Convolution(1, 6, 5, 80, 32, 3) { Groups = 4, Padding = Padding2D.Same };
        yield return new Convolution(1, 6, 5, 20, 20, 3) { Depthwise = true, Padding = Padding2D.Same, PaddingValue = BinaryPadding.Zeros };
        yield return new Convolution(1, 6, 5, 20, 60, 3) { Depthwise = true };
        foreach (int channels in (int[])[1, 31, 32, 33, 64, 70, 128, 129, 160, 256])
            yield return new Convolution(1, 5, 6, channels, channels, 3) { Depthwise = true, Padding = Padding2D.Same };
        foreach (int kernel in (int[])[1, 2, 4, 5, 7])
            yield return new Convolution(2, 8, 9, 40, 40, kernel) { Depthwise = true, Padding = Padding2D.Same, PaddingValue = (BinaryPadding)(kernel % 2), Stride = 1 + (kernel / 4) };
        yield return new Convolution(1, 9, 8, 136, 136, 3) { Depthwise = true, Padding = Padding2D.Same, PaddingValue = BinaryPadding.Zeros, Stride = 2 };
        yield return new Convolution(1, 9, 8, 96, 96, 3) { Depthwise = true, Padding = Padding2D.Same, PaddingValue = BinaryPadding.Zeros, Dilation = 2, AccumulatorActivation = Activation.Relu };
        yield return new Convolution(1, 13, 12, 33, 33, 11) { Depthwise = true, Padding = Padding2D.Of(5, 5, 4, 4) };
        // What blocks of eight filters do not hold.
        yield return new Convolution(1, 6, 5, 96, 12, 3) { Groups = 3, Padding = Padding2D.Same, PaddingValue = BinaryPadding.Zeros };
        yield return new Convolution(2, 6, 5, 70, 15, 3) { Groups = 5, Padding = Padding2D.Same, Stride = 2 };
        yield return new Convolution(1, 4, 5, 64, 64, 3) { Groups = 32, Padding = Padding2D.Same, PaddingValue = BinaryPadding.Zeros };
        yield return new Convolution(1, 4, 5, 33, 5, 3) { Padding = Padding2D.Same, PaddingValue = BinaryPadding.Zeros, AccumulatorActivation = Activation.Relu };
    }

    private static IEnumerable<OperatorCase> Outputs(Convolution c)
    {
        foreach (DataType type in (DataType[])[DataType.Bit, DataType.Int8, DataType.Float32])
            yield return Case($"{type} {c}", c.Kind, b => c.Define(b, type));
    }

    /// <summary>Residual networks: residual, activation or slopes before or after it, a packed copy of the output; XNOR-Net's magnitudes.</summary>
    private static IEnumerable<OperatorCase> Transforms()
    {
        foreach (int filters in (int[])[8, 16, 13, 64])
        {
            var c = new Convolution(1, 5, 5, 64, filters, 3) { Padding = Padding2D.Same };
            foreach (DataType type in (DataType[])[DataType.Int8, DataType.Float32])
            {
                yield return Case($"{type} residual {c}", c.Kind, b => c.Define(b, type, residual: true));
                yield return Case($"{type} residual, signs {c}", c.Kind, b => c.Define(b, type, residual: true, signs: true));
                yield return Case($"{type} signs by thresholds and directions {c}", c.Kind, b => c.Define(b, type, signs: true, thresholds: true));
                yield return Case($"{type} clamped accumulators, residual, signs {c}", c.Kind, b => (c with { AccumulatorActivation = Activation.Relu }).Define(b, type, residual: true, signs: true));
                yield return Case($"{type} activation {c}", c.Kind, b => (c with { Activation = Activation.Relu }).Define(b, type));
                yield return Case($"{type} activation after residual {c}", c.Kind, b => (c with { Activation = Activation.Relu6, Last = true }).Define(b, type, residual: true, signs: true, thresholds: true));
            }

            yield return Case($"Float32 activation before residual {c}", c.Kind, b => (c with { Activation = Activation.Relu }).Define(b, DataType.Float32, residual: true));
            yield return Case($"Float32 slopes {c}", c.Kind, b => c.Define(b, DataType.Float32, slopes: true));
            yield return Case($"Float32 slopes, residual, signs {c}", c.Kind, b => c.Define(b, DataType.Float32, residual: true, signs: true, slopes: true, thresholds: true));
            yield return Case($"Float32 slopes after residual {c}", c.Kind, b => (c with { Last = true }).Define(b, DataType.Float32, residual: true, signs: true, slopes: true));
            yield return Case($"Float32 magnitudes {c}", c.Kind, b => c.Define(b, DataType.Float32, magnitudes: true));
            yield return Case($"Float32 magnitudes, slopes after residual, signs {c}", c.Kind, b => (c with { Last = true, Stride = 2 }).Define(b, DataType.Float32, true, true, true, true, true));
            yield return Case($"Float32 magnitudes, activation {c}", c.Kind, b => (c with { Activation = Activation.Relu6 }).Define(b, DataType.Float32, residual: true, magnitudes: true));
            yield return Case($"Float32 everything {c}", c.Kind, b => (c with { AccumulatorActivation = Activation.Relu, PaddingValue = BinaryPadding.Zeros }).Define(b, DataType.Float32, true, true, true, true, true));
            yield return Case($"Bit of clamped accumulators {c}", c.Kind, b => (c with { AccumulatorActivation = Activation.Relu }).Define(b, DataType.Bit));
        }
    }

    /// <summary>Residuals and signs of depthwise layers, and of groups that do not fill blocks.</summary>
    private static IEnumerable<OperatorCase> OtherTransforms()
    {
        foreach (Convolution c in (Convolution[])[new(1, 5, 5, 40, 40, 3) { Depthwise = true, Padding = Padding2D.Same }, new(1, 5, 5, 66, 12, 3) { Groups = 2, Padding = Padding2D.Same }])
        {
            foreach (DataType type in (DataType[])[DataType.Int8, DataType.Float32])
                yield return Case($"{type} residual, signs {c}", c.Kind, b => (c with { AccumulatorActivation = Activation.Relu }).Define(b, type, residual: true, signs: true, thresholds: true));
            yield return Case($"Float32 slopes, residual, signs {c}", c.Kind, b => c.Define(b, DataType.Float32, residual: true, signs: true, slopes: true));
        }
    }

    private static IEnumerable<OperatorCase> FullyConnected()
    {
        foreach (int channels in (int[])[1, 33, 128, 1000, 33_000])
        {
            foreach (DataType type in channels > short.MaxValue ? (DataType[])[DataType.Bit, DataType.Float32] : [DataType.Bit, DataType.Int8, DataType.Float32])
            {
                yield return Case($"{type} {channels} to 11", OperatorKind.BinaryFullyConnected, b =>
                {
                    int x = b.Input(DataType.Bit, new Shape(3, channels), null);
                    int w = b.Bits(new Shape(11, channels));
                    int[] inputs = [x, w, .. OutputInputs(b, type, 11, channels)];
                    int y = b.Output(type, new Shape(3, 11), type == DataType.Int8 ? new Quantization(0.03f, -3) : null);
                    b.Node(OperatorKind.BinaryFullyConnected, inputs, [y], new BinaryFullyConnectedOptions());
                });
            }
        }
    }

    private static OperatorCase Case(string name, OperatorKind kind, Action<CaseBuilder> define) => new(name, kind, define) { FloatTolerance = 0 };

    /// <summary>Scales, bias, thresholds and directions as the output type takes them.</summary>
    private static int[] OutputInputs(CaseBuilder b, DataType type, int channels, int products, bool thresholds = false)
    {
        int reach = (int)Math.Sqrt(products) + 1;
        if (type == DataType.Bit)
            return [-1, -1, b.Int32Bias(channels, reach), b.Bits(new Shape(channels))];
        int scales = b.Float32Constant(new Shape(channels), 1.5f / reach);
        int bias = b.Float32Constant(new Shape(channels));
        if (!thresholds)
            return [scales, bias, -1, -1];
        return [scales, bias, type == DataType.Int8 ? b.Int32Bias(channels, 140) : b.Float32Constant(new Shape(channels)), b.Bits(new Shape(channels))];
    }

    private sealed record Convolution(int Batch, int Height, int Width, int In, int Out, int Filter)
    {
        public int Stride { get; init; } = 1;

        public int Dilation { get; init; } = 1;

        public int Groups { get; init; } = 1;

        public bool Depthwise { get; init; }

        public Padding2D Padding { get; init; }

        public BinaryPadding PaddingValue { get; init; }

        public Activation AccumulatorActivation { get; init; }

        public Activation Activation { get; init; }

        public OperatorKind Kind => Depthwise ? OperatorKind.BinaryDepthwiseConv2D : OperatorKind.BinaryConv2D;

        /// <summary>Activation or slopes after the residual.</summary>
        public bool Last { get; init; }

        public void Define(
            CaseBuilder b, DataType type, bool residual = false, bool signs = false, bool slopes = false, bool magnitudes = false, bool thresholds = false)
        {
            var options = new BinaryConv2DOptions
            {
                StrideHeight = Stride,
                StrideWidth = Stride,
                DilationHeight = Dilation,
                DilationWidth = Dilation,
                Padding = Padding,
                PaddingValue = PaddingValue,
                Groups = Groups,
                AccumulatorActivation = AccumulatorActivation,
                Activation = Activation,
                ActivationAfterResidual = Last,
            };
            Shape weights = Depthwise ? new Shape(1, Filter, Filter, Out) : new Shape(Out, Filter, Filter, In / Groups);
            var input = new Shape(Batch, Height, Width, In);
            (WindowAxis rows, WindowAxis columns) = WindowAxis.Of(input, weights, options);
            var output = new Shape(Batch, rows.Output, columns.Output, Out);
            Quantization? quantization = type == DataType.Int8 ? new Quantization(0.03f, 4) : null;
            int x = b.Input(DataType.Bit, input, null);
            int w = b.Bits(weights);
            int[] transform = OutputInputs(b, type, Out, Filter * Filter * (Depthwise ? 1 : In / Groups), thresholds);
            int r = residual ? b.Input(type, output, type == DataType.Int8 ? new Quantization(0.05f, -7) : null) : -1;
            int s = slopes ? b.Float32Constant(new Shape(Out)) : -1;
            int m = magnitudes ? b.Float32Input(new Shape(Batch, Height, Width, 1)) : -1;
            int y = b.Output(type, output, quantization);
            int[] outputs = signs ? [y, b.Output(DataType.Bit, output)] : [y];
            b.Node(Kind, [x, w, .. transform, r, s, m], outputs, options);
        }
    }
}
