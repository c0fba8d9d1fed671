using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>Conv: two dimensions, with groups; one input channel a group is a depthwise convolution.</summary>
internal static class Convolutions
{
    public static void Conv(OnnxOperator op)
    {
        op.Operands(2, 3);
        OnnxValue x = op.Real(0);
        OnnxValue weights = op.Real(1);
        OnnxConstant? w = op.Constant(1, "weights");
        OnnxConstant? bias = op.Has(2) ? op.Constant(2, "bias") : null;
        if (op.Failed)
            return;
        if (x.Dimensions.Length != 4)
        {
            op.Unsupported($"an input of {x.Dimensions.Length} dimensions instead of 4");
            return;
        }

        int groups = op.Int("group", 1);
        int channels = x.Dimensions[1];
        if (w!.Dimensions.Length != 4 || w.Count == 0 || groups < 1 || channels % groups != 0 || w.Dimensions[1] != channels / groups || w.Dimensions[0] % groups != 0)
            throw op.Corrupt($"weights of {string.Join('x', w.Dimensions)} in {groups} groups do not fit an input of {string.Join('x', x.Dimensions)}");
        if (bias is not null && !bias.Dimensions.AsSpan().SequenceEqual([w.Dimensions[0]]))
            throw op.Corrupt($"a bias of {string.Join('x', bias.Dimensions)} values for {w.Dimensions[0]} channels");
        Window2D? window = Window2D.Read(op, x.Dimensions, w.Dimensions[2], w.Dimensions[3]);
        if (window is null)
            return;
        bool depthwise = groups == channels && groups > 1;

        // [out, in / groups, kh, kw] becomes [out, kh, kw, in / groups], or [1, kh, kw, out] for depthwise weights.
        int[] layout = depthwise ? [1, 2, 3, 0] : [0, 2, 3, 1];
        int input = op.Tensor(x, Dimension.ChannelsLast(4));
        Padding2D padding = window.Padding;
        if (!window.FitsConvolution)
        {
            input = window.Pad(op, input);
            padding = Padding2D.Valid;
        }

        int[] inputs = bias is null ? [input, op.Tensor(weights, layout)] : [input, op.Tensor(weights, layout), op.Tensor(op.Value(2), [0])];
        int y = op.Define([x.Dimensions[0], w.Dimensions[0], window.OutputHeight, window.OutputWidth], Dimension.ChannelsLast(4));
        op.Node(depthwise ? OperatorKind.DepthwiseConv2D : OperatorKind.Conv2D, inputs, [y], new Conv2DOptions
        {
            StrideHeight = window.StrideHeight,
            StrideWidth = window.StrideWidth,
            DilationHeight = window.DilationHeight,
            DilationWidth = window.DilationWidth,
            Padding = padding,
            Groups = depthwise ? 1 : groups,
        });
    }
}
