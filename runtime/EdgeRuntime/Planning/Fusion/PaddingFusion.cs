using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// A Pad of rows and columns becomes explicit padding of the convolution after it: both put the real value 0 there. Padding that would leave a window wholly
/// outside of the picture stays an operator.
/// </summary>
internal static class PaddingFusion
{
    public static bool Apply(FusionGraph graph, int at)
    {
        Node node = graph[at]!;
        if (node.Options is not Conv2DOptions { Padding.Mode: not PaddingMode.Same } options || node.Kind is not (OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D))
            return false;
        int before = graph.PrivateProducer(node.Inputs[0]);
        if (before < 0 || graph[before]!.Options is not PadOptions pad || pad.Before[0] + pad.After[0] + pad.Before[3] + pad.After[3] != 0)
            return false;
        Padding2D own = options.Padding.Mode == PaddingMode.Explicit ? options.Padding : default;
        Shape weights = graph.Tensor(node.Inputs[1]).Shape;
        long mostRows = (weights[1] - 1L) * options.DilationHeight;
        long mostColumns = (weights[2] - 1L) * options.DilationWidth;
        long top = (long)own.Top + pad.Before[1];
        long bottom = (long)own.Bottom + pad.After[1];
        long left = (long)own.Left + pad.Before[2];
        long right = (long)own.Right + pad.After[2];
        if (Math.Max(top, bottom) > Math.Min(mostRows, NodeCheck.MaxWindow) || Math.Max(left, right) > Math.Min(mostColumns, NodeCheck.MaxWindow))
            return false;
        int x = graph[before]!.Inputs[0];
        Node padded = node with
        {
            Inputs = [x, .. node.Inputs.Skip(1)],
            Options = options with { Padding = Padding2D.Of((int)top, (int)bottom, (int)left, (int)right) },
        };
        graph.Remove(before);
        graph.Replace(at, padded);
        return true;
    }
}
