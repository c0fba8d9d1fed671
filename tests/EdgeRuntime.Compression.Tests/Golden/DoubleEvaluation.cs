using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Golden;

/// <summary>
/// Evaluates a float32 network in double precision, operator by operator from their definitions, with nothing of the runtime's planning or kernels: the
/// yardstick for float32 results. Knows the operators of the float reference models.
/// </summary>
internal sealed class DoubleEvaluation(Graph graph)
{
    private readonly double[]?[] values = new double[graph.Tensors.Count][];

    /// <summary>All tensors for an input; null for those that are not float32.</summary>
    public IReadOnlyList<double[]?> Run(ReadOnlySpan<float> input)
    {
        for (int t = 0; t < values.Length; t++)
        {
            if (graph.Tensors[t] is { IsConstant: true, Type: DataType.Float32 } constant)
                values[t] = [.. MemoryMarshal.Cast<byte, float>(constant.Data!.Value.Span).ToArray().Select(v => (double)v)];
        }

        values[graph.Inputs[0]] = [.. input.ToArray().Select(v => (double)v)];
        foreach (Node node in graph.Nodes)
            values[node.Outputs[0]] = Evaluate(node);
        return values;
    }

    private double[] Evaluate(Node node) => node.Kind switch
    {
        OperatorKind.Conv2D => Convolution(node, depthwise: false),
        OperatorKind.DepthwiseConv2D => Convolution(node, depthwise: true),
        OperatorKind.AveragePool2D => AveragePool(node),
        OperatorKind.FullyConnected => FullyConnected(node),
        OperatorKind.Add => Activated([.. Value(node, 0).Zip(Value(node, 1), (a, b) => a + b)], ((ActivationOptions)node.Options).Activation),
        OperatorKind.Reshape => Value(node, 0),
        OperatorKind.Softmax => Softmax(Value(node, 0)),
        _ => throw new NotSupportedException($"{node.Kind}"),
    };

    private double[] Value(Node node, int input) => values[node.Inputs[input]]!;

    private Shape ShapeOf(int tensor) => graph.Tensors[tensor].Shape;

    private double[] Convolution(Node node, bool depthwise)
    {
        var options = (Conv2DOptions)node.Options;
        (Shape x, Shape w, Shape y) = (ShapeOf(node.Inputs[0]), ShapeOf(node.Inputs[1]), ShapeOf(node.Outputs[0]));
        (double[] input, double[] weights) = (Value(node, 0), Value(node, 1));
        double[]? bias = node.Inputs.Count > 2 ? Value(node, 2) : null;
        Assert.True(options is { DilationHeight: 1, DilationWidth: 1, Groups: 1 });
        int top = Before(options.Padding, y[1], options.StrideHeight, w[1], x[1]), left = Before(options.Padding, y[2], options.StrideWidth, w[2], x[2]);
        int multiplier = depthwise ? y[3] / x[3] : 1;
        double[] result = new double[y.ElementCount];
        for (int i = 0; i < result.Length; i++)
        {
            (int row, int column, int o) = (i / y[3] / y[2], i / y[3] % y[2], i % y[3]);
            double sum = bias?[o] ?? 0;
            for (int ky = 0; ky < w[1]; ky++)
            {
                for (int kx = 0; kx < w[2]; kx++)
                {
                    (int r, int c) = ((row * options.StrideHeight) + ky - top, (column * options.StrideWidth) + kx - left);
                    if (r < 0 || r >= x[1] || c < 0 || c >= x[2])
                        continue;
                    int at = ((r * x[2]) + c) * x[3];
                    if (depthwise)
                    {
                        sum += input[at + (o / multiplier)] * weights[(((ky * w[2]) + kx) * w[3]) + o];
                        continue;
                    }

                    int from = ((((o * w[1]) + ky) * w[2]) + kx) * w[3];
                    for (int k = 0; k < x[3]; k++)
                        sum += input[at + k] * weights[from + k];
                }
            }

            result[i] = sum;
        }

        return Activated(result, options.Activation);
    }

    private double[] AveragePool(Node node)
    {
        var options = (Pool2DOptions)node.Options;
        (Shape x, Shape y) = (ShapeOf(node.Inputs[0]), ShapeOf(node.Outputs[0]));
        Assert.Equal((x[1], x[2], 1, 1), (options.FilterHeight, options.FilterWidth, y[1], y[2]));
        double[] input = Value(node, 0);
        return Activated([.. Enumerable.Range(0, x[3]).Select(c => Enumerable.Range(0, x[1] * x[2]).Average(p => input[(p * x[3]) + c]))], options.Activation);
    }

    private double[] FullyConnected(Node node)
    {
        Shape w = ShapeOf(node.Inputs[1]);
        (double[] input, double[] weights, double[] bias) = (Value(node, 0), Value(node, 1), Value(node, 2));
        double[] y = [.. Enumerable.Range(0, w[0]).Select(o => bias[o] + Enumerable.Range(0, w[1]).Sum(k => input[k] * weights[(o * w[1]) + k]))];
        return Activated(y, ((ActivationOptions)node.Options).Activation);
    }

    private static double[] Softmax(double[] x)
    {
        double[] e = [.. x.Select(v => Math.Exp(v - x.Max()))];
        return [.. e.Select(v => v / e.Sum())];
    }

    private static double[] Activated(double[] values, Activation activation) => activation switch
    {
        Activation.None => values,
        Activation.Relu => [.. values.Select(v => Math.Max(v, 0))],
        _ => throw new NotSupportedException($"{activation}"),
    };

    /// <summary>Rows or columns of padding before the first: half of what SAME needs, rounded down.</summary>
    private static int Before(Padding2D padding, int output, int stride, int window, int input) =>
        padding.Mode == PaddingMode.Same ? Math.Max(((output - 1) * stride) + window - input, 0) / 2 : 0;
}
