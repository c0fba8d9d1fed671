using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// An int8 depthwise convolution of one input channel is a convolution of one channel: its weights [1, height, width, out] become [out, height, width, 1]. The first
/// layer of networks for grey pictures is one, and convolutions have faster kernels for it.
/// </summary>
internal static class SingleInputDepthwise
{
    public static bool Apply(FusionGraph graph, int at)
    {
        Node node = graph[at]!;
        if (node.Kind != OperatorKind.DepthwiseConv2D)
            return false;
        TensorInfo x = graph.Tensor(node.Inputs[0]);
        TensorInfo w = graph.Tensor(node.Inputs[1]);
        if (x.Type != DataType.Int8 || x.Shape[3] != 1 || w.Data is not { } data || w.Quantization is not { } quantization)
            return false;
        (int height, int width, int channels) = (w.Shape[1], w.Shape[2], w.Shape[3]);
        byte[] transposed = new byte[data.Length];
        for (int t = 0; t < height * width; t++)
        {
            for (int c = 0; c < channels; c++)
                transposed[(c * height * width) + t] = data.Span[(t * channels) + c];
        }

        // The channels are the outermost dimension of the new weights.
        var along = quantization.IsPerChannel ? new Quantization(quantization.Scales, quantization.ZeroPoints, 0) : quantization;
        int weights = graph.AddConstant(new TensorInfo(w.Name, w.Type, new Shape(channels, height, width, 1), along, transposed));
        graph.Replace(at, node with { Kind = OperatorKind.Conv2D, Inputs = [node.Inputs[0], weights, .. node.Inputs.Skip(2)] });
        return true;
    }
}
