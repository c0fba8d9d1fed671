using EdgeRuntime.Compression.Import;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Onnx;

/// <summary>Each operator, imported and run here and in ONNX Runtime.</summary>
[Trait("Category", "Host")]
public class OnnxOperatorTests
{
    private static readonly Dictionary<string, Func<OnnxNetwork, string>> Cases = new()
    {
        ["conv"] = n => n.Node("Conv", [n.Input(1, 3, 9, 8), n.Weights(5, 3, 3, 3), n.Weights(5)], ("pads", Ints(1, 1, 1, 1))),
        ["conv with strides and uneven pads"] = n => n.Node("Conv", [n.Input(2, 3, 9, 8), n.Weights(4, 3, 3, 2)], ("pads", Ints(0, 1, 2, 0)), ("strides", Ints(2, 3))),
        ["conv with dilations"] = n => n.Node("Conv", [n.Input(1, 2, 11, 10), n.Weights(4, 2, 3, 3)], ("dilations", Ints(2, 3)), ("pads", Ints(2, 3, 2, 3))),
        ["conv in groups"] = n => n.Node("Conv", [n.Input(1, 6, 5, 5), n.Weights(4, 3, 3, 3), n.Weights(4)], ("group", 2)),
        ["depthwise conv with multiplier"] = n => n.Node("Conv", [n.Input(1, 3, 6, 7), n.Weights(6, 1, 3, 3), n.Weights(6)], ("group", 3), ("pads", Ints(1, 1, 1, 1))),
        ["conv, same upper"] = n => n.Node("Conv", [n.Input(1, 2, 8, 7), n.Weights(3, 2, 3, 3)], ("auto_pad", "SAME_UPPER"), ("strides", Ints(2, 2))),
        ["conv, same lower"] = n => n.Node("Conv", [n.Input(1, 2, 8, 7), n.Weights(3, 2, 3, 3)], ("auto_pad", "SAME_LOWER"), ("strides", Ints(2, 2))),
        ["conv padded beyond its window"] = n => n.Node("Conv", [n.Input(1, 2, 4, 4), n.Weights(3, 2, 1, 1)], ("pads", Ints(1, 2, 1, 2))),
        ["batch normalization"] = n => n.Node("BatchNormalization", [n.Node("Conv", [n.Input(1, 3, 5, 5), n.Weights(4, 3, 1, 1)]), n.Positive(4), n.Weights(4), n.Weights(4), n.Positive(4)], ("epsilon", 1e-3f)),
        ["max pool"] = n => n.Node("MaxPool", [n.Input(1, 3, 9, 9)], ("kernel_shape", Ints(3, 3)), ("strides", Ints(2, 2)), ("pads", Ints(1, 1, 1, 1))),
        ["max pool, ceil"] = n => n.Node("MaxPool", [n.Input(1, 3, 8, 7)], ("kernel_shape", Ints(3, 2)), ("strides", Ints(2, 2)), ("ceil_mode", 1)),
        ["average pool"] = n => n.Node("AveragePool", [n.Input(1, 3, 9, 9)], ("kernel_shape", Ints(3, 3)), ("strides", Ints(2, 2)), ("pads", Ints(1, 1, 1, 1))),
        ["average pool with its border"] = n => n.Node("AveragePool", [n.Input(1, 3, 9, 9)], ("kernel_shape", Ints(3, 3)), ("pads", Ints(1, 1, 1, 1)), ("count_include_pad", 1)),
        ["global average pool"] = n => n.Node("GlobalAveragePool", [n.Input(1, 3, 5, 4)]),
        ["global max pool"] = n => n.Node("GlobalMaxPool", [n.Input(1, 3, 5, 4)]),
        ["gemm"] = n => n.Node("Gemm", [n.Input(3, 7), n.Weights(5, 7), n.Weights(5)], ("transB", 1), ("alpha", 0.5f), ("beta", 2f)),
        ["gemm, not transposed, one bias"] = n => n.Node("Gemm", [n.Input(3, 7), n.Weights(7, 5), n.Scalar(0.3f)]),
        ["matrix product of three dimensions"] = n => n.Node("MatMul", [n.Input(2, 3, 7), n.Weights(7, 5)]),
        ["flattened picture into gemm"] = n => n.Node("Gemm", [n.Node("Flatten", [Conv(n)]), n.Weights(6, 80), n.Weights(6)], ("transB", 1)),
        ["reshaped and activated picture into matrix product"] = n => n.Node("MatMul", [n.Node("Relu", [n.Node("Reshape", [Conv(n), n.Longs(0, -1)])]), n.Weights(80, 6)]),
        ["flattened picture as output"] = n => n.Node("Flatten", [Conv(n)]),
        ["flattened picture with one factor an element"] = n => n.Node("Mul", [n.Node("Flatten", [Conv(n)]), n.Weights(1, 80)]),
        ["flattened picture, transposed"] = n => n.Node("Transpose", [n.Node("Flatten", [Conv(n)])]),
        ["sum"] = n => Residual(n, "Add"),
        ["difference"] = n => Residual(n, "Sub"),
        ["product with a constant per channel"] = n => n.Node("Mul", [Conv(n), n.Weights(4, 1, 1)]),
        ["constant minus activation"] = n => n.Node("Sub", [n.Scalar(1.5f), Conv(n)]),
        ["quotient by a constant"] = n => n.Node("Div", [Conv(n), n.Positive(5)]),
        ["squeeze and excitation"] = SqueezeAndExcitation,
        ["sum of different ranks"] = n => n.Node("Add", [Conv(n), n.Node("ReduceMean", [Conv(n, "x")], ("axes", Ints(0, 1)), ("keepdims", 0))]),
        ["relu"] = n => n.Node("Relu", [n.Input(2, 9)]),
        ["relu6"] = n => n.Node("Clip", [n.Input(2, 9), n.Scalar(0), n.Scalar(6)]),
        ["clip from 0"] = n => n.Node("Clip", [n.Input(2, 9), n.Scalar(0)]),
        ["hard swish"] = n => n.Node("HardSwish", [n.Input(2, 9)]),
        ["hard sigmoid"] = n => n.Node("HardSigmoid", [Conv(n)], ("alpha", 1f / 6), ("beta", 0.5f)),
        ["sigmoid"] = n => n.Node("Sigmoid", [n.Input(2, 9)]),
        ["tanh"] = n => n.Node("Tanh", [Conv(n)]),
        ["leaky relu"] = n => n.Node("LeakyRelu", [Conv(n)], ("alpha", 0.2f)),
        ["parametric relu"] = n => n.Node("PRelu", [Conv(n), n.Weights(4, 1, 1)]),
        ["parametric relu, one slope"] = n => n.Node("PRelu", [n.Input(2, 9), n.Scalar(0.3f)]),
        ["softmax"] = n => n.Node("Softmax", [n.Input(2, 9)]),
        ["softmax of channels"] = n => n.Node("Softmax", [Conv(n)], ("axis", 1)),
        ["softmax of rows of pixels"] = n => n.Node("Softmax", [Conv(n)], ("axis", 2)),
        ["identity and dropout"] = n => n.Node("Dropout", [n.Node("Identity", [Conv(n)])]),
        ["reshape"] = n => n.Node("Reshape", [Conv(n), n.Longs(2, 0, -1)]),
        ["reshape by the shape of another"] = ReshapeByShape,
        ["flatten from dimension 2"] = n => n.Node("Flatten", [Conv(n)], ("axis", 2)),
        ["squeeze and unsqueeze"] = n => n.Node("Unsqueeze", [n.Node("Squeeze", [n.Node("GlobalAveragePool", [Conv(n)]), n.Longs(2, 3)]), n.Longs(1, -1)]),
        ["transpose to channels last"] = n => n.Node("Transpose", [Conv(n)], ("perm", Ints(0, 2, 3, 1))),
        ["transpose there and back"] = n => n.Node("Conv", [n.Node("Transpose", [n.Node("Relu", [n.Node("Transpose", [Conv(n)], ("perm", Ints(0, 2, 3, 1)))])], ("perm", Ints(0, 3, 1, 2))), n.Weights(2, 4, 3, 3)]),
        ["transpose of everything"] = n => n.Node("Transpose", [n.Input(2, 3, 4)]),
        ["concat of channels"] = n => n.Node("Concat", [Conv(n), n.Node("Conv", ["x", n.Weights(2, 3, 1, 1)])], ("axis", 1)),
        ["concat with a constant"] = n => n.Node("Concat", [n.Input(1, 3), n.Weights(1, 2)], ("axis", -1)),
        ["split of channels"] = n => n.Node("Mul", n.Nodes("Split", [Conv(n)], 2, "", ("axis", 1))),
        ["split of unequal parts"] = n => n.Nodes("Split", [Conv(n), n.Longs(1, 3)], 2, "", ("axis", 1))[1],
        ["slice"] = n => n.Node("Slice", [Conv(n), n.Longs(1, -4), n.Longs(3, 1000), n.Longs(1, 3)]),
        ["slice with steps"] = n => n.Node("Slice", [Conv(n), n.Longs(-1, 0), n.Longs(-1000, 5), n.Longs(2, 3), n.Longs(-1, 2)]),
        ["pad"] = n => n.Node("Pad", [Conv(n), n.Longs(0, 0, 1, 2, 0, 1, 0, 3), n.Scalar(0)]),
        ["resize nearest, asymmetric"] = n => Resize(n, 2, "nearest", "asymmetric", "floor"),
        ["resize nearest, half pixel"] = n => Resize(n, 3, "nearest", "half_pixel", "round_prefer_floor"),
        ["resize nearest, halved"] = n => Resize(n, 0.5f, "nearest", "asymmetric", "floor"),
        ["resize linear, half pixel"] = n => Resize(n, 2, "linear", "half_pixel", "floor"),
        ["resize linear, aligned corners"] = n => Resize(n, 2, "linear", "align_corners", "floor"),
        ["resize linear to a size"] = n => n.Node("Resize", [Conv(n), "", "", n.Longs(1, 4, 7, 9)], ("mode", "linear"), ("coordinate_transformation_mode", "pytorch_half_pixel")),
        ["mean of pixels"] = n => n.Node("ReduceMean", [Conv(n)], ("axes", Ints(2, 3)), ("keepdims", 0)),
        ["mean of channels"] = n => n.Node("ReduceMean", [Conv(n)], ("axes", Ints(1)), ("keepdims", 1)),
        ["mean of everything"] = n => n.Node("ReduceMean", [Conv(n)]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operator_computes_what_onnx_runtime_computes(string name)
    {
        var network = new OnnxNetwork();
        OnnxReference.Compare(network.Build(Cases[name](network)));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Softmax_before_operator_set_13_takes_everything_from_the_axis_on(int operatorSet)
    {
        var network = new OnnxNetwork(operatorSet);
        OnnxReference.Compare(network.Build(network.Node("Softmax", [Conv(network)])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Arg_max_gives_the_same_index(int keep)
    {
        var network = new OnnxNetwork();
        ImportedModel model = OnnxReference.Compare(network.BuildIndex(network.Node("ArgMax", [Conv(network)], ("axis", 1), ("keepdims", keep))));
        Assert.Contains(model.Notes, n => n.Contains("int64", StringComparison.Ordinal));
    }

    [Fact]
    public void Layouts_cancel_so_that_a_chain_of_picture_operators_has_no_transpose()
    {
        var n = new OnnxNetwork();
        string x = n.Node("Transpose", [n.Input(1, 8, 8, 3)], ("perm", Ints(0, 3, 1, 2)));
        string a = n.Node("Relu", [n.Node("Conv", [x, n.Weights(4, 3, 3, 3), n.Weights(4)], ("pads", Ints(1, 1, 1, 1)))]);
        string b = n.Node("Concat", [a, n.Node("Mul", [a, n.Weights(4, 1, 1)])], ("axis", 1));
        string y = n.Node("Gemm", [n.Node("Flatten", [n.Node("MaxPool", [b], ("kernel_shape", Ints(2, 2)), ("strides", Ints(2, 2)))]), n.Weights(5, 128)], ("transB", 1));
        ImportedModel model = OnnxReference.Compare(n.Build(y));
        Assert.DoesNotContain(model.Model.Graph.Nodes, node => node.Kind == OperatorKind.Transpose);
    }

    private static int[] Ints(params int[] values) => values;

    private static string Conv(OnnxNetwork n, string? input = null) => n.Node("Conv", [input ?? n.Input(1, 3, 4, 5), n.Weights(4, 3, 3, 3), n.Weights(4)], ("pads", Ints(1, 1, 1, 1)));

    private static string Residual(OnnxNetwork n, string kind)
    {
        string a = Conv(n);
        return n.Node(kind, [a, n.Node("Conv", [a, n.Weights(4, 4, 1, 1)])]);
    }

    private static string SqueezeAndExcitation(OnnxNetwork n)
    {
        string a = Conv(n);
        string s = n.Node("Relu", [n.Node("Conv", [n.Node("GlobalAveragePool", [a]), n.Weights(2, 4, 1, 1), n.Weights(2)])]);
        return n.Node("Mul", [a, n.Node("Sigmoid", [n.Node("Conv", [s, n.Weights(4, 2, 1, 1), n.Weights(4)])])]);
    }

    private static string ReshapeByShape(OnnxNetwork n)
    {
        // x.view(x.size(0), -1), as exporters of dynamic shapes write it.
        string a = Conv(n);
        string size = n.Node("Unsqueeze", [n.Node("Gather", [n.Node("Shape", [a]), n.Index(0)]), n.Longs(0)]);
        return n.Node("Reshape", [a, n.Node("Concat", [size, n.Longs(-1)], ("axis", 0))]);
    }

    private static string Resize(OnnxNetwork n, float scale, string mode, string coordinates, string rounding) =>
        n.Node("Resize", [n.Node("Conv", [n.Input(1, 3, 6, 4), n.Weights(4, 3, 1, 1)]), "", n.Floats([1, 1, scale, scale], 4)], ("mode", mode), ("coordinate_transformation_mode", coordinates), ("nearest_mode", rounding));
}
