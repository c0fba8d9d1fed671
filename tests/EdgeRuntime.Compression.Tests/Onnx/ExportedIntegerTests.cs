using EdgeRuntime.Compression.Import;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Onnx;

/// <summary>
/// What ONNX Runtime's quantize_static writes: uint8 or int8 activations and weights, with and without zero points, for a tensor or its channels, int32 or float bias, in QDQ form of old and new
/// operator sets and as integer operators; against ONNX Runtime.
/// </summary>
[Trait("Category", "Host")]
public class ExportedIntegerTests
{
    private const float InputScale = 2 / 255f;

    /// <summary>Largest difference behind many layers, each of which rounds otherwise than ONNX Runtime where its result lies between two integers.</summary>
    private const double Together = 0.08;

    [Theory]
    [InlineData("conv", false, 100)]
    [InlineData("conv", false, 127)]
    [InlineData("conv", true, 100)]
    [InlineData("conv", true, 127)]
    [InlineData("depthwise", false, 100)]
    [InlineData("depthwise", true, 127)]
    [InlineData("gemm", false, 100)]
    [InlineData("gemm", true, 127)]
    [InlineData("matmul", false, 127)]
    [InlineData("matmul", true, 100)]
    public void One_layer_with_zero_points_of_its_weights(string kind, bool perChannel, int range)
    {
        var n = new OnnxNetwork(13);
        var q = new Exporter(n, unsigned: true, asymmetric: true, perChannel, range);
        string x = q.Pass(kind is "gemm" or "matmul" ? n.Input(1, 24) : n.Input(1, 8, 6, 6), InputScale, 0);
        string y = kind switch
        {
            "conv" => n.Node("Conv", [x, q.Weights(6, 8, 3, 3), q.Bias(6, InputScale)]),
            "depthwise" => n.Node("Conv", [x, q.Weights(8, 1, 3, 3), q.Bias(8, InputScale)], ("group", 8)),
            "gemm" => n.Node("Gemm", [x, q.Weights(10, 24), q.Bias(10, InputScale)], ("transB", 1)),
            _ => n.Node("MatMul", [x, q.Matrix(24, 10)]),
        };
        ImportedModel model = OnnxReference.Compare(n.Build(q.Pass(y, 0.02f, 4)), tolerance: 0.035);
        AllInt8(model);
        TensorInfo weights = model.Model.Graph.Tensors[model.Model.Graph.Nodes.Single(node => node.Inputs.Count > 1).Inputs[1]];
        Assert.All(weights.Quantization!.ZeroPoints.ToArray(), z => Assert.Equal(0, z));

        // Weights that fit are the same integers; others lose at most one step.
        Assert.Equal(range > 100, model.Notes.Any(note => note.Contains("rounded anew", StringComparison.Ordinal)));
        Assert.Equal(perChannel || range > 100, weights.Quantization.IsPerChannel);
    }

    [Theory]
    [InlineData(11, true, true, false, 40)]
    [InlineData(11, true, true, false, 127)]
    [InlineData(11, true, false, false, 127)]
    [InlineData(13, true, true, true, 127)]
    [InlineData(13, false, false, true, 127)]
    [InlineData(13, false, true, true, 60)]
    [InlineData(17, true, true, true, 100)]
    [InlineData(21, true, false, true, 127)]
    [InlineData(21, true, true, false, 127)]
    public void Qdq_form(int operatorSet, bool unsigned, bool asymmetric, bool perChannel, int range)
    {
        var n = new OnnxNetwork(operatorSet);
        var q = new Exporter(n, unsigned, asymmetric, perChannel, range);
        string x = q.Pass(n.Input(1, 3, 10, 10), InputScale, 0);
        string a = q.Pass(n.Node("Relu", [n.Node("Conv", [x, q.Weights(8, 3, 3, 3), q.Bias(8, InputScale)], ("pads", new[] { 1, 1, 1, 1 }))]), 0.02f, Exporter.Lowest);
        string d = q.Pass(n.Node("Conv", [a, q.Weights(8, 1, 3, 3), n.Weights(8)], ("group", 8)), 0.03f, 5);
        string sum = q.Pass(n.Node("Add", [d, q.Pass(n.Node("Conv", [d, q.Weights(8, 8, 1, 1)]), 0.03f, -7)]), 0.05f, -3);
        string pooled = q.Pass(n.Node("GlobalAveragePool", [q.Pass(n.Node("MaxPool", [sum], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })), 0.05f, -3)]), 0.03f, 0);
        string flat = q.Pass(n.Node("Flatten", [pooled]), 0.03f, 0);
        string hidden = q.Pass(n.Node("Gemm", [flat, q.Weights(16, 8), q.Bias(16, 0.03f)], ("transB", 1)), 0.06f, 2);

        // A matrix product with its bias as an addition, as TensorFlow's exporters write it.
        string product = q.Pass(n.Node("MatMul", [hidden, q.Matrix(16, 10)]), 0.06f, -2);
        string y = q.Pass(n.Node("Add", [product, q.Constant(10, 0.01f)]), 0.06f, 1);
        ImportedModel model = OnnxReference.Compare(n.Build(y), Together);
        AllInt8(model);
        // One note is about the layout of the picture.
        bool rounds = asymmetric && range > 100;
        Assert.Equal(rounds, model.Notes.Any(note => note.Contains("rounded anew per channel", StringComparison.Ordinal) && note.Contains("WeightSymmetric", StringComparison.Ordinal)));
        Assert.Equal(rounds ? 2 : 1, model.Notes.Count);
    }

    [Theory]
    [InlineData(12, true, true, false, 127)]
    [InlineData(12, true, false, true, 127)]
    [InlineData(13, false, false, true, 127)]
    [InlineData(21, true, true, true, 127)]
    public void Integer_operators(int operatorSet, bool unsigned, bool asymmetric, bool perChannel, int range)
    {
        var n = new OnnxNetwork(operatorSet);
        var q = new Exporter(n, unsigned, asymmetric, perChannel, range);
        string[] input = q.Parameters(InputScale, 0), inner = q.Parameters(0.02f, Exporter.Lowest), pooled = q.Parameters(0.03f, Exporter.Lowest), product = q.Parameters(0.06f, 3), scores = q.Parameters(0.06f, -4);
        string x = n.Node("QuantizeLinear", [n.Input(1, 3, 10, 10), .. input]);
        string a = n.Node("QLinearConv", [x, .. input, .. q.Operand(0, 8, 3, 3, 3), .. inner, n.Int32(n.RandomInts(8, 2000), 8)], ("pads", new[] { 1, 1, 1, 1 }));
        string m = n.Node("MaxPool", [a], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        string d = n.Node("QLinearConv", [m, .. inner, .. q.Operand(0, 8, 1, 3, 3), .. inner, n.Int32(n.RandomInts(8, 2000), 8)], ("pads", new[] { 1, 1, 1, 1 }), ("group", 8));
        string s = n.Microsoft("QLinearAdd", [m, .. inner, d, .. inner, .. q.Parameters(0.03f, Exporter.Lowest)]);
        string g = n.Microsoft("QLinearGlobalAveragePool", [s, .. q.Parameters(0.03f, Exporter.Lowest), .. pooled], ("channels_last", 0));
        string f = n.Node("Reshape", [g, n.Longs(1, -1)]);
        string y = n.Node("QLinearMatMul", [f, .. pooled, .. q.Operand(1, 8, 10), .. product]);
        string[] bias = q.Parameters(0.01f, 0);
        string z = n.Microsoft("QLinearAdd", [y, .. product, q.Integers(10), .. bias, .. scores]);
        AllInt8(OnnxReference.Compare(n.Build(n.Node("DequantizeLinear", [z, .. scores])), Together));
    }

    [Fact]
    public void A_product_of_matrices_with_an_int32_bias()
    {
        var n = new OnnxNetwork(13);
        var q = new Exporter(n, unsigned: true, asymmetric: true, perChannel: false, 127);
        string[] input = q.Parameters(InputScale, 0), scores = q.Parameters(0.012f, 3);
        string x = n.Node("QuantizeLinear", [n.Input(1, 24), .. input]);
        string y = n.Microsoft("QGemm", [x, .. input, .. q.Operand(0, 10, 24), n.Int32(n.RandomInts(10, 3000), 10), .. scores], ("transB", 1));
        AllInt8(OnnxReference.Compare(n.Build(n.Node("DequantizeLinear", [y, .. scores])), Together));
    }

    private static void AllInt8(ImportedModel model)
    {
        Graph graph = model.Model.Graph;
        Assert.DoesNotContain(model.Notes, note => note.Contains("float32", StringComparison.Ordinal));
        Assert.All(graph.Nodes.Where(node => node.Kind is not (OperatorKind.Quantize or OperatorKind.Dequantize)), node => Assert.All(node.Outputs, t => Assert.Equal(DataType.Int8, graph.Tensors[t].Type)));
    }

    /// <summary>Writes constants as an exporter with one set of options does.</summary>
    private sealed class Exporter(OnnxNetwork n, bool unsigned, bool asymmetric, bool perChannel, int range)
    {
        private float[] scales = [];

        /// <summary>Zero point of activations that are not negative, given as for int8.</summary>
        public const int Lowest = -128;

        /// <summary>A scale and a zero point, which is given as for int8.</summary>
        public string[] Parameters(float scale, int zeroPoint) => n.Parameters(scale, zeroPoint + (unsigned ? 128 : 0), unsigned);

        public string Pass(string value, float scale, int zeroPoint) => n.Pass(value, scale, zeroPoint + (unsigned ? 128 : 0), unsigned);

        /// <summary>Dequantized weights whose first dimension is that of the outputs.</summary>
        public string Weights(params int[] dims) => n.Node("DequantizeLinear", Operand(0, dims), Axis(0));

        /// <summary>Dequantized weights whose second dimension is that of the outputs.</summary>
        public string Matrix(params int[] dims) => n.Node("DequantizeLinear", Operand(1, dims), Axis(1));

        /// <summary>Quantized weights, scale and zero point. Weights of integer operators have the type of the activations, or are int8.</summary>
        public string[] Operand(int axis, params int[] dims)
        {
            int count = dims.Aggregate(1, (p, d) => p * d), channels = perChannel ? dims[axis] : 1, zero = asymmetric ? 11 : 0;
            scales = [.. Enumerable.Range(0, channels).Select(c => 1.7f / MathF.Sqrt(count / dims[axis]) / 127 * (1 + (c % 3 * 0.3f)))];
            int[] shape = perChannel ? [channels] : [];
            int[] values = [.. n.RandomInts(count, range).Select(v => Math.Clamp(v + (range > 100 ? 0 : zero), -128, 127))];
            if (range > 100)
                values[0] = -128;
            return unsigned && asymmetric
                ? [n.UInt8([.. values.Select(v => (byte)(v + 128))], dims), n.Floats(scales, shape), n.UInt8([.. scales.Select(_ => (byte)(zero + 128))], shape)]
                : [n.Int8([.. values.Select(v => (sbyte)v)], dims), n.Floats(scales, shape), n.Int8([.. scales.Select(_ => (sbyte)zero)], shape)];
        }

        /// <summary>A dequantized int32 bias of the weights that were written last; its scale is that of the products.</summary>
        public string Bias(int count, float inputScale)
        {
            float[] products = [.. scales.Select(s => s * inputScale)];
            int[] shape = perChannel ? [count] : [];
            return n.Node("DequantizeLinear", [n.Int32(n.RandomInts(count, 3000), count), n.Floats(products, shape), n.Int32(new int[products.Length], shape)], Axis(0));
        }

        /// <summary>Quantized values with the type of the activations.</summary>
        public string Integers(int count)
        {
            int[] values = n.RandomInts(count, 127);
            return unsigned ? n.UInt8([.. values.Select(v => (byte)(v + 128))], count) : n.Int8([.. values.Select(v => (sbyte)v)], count);
        }

        /// <summary>A dequantized constant that is no weight.</summary>
        public string Constant(int count, float scale) => n.Node("DequantizeLinear", [Integers(count), .. Parameters(scale, 0)]);

        /// <summary>The axis; operator sets before 13 do not know it.</summary>
        private (string, object)[] Axis(int axis) => perChannel ? [("axis", axis)] : [];
    }
}
