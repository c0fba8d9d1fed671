using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>
/// Where the channels of a weight tensor lie: element i belongs to output channel <see cref="Output"/>(i) and input channel <see cref="Input"/>(i).
/// Conv2D is [out, kh, kw, in], DepthwiseConv2D [1, kh, kw, out], FullyConnected [out, in].
/// </summary>
internal readonly record struct WeightLayout(OperatorKind Kind, Shape Shape, int Multiplier)
{
    /// <summary>The layout of a node's weights, or null if it has none.</summary>
    public static WeightLayout? Of(Graph graph, Node node)
    {
        if (node.Kind is not (OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected))
            return null;
        Shape weights = graph.Tensors[node.Inputs[1]].Shape;
        int multiplier = node.Kind == OperatorKind.DepthwiseConv2D ? weights[^1] / graph.Tensors[node.Inputs[0]].Shape[^1] : 1;
        return new WeightLayout(node.Kind, weights, multiplier);
    }

    /// <summary>Number of output channels.</summary>
    public int Outputs => Kind == OperatorKind.DepthwiseConv2D ? Shape[^1] : Shape[0];

    /// <summary>Axis of the output channels.</summary>
    public int OutputAxis => Kind == OperatorKind.DepthwiseConv2D ? Shape.Rank - 1 : 0;

    /// <summary>Output channel of an element.</summary>
    public int Output(int element) => Kind == OperatorKind.DepthwiseConv2D
        ? element % Shape[^1]
        : (int)(element / (Shape.ElementCount / Shape[0]));

    /// <summary>Input channel of an element within its group.</summary>
    public int Input(int element) => Kind == OperatorKind.DepthwiseConv2D
        ? element % Shape[^1] / Multiplier
        : element % Shape[^1];
}
