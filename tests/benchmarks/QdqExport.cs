using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Benchmarks;

/// <summary>
/// Writes an int8 network as ONNX with quantizers around every operator (QDQ), the form that ONNX Runtime turns into its own integer operators. Maps are NCHW there:
/// shape [n, h, w, c] becomes [n, c, h, w].
/// </summary>
internal sealed class QdqExport
{
    private readonly QdqGraphWriter writer = new();
    private readonly Graph graph;

    private QdqExport(Graph graph) => this.graph = graph;

    /// <summary>The bytes of the ONNX file.</summary>
    /// <exception cref="NotSupportedException">An operator has no counterpart here; the comparison covers convolutional classifiers.</exception>
    public static byte[] Write(Graph graph)
    {
        var export = new QdqExport(graph);
        foreach (int t in graph.Inputs)
            export.writer.Input(Name(t), Dims(graph.Tensors[t].Shape));
        foreach (Node node in graph.Nodes)
            export.Write(node);
        foreach (int t in graph.Outputs)
            export.writer.Output(Name(t), Dims(graph.Tensors[t].Shape));
        return export.writer.Build();
    }

    /// <summary>Dimensions in ONNX's order.</summary>
    public static int[] Dims(Shape shape) => shape.Rank == 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape.Dimensions.ToArray();

    private static string Name(int tensor) => $"t{tensor}";

    private void Write(Node node)
    {
        TensorInfo x = graph.Tensors[node.Inputs[0]], y = graph.Tensors[node.Outputs[0]];
        if (x.Quantization is not { IsPerChannel: false } || y.Quantization is null)
            throw new NotSupportedException($"'{node.Name}' ({node.Kind}) is not an int8 operator");
        string input = writer.Dequantize(Name(node.Inputs[0]), x.Quantization);
        string value = node.Kind switch
        {
            OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D => Convolution(node, input),
            OperatorKind.FullyConnected => writer.Node("Gemm", [input, .. Weights(node, false)], ("transB", 1)),
            OperatorKind.Add => writer.Node("Add", [input, writer.Dequantize(Name(node.Inputs[1]), graph.Tensors[node.Inputs[1]].Quantization!)]),
            OperatorKind.MaxPool2D or OperatorKind.AveragePool2D => Pool(node, input),
            OperatorKind.Mean => Mean(node, input),
            OperatorKind.Reshape => Reshape(node, input),
            OperatorKind.Softmax => writer.Node("Softmax", [input], ("axis", y.Shape.Rank - 1)),
            OperatorKind.Transpose => writer.Node("Transpose", [input], ("perm", Permutation(node))),
            _ => throw new NotSupportedException($"'{node.Name}' ({node.Kind}) has no counterpart in the comparison"),
        };
        writer.Quantize(Limited(value, node, y.Quantization), y.Quantization, Name(node.Outputs[0]));
    }

    /// <summary>The fused activation, where the range of the output does not imply it.</summary>
    private string Limited(string value, Node node, Quantization q)
    {
        Activation activation = node.Options switch
        {
            Conv2DOptions o => o.Activation,
            Pool2DOptions o => o.Activation,
            ActivationOptions o => o.Activation,
            _ => Activation.None,
        };
        (float low, float high) = activation switch
        {
            Activation.Relu => (0f, float.PositiveInfinity),
            Activation.Relu6 => (0f, 6f),
            Activation.ReluN1To1 => (-1f, 1f),
            _ => (float.NegativeInfinity, float.PositiveInfinity),
        };
        bool implied = low <= (-128 - q.ZeroPoint) * q.Scale && high >= (127 - q.ZeroPoint) * q.Scale;
        if (implied)
            return value;
        return float.IsFinite(high) ? writer.Node("Clip", [value, writer.Scalar(low), writer.Scalar(high)]) : writer.Node("Relu", [value]);
    }

    private string Convolution(Node node, string input)
    {
        var options = (Conv2DOptions)node.Options;
        Shape x = graph.Tensors[node.Inputs[0]].Shape, w = graph.Tensors[node.Inputs[1]].Shape, y = graph.Tensors[node.Outputs[0]].Shape;
        bool depthwise = node.Kind == OperatorKind.DepthwiseConv2D;
        return writer.Node(
            "Conv",
            [input, .. Weights(node, depthwise)],
            ("kernel_shape", new[] { w[1], w[2] }),
            ("strides", new[] { options.StrideHeight, options.StrideWidth }),
            ("dilations", new[] { options.DilationHeight, options.DilationWidth }),
            ("group", depthwise ? x[3] : options.Groups),
            ("pads", Pads(options.Padding, x, y, w[1], w[2], options.StrideHeight, options.StrideWidth, options.DilationHeight, options.DilationWidth)));
    }

    private string Pool(Node node, string input)
    {
        var options = (Pool2DOptions)node.Options;
        Shape x = graph.Tensors[node.Inputs[0]].Shape, y = graph.Tensors[node.Outputs[0]].Shape;
        if (node.Kind == OperatorKind.AveragePool2D && y[1] == 1 && y[2] == 1 && options.FilterHeight == x[1] && options.FilterWidth == x[2])
            return writer.Node("GlobalAveragePool", [input]);
        return writer.Node(
            node.Kind == OperatorKind.MaxPool2D ? "MaxPool" : "AveragePool",
            [input],
            ("kernel_shape", new[] { options.FilterHeight, options.FilterWidth }),
            ("strides", new[] { options.StrideHeight, options.StrideWidth }),
            ("pads", Pads(options.Padding, x, y, options.FilterHeight, options.FilterWidth, options.StrideHeight, options.StrideWidth, 1, 1)));
    }

    private string Mean(Node node, string input)
    {
        var options = (ReduceOptions)node.Options;
        Shape x = graph.Tensors[node.Inputs[0]].Shape, y = graph.Tensors[node.Outputs[0]].Shape;
        if (x.Rank != 4 || !options.Axes.Select(a => a < 0 ? a + 4 : a).Order().SequenceEqual([1, 2]))
            throw new NotSupportedException($"'{node.Name}': only means over whole maps are compared");
        string pooled = writer.Node("GlobalAveragePool", [input]);
        return options.KeepDimensions ? pooled : writer.Node("Reshape", [pooled, writer.Sizes(y[0], y[1])]);
    }

    private string Reshape(Node node, string input)
    {
        Shape x = graph.Tensors[node.Inputs[0]].Shape, y = graph.Tensors[node.Outputs[0]].Shape;
        if (x.Rank == 4 && x[1] * x[2] > 1)
            input = writer.Node("Transpose", [input], ("perm", new[] { 0, 2, 3, 1 }));
        if (y.Rank == 4 && y[1] * y[2] > 1)
            throw new NotSupportedException($"'{node.Name}': a reshape to a map is not compared");
        return writer.Node("Reshape", [input, writer.Sizes([.. Dims(y).Select(d => (long)d)])]);
    }

    /// <summary>A permutation of [n, h, w, c] as one of [n, c, h, w].</summary>
    private static int[] Permutation(Node node)
    {
        int[] own = [.. ((TransposeOptions)node.Options).Permutation];
        if (own.Length != 4)
            return own;
        int[] toOnnx = [0, 2, 3, 1], fromOnnx = [0, 3, 1, 2];
        return [.. fromOnnx.Select(axis => toOnnx[own[axis]])];
    }

    /// <summary>Weights, [out, in, h, w] or [out, in], and bias.</summary>
    private string[] Weights(Node node, bool depthwise)
    {
        TensorInfo w = graph.Tensors[node.Inputs[1]];
        ReadOnlySpan<sbyte> values = MemoryMarshal.Cast<byte, sbyte>(w.Data!.Value.Span);
        int outputs = depthwise ? w.Shape[3] : w.Shape[0], window = w.Shape.Rank == 4 ? w.Shape[1] * w.Shape[2] : 1;
        int inputs = depthwise ? 1 : w.Shape[^1];
        var moved = new sbyte[values.Length];
        for (int o = 0; o < outputs; o++)
        {
            for (int k = 0; k < window; k++)
            {
                for (int i = 0; i < inputs; i++)
                    moved[(((o * inputs) + i) * window) + k] = values[depthwise ? (k * outputs) + o : (((o * window) + k) * inputs) + i];
            }
        }

        float[] scales = [.. Enumerable.Range(0, outputs).Select(o => w.Quantization!.Scales[w.Quantization.Scales.Length > 1 ? o : 0])];
        int[] dims = w.Shape.Rank == 4 ? [outputs, inputs, w.Shape[1], w.Shape[2]] : [outputs, inputs];
        string weights = writer.Constant(moved, scales, dims);
        if (node.Inputs.Count < 3 || node.Inputs[2] < 0)
            return [weights];
        float x = graph.Tensors[node.Inputs[0]].Quantization!.Scale;
        int[] bias = MemoryMarshal.Cast<byte, int>(graph.Tensors[node.Inputs[2]].Data!.Value.Span).ToArray();
        return [weights, writer.Constant(bias, [.. scales.Select(s => s * x)], outputs)];
    }

    private static int[] Pads(Padding2D padding, Shape x, Shape y, int height, int width, int strideHeight, int strideWidth, int dilationHeight, int dilationWidth)
    {
        (int top, int bottom) = Of(x[1], y[1], height, strideHeight, dilationHeight, padding.Top, padding.Bottom);
        (int left, int right) = Of(x[2], y[2], width, strideWidth, dilationWidth, padding.Left, padding.Right);
        return [top, left, bottom, right];

        (int, int) Of(int input, int output, int filter, int stride, int dilation, int before, int after)
        {
            if (padding.Mode != PaddingMode.Same)
                return padding.Mode == PaddingMode.Valid ? (0, 0) : (before, after);
            int total = Math.Max(((output - 1) * stride) + ((filter - 1) * dilation) + 1 - input, 0);
            return (total / 2, total - (total / 2));
        }
    }
}
