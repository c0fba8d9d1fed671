using EdgeRuntime.Kernels.Binary;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// A Binarize behind a binary layer with int8 or float32 output becomes that layer's second output: values are compared where they are computed, which saves a pass over them.
/// </summary>
internal static class SignFusion
{
    /// <summary>Layers write the signs of as many channels at a time.</summary>
    private const int BlockChannels = 8;

    public static bool Apply(FusionGraph graph, int at)
    {
        Node sign = graph[at]!;
        int before = sign.Kind == OperatorKind.Binarize ? graph.Producer(sign.Inputs[0]) : -1;
        if (before < 0)
            return false;
        Node layer = graph[before]!;
        bool isBinary = layer.Kind is OperatorKind.BinaryConv2D or OperatorKind.BinaryDepthwiseConv2D or OperatorKind.BinaryFullyConnected;
        if (!isBinary || layer.Outputs.Count != 1 || Has(layer, BinaryInputs.Thresholds) || Has(layer, BinaryInputs.Directions) || graph.Tensor(layer.Outputs[0]).Shape[^1] % BlockChannels != 0)
            return false;
        int[] inputs = [.. layer.Inputs, .. Enumerable.Repeat(-1, Math.Max(BinaryInputs.Directions + 1 - layer.Inputs.Count, 0))];
        inputs[BinaryInputs.Thresholds] = sign.Inputs.Count > 1 ? sign.Inputs[1] : -1;
        inputs[BinaryInputs.Directions] = sign.Inputs.Count > 2 ? sign.Inputs[2] : -1;
        graph.Remove(at);
        graph.Replace(before, layer with { Inputs = inputs, Outputs = [layer.Outputs[0], sign.Outputs[0]] });
        return true;
    }

    private static bool Has(Node node, int input) => input < node.Inputs.Count && node.Inputs[input] >= 0;
}
