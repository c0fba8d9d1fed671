using EdgeRuntime.Compiler.Inspection;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Tests.Inspection;

/// <summary>Networks that break the rules for binary layers are told so, by operator; those that keep them are not.</summary>
public class BinaryRulesTests
{
    [Fact]
    public void A_layer_that_keeps_the_rules_has_no_warning() => Assert.Empty(BinaryRules.Check(Layer(64, 16, new BinaryConv2DOptions { Padding = Padding2D.Same })));

    [Theory]
    [InlineData(40, 16, BinaryPadding.Ones, "40 input channels fill 62 %")]
    [InlineData(64, 12, BinaryPadding.Ones, "12 output channels are no multiple of 8")]
    [InlineData(64, 16, BinaryPadding.Zeros, "a border of +1 costs nothing")]
    public void Each_broken_rule_is_named(int inputs, int outputs, BinaryPadding border, string expected)
    {
        string warning = Assert.Single(BinaryRules.Check(Layer(inputs, outputs, new BinaryConv2DOptions { Padding = Padding2D.Same, PaddingValue = border })));
        Assert.StartsWith("'layer' (BinaryConv2D): ", warning, StringComparison.Ordinal);
        Assert.Contains(expected, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Signs_of_a_layer_that_could_pack_them_itself_are_named()
    {
        GraphBuilder builder = Start(64, 16, new BinaryConv2DOptions { Padding = Padding2D.Same }, out int y);
        int signs = builder.AddActivation("signs", DataType.Bit, new Shape(1, 4, 4, 16));
        builder.AddNode(OperatorKind.Binarize, "sign", [y], [signs]);
        Assert.Contains("'layer', which can write the signs itself", Assert.Single(BinaryRules.Check(builder.Build())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, DataType.Float32, "packed output compares 128 channels at a time")]
    [InlineData(128, DataType.Bit, "have only the reference kernel")]
    [InlineData(64, DataType.Bit, null)]
    public void Depthwise_layers_without_a_fast_kernel_are_named(int outputs, DataType type, string? expected)
    {
        var builder = new GraphBuilder();
        var weights = new Shape(1, 3, 3, outputs);
        int x = builder.AddActivation("x", DataType.Bit, new Shape(1, 4, 4, 64));
        int w = builder.AddConstant("w", DataType.Bit, weights, new byte[DataTypes.ByteSize(DataType.Bit, weights)]);
        int y = builder.AddActivation("y", type, new Shape(1, 4, 4, outputs));
        builder.AddNode(OperatorKind.BinaryDepthwiseConv2D, "layer", [x, w], [y], new BinaryConv2DOptions { Padding = Padding2D.Same });
        IReadOnlyList<string> warnings = BinaryRules.Check(builder.Build());
        if (expected is null)
            Assert.Empty(warnings);
        else
            Assert.Contains(expected, Assert.Single(warnings), StringComparison.Ordinal);
    }

    private static Graph Layer(int inputs, int outputs, BinaryConv2DOptions options) => Start(inputs, outputs, options, out _).Build();

    private static GraphBuilder Start(int inputs, int outputs, BinaryConv2DOptions options, out int y)
    {
        var builder = new GraphBuilder();
        var weights = new Shape(outputs, 3, 3, inputs);
        int x = builder.AddActivation("x", DataType.Bit, new Shape(1, 4, 4, inputs));
        int w = builder.AddConstant("w", DataType.Bit, weights, new byte[DataTypes.ByteSize(DataType.Bit, weights)]);
        y = builder.AddActivation("y", DataType.Float32, new Shape(1, 4, 4, outputs));
        builder.AddNode(OperatorKind.BinaryConv2D, "layer", [x, w], [y], options);
        builder.AddInput(x);
        builder.AddOutput(y);
        return builder;
    }
}
