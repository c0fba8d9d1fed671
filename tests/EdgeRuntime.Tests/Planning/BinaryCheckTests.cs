using System.Runtime.InteropServices;
using EdgeRuntime.Model;
using EdgeRuntime.Planning;

namespace EdgeRuntime.Tests.Planning;

/// <summary>Each thing that a binary operator may not be is refused with what is wrong and its value.</summary>
public class BinaryCheckTests
{
    private const int Channels = 40;
    private const int Filters = 16;

    [Fact]
    public void The_layers_that_the_refusals_change_are_accepted()
    {
        OperatorChecks.Check(new Layer().Build());
        OperatorChecks.Check(new Layer { Output = DataType.Int8, Residual = DataType.Int8, Scales = Values(Filters, 0.01f), Signs = DataType.Bit }.Build());
        OperatorChecks.Check(new Layer { Output = DataType.Float32, Slopes = Filters, Magnitudes = new Shape(1, 5, 6, 1) }.Build());
        OperatorChecks.Check(new Layer { Kind = OperatorKind.BinaryDepthwiseConv2D, Weights = new Shape(1, 3, 3, Channels), OutputChannels = Channels }.Build());
    }

    [Fact]
    public void Types_and_shapes_are_refused()
    {
        Refused(new Layer { Input = DataType.Int8 }, "Int8");
        Refused(new Layer { WeightType = DataType.Int8 }, "Int8");
        Refused(new Layer { Output = DataType.Int32 }, "Int32");
        Refused(new Layer { Weights = new Shape(Filters, 3, 3, Channels + 1) }, $"{Filters}x3x3x{Channels + 1}");
        Refused(new Layer { OutputChannels = Filters + 1 }, $"{Filters + 1}");
        Refused(new Layer { Kind = OperatorKind.BinaryDepthwiseConv2D, Weights = new Shape(1, 3, 3, Channels + 1), OutputChannels = Channels + 1 }, $"a multiple of {Channels} channels");
        Refused(new Layer { Signs = DataType.Int8, Output = DataType.Float32 }, "Int8");
        Refused(new Layer { Output = DataType.Float32, Magnitudes = new Shape(1, 5, 6, 2) }, "1x5x6x2");
        Refused(new Layer { Output = DataType.Int8, Scales = Values(Filters, 0.01f), Magnitudes = new Shape(1, 5, 6, 1) }, "Int8");
        Refused(new Layer { Output = DataType.Float32, Residual = DataType.Int8 }, "Int8");
        Refused(new Layer { Thresholds = DataType.Float32 }, "Float32");
        Refused(new Layer { Output = DataType.Float32, Slopes = Filters + 1 }, $"{Filters + 1}");
    }

    [Fact]
    public void Options_are_refused()
    {
        Refused(new Layer { Options = new BinaryConv2DOptions { Padding = Padding2D.Same, Groups = 3 } }, "not divisible by 3 groups");
        Refused(new Layer { Options = new BinaryConv2DOptions { Padding = Padding2D.Same, PaddingValue = (BinaryPadding)7 } }, "padding value 7");
        Refused(new Layer { Options = new BinaryConv2DOptions { Padding = Padding2D.Same, AccumulatorActivation = Activation.Relu6 } }, "Relu6");
        Refused(new Layer { Options = new BinaryConv2DOptions { Padding = Padding2D.Same, StrideWidth = 0 } }, "horizontal stride");
        Refused(new Layer { Options = new BinaryConv2DOptions { Padding = Padding2D.Same, Activation = Activation.Relu } }, "packed output takes thresholds");
        Refused(new Layer { Scales = Values(Filters, 1) }, "packed output takes thresholds");
        Refused(new Layer { Residual = DataType.Bit }, "packed output takes thresholds");
        Refused(new Layer { Signs = DataType.Bit }, "packed output takes thresholds");
        Refused(new Layer { Output = DataType.Int8, Slopes = Filters }, "slopes need Float32 output");
        Refused(new Layer { Output = DataType.Float32, Slopes = Filters, Options = new BinaryConv2DOptions { Padding = Padding2D.Same, Activation = Activation.Relu } }, "with Relu");
        Refused(new Layer { Output = DataType.Int8, Residual = DataType.Int8, Options = new BinaryConv2DOptions { Padding = Padding2D.Same, Activation = Activation.Relu } }, "before its activation");
    }

    [Fact]
    public void Values_that_integers_cannot_hold_are_refused()
    {
        Refused(new Layer { Output = DataType.Int8, Scales = Values(Filters, float.NaN) }, "a scale is NaN");
        Refused(new Layer { Output = DataType.Int8, Scales = Values(Filters, float.PositiveInfinity) }, "a scale is");
        Refused(new Layer { Output = DataType.Int8, Scales = Values(Filters, 1e6f) }, "output steps");
        Refused(new Layer { Output = DataType.Int8, Residual = DataType.Int8, ResidualScale = 10, Scales = Values(Filters, 0.01f) }, "the limit is 31.99");
        Refused(new Layer { DamagedWeights = true }, $"bits set after channel {Channels - 1}");
    }

    private static float[] Values(int count, float value) => [.. Enumerable.Repeat(value, count)];

    private static void Refused(Layer layer, string text) =>
        Assert.Contains(text, Assert.Throws<EdgeModelException>(() => OperatorChecks.Check(layer.Build())).Message, StringComparison.Ordinal);

    /// <summary>A binary convolution of 5 x 6 pixels with packed output, of which each test changes something.</summary>
    private sealed record Layer
    {
        public OperatorKind Kind { get; init; } = OperatorKind.BinaryConv2D;

        public DataType Input { get; init; } = DataType.Bit;

        public DataType WeightType { get; init; } = DataType.Bit;

        public Shape Weights { get; init; } = new(Filters, 3, 3, Channels);

        public bool DamagedWeights { get; init; }

        public DataType Output { get; init; } = DataType.Bit;

        public int OutputChannels { get; init; } = Filters;

        public BinaryConv2DOptions Options { get; init; } = new() { Padding = Padding2D.Same };

        public float[]? Scales { get; init; }

        public DataType? Thresholds { get; init; }

        public DataType? Residual { get; init; }

        public float ResidualScale { get; init; } = 0.05f;

        public int Slopes { get; init; }

        public Shape? Magnitudes { get; init; }

        public DataType? Signs { get; init; }

        public Graph Build()
        {
            var builder = new GraphBuilder();
            var output = new Shape(1, 5, 6, OutputChannels);
            int x = Activation(builder, Input, new Shape(1, 5, 6, Channels), 0.05f);
            byte[] weights = new byte[DataTypes.ByteSize(WeightType, Weights)];
            if (DamagedWeights)
                weights[7] = 0x80;
            int w = builder.AddConstant("weights", WeightType, Weights, weights);
            int[] more =
            [
                Scales is { } s ? builder.AddConstant("scales", DataType.Float32, new Shape(s.Length), MemoryMarshal.AsBytes<float>(s).ToArray()) : -1, -1,
                Thresholds is { } t ? builder.AddConstant("thresholds", t, new Shape(Filters), new byte[4 * Filters]) : -1, -1,
                Residual is { } r ? Activation(builder, r, output, ResidualScale) : -1,
                Slopes > 0 ? builder.AddConstant("slopes", DataType.Float32, new Shape(Slopes), new byte[4 * Slopes]) : -1,
                Magnitudes is { } m ? Activation(builder, DataType.Float32, m, 1) : -1,
            ];
            int y = builder.AddActivation("y", Output, output, Output == DataType.Int8 ? new Quantization(0.05f, 3) : null);
            builder.AddOutput(y);
            List<int> outputs = [y];
            if (Signs is { } type)
            {
                outputs.Add(builder.AddActivation("signs", type, output, type == DataType.Int8 ? new Quantization(1, 0) : null));
                builder.AddOutput(outputs[1]);
            }

            builder.AddNode(Kind, "layer", [x, w, .. more], [.. outputs], Options);
            return builder.Build();
        }

        private static int Activation(GraphBuilder builder, DataType type, Shape shape, float scale)
        {
            int tensor = builder.AddActivation("activation", type, shape, type == DataType.Int8 ? new Quantization(scale, 0) : null);
            builder.AddInput(tensor);
            return tensor;
        }
    }
}
