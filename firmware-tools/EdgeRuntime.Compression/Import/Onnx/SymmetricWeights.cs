using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>
/// Weights with zero points as the symmetric int8 that the kernels multiply. q - zero point needs 9 bits where q fills its 8: a channel that stays within -127..127 keeps its scale and is exact, any
/// other gets a scale by which its largest weight is 127, and is rounded anew.
/// </summary>
internal static class SymmetricWeights
{
    private const int Limit = 127;

    /// <summary>Adds the symmetric form of constant weights to the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">Int8 constant with a scale for all or along <paramref name="axis"/>.</param>
    /// <param name="axis">Axis of the output channels.</param>
    /// <returns>The tensor, and the largest change of a weight in steps of the scale that it had; 0 if all are exact.</returns>
    public static (int Tensor, double Change) Add(QdqGraph graph, int weights, int axis)
    {
        TensorInfo source = graph.Tensor(weights);
        Quantization q = source.Quantization!;
        int channels = source.Shape[axis];
        int inner = source.Shape.Dimensions[(axis + 1)..].ToArray().Aggregate(1, (p, d) => p * d);
        int[] exact = new int[source.Shape.ElementCount], largest = new int[channels];
        for (int i = 0; i < exact.Length; i++)
        {
            int channel = i / inner % channels;
            exact[i] = (sbyte)source.Data!.Value.Span[i] - q.ZeroPoints[q.IsPerChannel ? channel : 0];
            largest[channel] = Math.Max(largest[channel], Math.Abs(exact[i]));
        }

        // What one step of a channel's new scale is in steps of the old one.
        double[] step = [.. largest.Select(l => Math.Max(1, l / (double)Limit))];
        double change = 0;
        var rounded = new sbyte[exact.Length];
        for (int i = 0; i < exact.Length; i++)
        {
            double s = step[i / inner % channels];
            rounded[i] = (sbyte)Math.Round(exact[i] / s);
            change = Math.Max(change, Math.Abs((rounded[i] * s) - exact[i]));
        }

        Quantization to = q.IsPerChannel || step.Any(s => s > 1)
            ? new Quantization([.. step.Select((s, c) => (float)(s * q.Scales[q.IsPerChannel ? c : 0]))], new int[channels], axis)
            : new Quantization(q.Scales, [0], -1);
        return (graph.Add(source with { Name = $"{source.Name}/symmetric", Quantization = to, Data = GraphConstants.Bytes<sbyte>(rounded) }), change);
    }
}
