using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// A float BatchNorm, or a Mul, Add or Sub with a constant per channel, goes into weights and bias of the convolution or fully connected layer before it:
/// s (W x + b) + o = (s W) x + (s b + o).
/// </summary>
internal static class ChannelAffineFusion
{
    public static bool Apply(FusionGraph graph, int at)
    {
        Node node = graph[at]!;
        if (graph.Tensor(node.Outputs[0]).Type != DataType.Float32 || !Operands(graph, node, out int x, out int scale, out int offset, out bool negative))
            return false;
        int before = graph.PrivateProducer(x);
        if (before < 0 || graph.Tensor(x).Shape != graph.Tensor(node.Outputs[0]).Shape)
            return false;
        Node layer = graph[before]!;
        if (layer.Kind is not (OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected) || Options(layer, node) is not { } options)
            return false;

        int channels = graph.Tensor(x).Shape[^1];
        float[]? scales = PerChannel(graph, scale, channels);
        float[]? offsets = PerChannel(graph, offset, channels);
        if ((scale >= 0 && scales is null) || (offset >= 0 && offsets is null))
            return false;

        var inputs = new List<int>(layer.Inputs);
        while (inputs.Count < 3)
            inputs.Add(-1);
        float[] bias = inputs[2] >= 0 ? Values(graph.Tensor(inputs[2])) : new float[channels];
        for (int c = 0; c < channels; c++)
            bias[c] = bias[c] * (scales?[c] ?? 1) + (offsets is null ? 0 : negative ? -offsets[c] : offsets[c]);
        if (scales is not null)
            inputs[1] = graph.AddConstant(Scaled(graph.Tensor(inputs[1]), scales, layer.Kind == OperatorKind.DepthwiseConv2D));
        inputs[2] = graph.AddConstant(Constant($"{layer.Name}/bias", new Shape(channels), bias));
        graph.Remove(at);
        graph.Replace(before, layer with { Inputs = inputs, Outputs = node.Outputs, Options = options });
        return true;
    }

    /// <summary>The varying input of y = scale * x + offset, and its constants (-1 where absent).</summary>
    private static bool Operands(FusionGraph graph, Node node, out int x, out int scale, out int offset, out bool negative)
    {
        (x, scale, offset, negative) = (-1, -1, -1, false);
        switch (node.Kind)
        {
            case OperatorKind.BatchNorm:
                (x, scale, offset) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
                return graph.Tensor(scale).IsConstant && graph.Tensor(offset).IsConstant;
            case OperatorKind.Mul or OperatorKind.Add or OperatorKind.Sub:
                bool second = graph.Tensor(node.Inputs[1]).IsConstant;
                if (!second && (node.Kind == OperatorKind.Sub || !graph.Tensor(node.Inputs[0]).IsConstant))
                    return false;
                x = node.Inputs[second ? 0 : 1];
                int constant = node.Inputs[second ? 1 : 0];
                (scale, offset) = node.Kind == OperatorKind.Mul ? (constant, -1) : (-1, constant);
                negative = node.Kind == OperatorKind.Sub;
                return true;
            default:
                return false;
        }
    }

    /// <summary>The layer's options with the activation of the operator that goes into it; null if the layer has an activation already.</summary>
    private static OperatorOptions? Options(Node layer, Node node)
    {
        Activation activation = node.Options is ActivationOptions o ? o.Activation : Activation.None;
        return ActivationFusion.With(layer.Options, activation);
    }

    /// <summary>One value per channel of a constant that holds one for each or one for all; null if it varies along other dimensions.</summary>
    private static float[]? PerChannel(FusionGraph graph, int tensor, int channels)
    {
        if (tensor < 0)
            return null;
        float[] values = Values(graph.Tensor(tensor));
        if (values.Length == 1)
            return [.. Enumerable.Repeat(values[0], channels)];
        return values.Length == channels && graph.Tensor(tensor).Shape[^1] == channels ? values : null;
    }

    /// <summary>Weights with each output channel multiplied: the outermost dimension, or the last one of depthwise weights.</summary>
    private static TensorInfo Scaled(TensorInfo weights, float[] scales, bool lastDimension)
    {
        float[] values = Values(weights);
        int perChannel = values.Length / scales.Length;
        for (int i = 0; i < values.Length; i++)
            values[i] *= scales[lastDimension ? i % scales.Length : i / perChannel];
        return Constant(weights.Name, weights.Shape, values);
    }

    private static float[] Values(TensorInfo constant) => MemoryMarshal.Cast<byte, float>(constant.Data!.Value.Span).ToArray();

    private static TensorInfo Constant(string name, Shape shape, float[] values) =>
        new(name, DataType.Float32, shape, null, MemoryMarshal.AsBytes<float>(values).ToArray());
}
