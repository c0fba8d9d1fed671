using EdgeRuntime.Model;

namespace EdgeRuntime.Threading;

/// <summary>How much work an operator is, so that small ones stay on one thread.</summary>
internal static class WorkEstimate
{
    /// <summary>Multiply-accumulates below which handing out the parts costs more than it saves: some tens of microseconds of one core.</summary>
    public const long WorthSplitting = 200_000;

    /// <summary>What an output costs beside its products, in multiply-accumulates: requantization and memory.</summary>
    private const long PerOutput = 8;

    /// <summary>Multiply-accumulates that take as long as an operator.</summary>
    public static long Of(Graph graph, Node node)
    {
        long outputs = graph.Tensors[node.Outputs[0]].Shape.ElementCount;
        if (node.Kind is not (OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected
            or OperatorKind.BinaryConv2D or OperatorKind.BinaryDepthwiseConv2D or OperatorKind.BinaryFullyConnected))
            return outputs * PerOutput;
        Shape weights = graph.Tensors[node.Inputs[1]].Shape;
        int channels = node.Kind is OperatorKind.DepthwiseConv2D or OperatorKind.BinaryDepthwiseConv2D ? weights[^1] : weights[0];
        return outputs * ((weights.ElementCount / channels) + PerOutput);
    }
}
