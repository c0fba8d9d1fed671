using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.Onnx;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Onnx;

/// <summary>Whole networks, float and int8 in both of ONNX's forms, against ONNX Runtime.</summary>
[Trait("Category", "Host")]
public class OnnxNetworkTests
{
    [Fact]
    public void A_residual_network_with_batch_normalization()
    {
        var n = new OnnxNetwork();
        string x = Block(n, n.Input(1, 3, 16, 16), 3, 8, 1);
        for (int width = 8; width < 32; width *= 2)
        {
            string shortcut = Norm(n, n.Node("Conv", [x, n.Weights(2 * width, width, 1, 1)], ("strides", new[] { 2, 2 })), 2 * width);
            x = n.Node("Relu", [n.Node("Add", [Norm(n, Conv(n, Block(n, x, width, 2 * width, 2), 2 * width, 2 * width, 1), 2 * width), shortcut])]);
        }

        string y = n.Node("Gemm", [n.Node("Flatten", [n.Node("GlobalAveragePool", [x])]), n.Weights(10, 32), n.Weights(10)], ("transB", 1));
        ImportedModel model = OnnxReference.Compare(n.Build(n.Node("Softmax", [y])));
        using PreparedModel prepared = model.Model.Prepare();
        Assert.DoesNotContain(prepared.Graph.Nodes, node => node.Kind is OperatorKind.BatchNorm or OperatorKind.Transpose or OperatorKind.Relu);
    }

    [Fact]
    public void An_inverted_bottleneck_with_hard_activations()
    {
        var n = new OnnxNetwork(14);
        string x = n.Node("HardSwish", [Conv(n, n.Input(1, 3, 12, 12), 3, 8, 2)]);
        string wide = n.Node("HardSwish", [n.Node("Conv", [x, n.Weights(24, 8, 1, 1), n.Weights(24)])]);
        string deep = n.Node("Clip", [n.Node("Conv", [wide, n.Weights(24, 1, 3, 3), n.Weights(24)], ("group", 24), ("pads", new[] { 1, 1, 1, 1 })), n.Scalar(0), n.Scalar(6)]);
        string s = n.Node("Relu", [n.Node("Conv", [n.Node("GlobalAveragePool", [deep]), n.Weights(6, 24, 1, 1), n.Weights(6)])]);
        string gate = n.Node("HardSigmoid", [n.Node("Conv", [s, n.Weights(24, 6, 1, 1), n.Weights(24)])], ("alpha", 1f / 6), ("beta", 0.5f));
        string narrow = n.Node("Conv", [n.Node("Mul", [deep, gate]), n.Weights(8, 24, 1, 1), n.Weights(8)]);
        string y = n.Node("ReduceMean", [n.Node("Add", [x, narrow])], ("axes", new[] { 2, 3 }), ("keepdims", 0));
        OnnxReference.Compare(n.Build(n.Node("Gemm", [y, n.Weights(8, 5), n.Weights(5)])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_in_qdq_form_becomes_int8_from_end_to_end(bool unsigned)
    {
        var n = new OnnxNetwork(13);
        int zero = unsigned ? 128 : 0;
        int lowest = unsigned ? 0 : -128;
        string x = n.Pass(n.Input(1, 3, 12, 12), 1 / 127f, zero, unsigned);
        string a = n.Pass(n.Node("Relu", [QdqConv(n, x, 1 / 127f, 8, 3, 3, 1)]), 0.02f, lowest, unsigned);
        string d = n.Pass(QdqConv(n, a, 0.02f, 8, 1, 3, 8), 0.03f, zero, unsigned);
        string p = n.Pass(QdqConv(n, d, 0.03f, 8, 8, 1, 1), 0.03f, zero, unsigned);
        string sum = n.Pass(n.Node("Relu", [n.Node("Add", [a, p])]), 0.03f, lowest, unsigned);
        string pool = n.Pass(n.Node("AveragePool", [n.Pass(n.Node("MaxPool", [sum], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })), 0.03f, lowest, unsigned)], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })), 0.025f, lowest, unsigned);
        string joined = n.Pass(n.Node("Concat", [pool, n.Pass(n.Node("Sigmoid", [pool]), 1 / 255f, lowest, unsigned)], ("axis", 1)), 0.025f, lowest, unsigned);
        string flat = n.Node("Flatten", [joined]);
        string w = QdqWeights(n, n.RandomInts(10 * 144, 127), 0.002f, 0, [10, 144]);
        string y = n.Pass(n.Node("Gemm", [flat, w], ("transB", 1)), 0.05f, zero, unsigned);
        ImportedModel model = OnnxReference.Compare(n.Build(y), tolerance: 0.06);
        Assert.DoesNotContain(model.Notes, note => note.Contains("float32", StringComparison.Ordinal));
        Graph graph = model.Model.Graph;
        Assert.All(graph.Nodes.Where(node => node.Kind is not (OperatorKind.Quantize or OperatorKind.Dequantize)), node => Assert.All(node.Outputs, t => Assert.Equal(DataType.Int8, graph.Tensors[t].Type)));
        Assert.Single(graph.Nodes, node => node.Kind == OperatorKind.Quantize);
        Assert.Single(graph.Nodes, node => node.Kind == OperatorKind.Dequantize);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_of_integer_operators(bool unsigned)
    {
        var n = new OnnxNetwork(12);
        int zero = unsigned ? 128 : 0;
        string[] input = n.Parameters(1 / 127f, zero, unsigned);
        string[] inner = n.Parameters(0.03f, zero + 3, unsigned);
        string[] pooled = n.Parameters(0.02f, zero, unsigned);
        string[] scores = n.Parameters(0.04f, zero - 2, unsigned);
        string x = n.Node("QuantizeLinear", [n.Input(1, 3, 10, 10), .. input]);
        string weights = n.Int8([.. n.RandomInts(8 * 27, 127).Select(v => (sbyte)v)], 8, 3, 3, 3);
        float[] scales = [.. Enumerable.Range(1, 8).Select(i => 0.0004f * i)];
        string a = n.Node("QLinearConv", [x, .. input, weights, n.Floats(scales, 8), n.Int8(new sbyte[8], 8), .. inner, n.Int32(n.RandomInts(8, 3000), 8)], ("pads", new[] { 1, 1, 1, 1 }));
        string m = n.Node("MaxPool", [a], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        string s = n.Microsoft("QLinearAdd", [m, .. inner, m, .. inner, .. n.Parameters(0.06f, zero, unsigned)]);
        string g = n.Microsoft("QLinearGlobalAveragePool", [s, .. n.Parameters(0.06f, zero, unsigned), .. pooled], ("channels_last", 0));
        string f = n.Node("Reshape", [g, n.Longs(1, -1)]);
        string y = n.Node("QLinearMatMul", [f, .. pooled, n.Int8([.. n.RandomInts(80, 127).Select(v => (sbyte)v)], 8, 10), n.Scalar(0.01f), n.Int8([0]), .. scores]);
        ImportedModel model = OnnxReference.Compare(n.Build(n.Node("DequantizeLinear", [y, .. scores])), tolerance: 0.06);
        Graph graph = model.Model.Graph;
        Assert.Equal(2, graph.Nodes.Count(node => node.Kind is OperatorKind.Conv2D or OperatorKind.FullyConnected && graph.Tensors[node.Outputs[0]].Type == DataType.Int8));
    }

    [Fact]
    public void A_dynamic_batch_becomes_1_and_is_noted()
    {
        var n = new OnnxNetwork();
        ImportedModel model = OnnxReference.Compare(n.Build(n.Node("MatMul", [n.DynamicInput("x", 0, 1, 4), n.Weights(4, 3)])));
        Assert.Contains(model.Notes, note => note.Contains("batch size of input 'x' is dynamic", StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_unsupported_is_told_at_once()
    {
        var n = new OnnxNetwork();
        string x = n.DynamicInput("picture", 2, 1, 3, 8, 8);
        string a = n.Node("LSTM", [x]);
        string b = n.Node("Conv", [x, n.Weights(2, 3, 3, 3)], ("pads", new[] { -1, 0, 0, 0 }));
        string c = n.Node("GridSample", [b, a]);
        string d = n.Node("Clip", [x, n.Scalar(-2), n.Scalar(3)]);
        ImportException e = Assert.Throws<ImportException>(() => OnnxImporter.Import(n.Build(a, c, d), "bad.onnx"));
        Assert.Equal(ImportError.Unsupported, e.Error);
        foreach (string part in new[] { "dynamic dimension 2 of input 'picture'", "LSTM 'LSTM_1'", "negative pads (-1, 0, 0, 0) of Conv", "GridSample", "limits -2..3" })
            Assert.Contains(e.Problems, p => p.Contains(part, StringComparison.Ordinal));
        Assert.Equal(5, e.Problems.Count);
    }

    [Fact]
    public void Other_files_old_operator_sets_and_weights_in_other_files_are_refused()
    {
        Assert.Equal(ImportError.NotAModel, Refused([1, 2, 3]).Error);
        Assert.Equal(ImportError.NotAModel, Refused([]).Error);
        var old = new OnnxNetwork(9);
        Assert.Contains("operator set 9", Refused(old.Build(old.Node("Relu", [old.Input(1, 2)]))).Message, StringComparison.Ordinal);
        var n = new OnnxNetwork();
        EdgeRuntime.Onnx.ModelProto model = n.Model(n.Node("MatMul", [n.Input(1, 2), n.Weights(2, 2)]));
        model.Graph.Initializer[0].DataLocation = EdgeRuntime.Onnx.TensorProto.Types.DataLocation.External;
        Assert.Contains("kept in another file", Refused(Google.Protobuf.MessageExtensions.ToByteArray(model)).Message, StringComparison.Ordinal);
    }

    private static ImportException Refused(byte[] file) => Assert.Throws<ImportException>(() => OnnxImporter.Import(file, "bad.onnx"));

    private static string Conv(OnnxNetwork n, string x, int from, int to, int stride) => n.Node("Conv", [x, n.Weights(to, from, 3, 3)], ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { stride, stride }));

    private static string Norm(OnnxNetwork n, string x, int width) => n.Node("BatchNormalization", [x, n.Positive(width), n.Weights(width), n.Weights(width), n.Positive(width)]);

    private static string Block(OnnxNetwork n, string x, int from, int to, int stride) => n.Node("Relu", [Norm(n, Conv(n, x, from, to, stride), to)]);

    /// <summary>A convolution whose weights (one scale per channel) and bias are dequantized constants.</summary>
    private static string QdqConv(OnnxNetwork n, string x, float inputScale, int outputs, int inputs, int side, int groups)
    {
        float[] scales = [.. Enumerable.Range(1, outputs).Select(i => 0.01f / (inputs * side * side) * i)];
        string w = n.Node("DequantizeLinear", [n.Int8([.. n.RandomInts(outputs * inputs * side * side, 127).Select(v => (sbyte)v)], outputs, inputs, side, side), n.Floats(scales, outputs), n.Int8(new sbyte[outputs], outputs)], ("axis", 0));
        string b = n.Node("DequantizeLinear", [n.Int32(n.RandomInts(outputs, 2000), outputs), n.Floats([.. scales.Select(s => s * inputScale)], outputs), n.Int32(new int[outputs], outputs)], ("axis", 0));
        return n.Node("Conv", [x, w, b], ("pads", new[] { side / 2, side / 2, side / 2, side / 2 }), ("group", groups));
    }

    private static string QdqWeights(OnnxNetwork n, int[] values, float scale, int zeroPoint, int[] dims) =>
        n.Node("DequantizeLinear", [n.Int8([.. values.Select(v => (sbyte)v)], dims), .. n.Parameters(scale, zeroPoint)]);
}
