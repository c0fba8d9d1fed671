using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Networks of depthwise and pointwise convolutions.</summary>
internal static class MobileNetworks
{
    /// <summary>Below this side the first two strides are left out, since the picture would vanish.</summary>
    private const int LargeSide = 96;

    /// <summary>Channels and stride of each pair of MobileNet V1.</summary>
    private static readonly (int Channels, int Stride)[] PairsV1 =
        [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)];

    /// <summary>Expansion, channels, repetitions and stride of each group of MobileNet V2.</summary>
    private static readonly (int Expansion, int Channels, int Count, int Stride)[] GroupsV2 =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    /// <summary>MobileNet V1: depthwise separable convolutions.</summary>
    public static SequenceLayer V1(NetworkRequest request)
    {
        MethodStyle style = Check(request, "mobilenet-v1", out bool large);
        int input = request.Channels(32);
        LayerList layers = new LayerList().ConvNormRelu6(request.Input.Channels, input, 3, large ? 2 : 1, mapping: style.Edge());
        bool first = true;
        foreach (var (channels, stride) in PairsV1)
        {
            int output = request.Channels(channels), used = Stride(stride, large, ref first);
            layers.ConvNormRelu6(input, input, 3, used, groups: input).ConvNormRelu6(input, output, 1, mapping: style.Inner());
            input = output;
        }

        return layers.Add(new GlobalAveragePoolLayer(), new LinearLayer(input, request.Classes)).Build();
    }

    /// <summary>MobileNet V2: inverted residuals with linear bottlenecks.</summary>
    public static SequenceLayer V2(NetworkRequest request)
    {
        MethodStyle style = Check(request, "mobilenet-v2", out bool large);
        int input = request.Channels(32);
        LayerList layers = new LayerList().ConvNormRelu6(request.Input.Channels, input, 3, large ? 2 : 1, mapping: style.Edge());
        bool first = true;
        foreach (var (expansion, channels, count, stride) in GroupsV2)
        {
            int output = request.Channels(channels);
            int groupStride = Stride(stride, large, ref first);
            for (int i = 0; i < count; i++)
            {
                int used = i == 0 ? groupStride : 1, wide = input * expansion;
                var body = new LayerList();
                if (expansion > 1)
                    body.ConvNormRelu6(input, wide, 1, mapping: style.Inner());
                body.ConvNormRelu6(wide, wide, 3, used, groups: wide).ConvNorm(wide, output, 1, mapping: style.Inner());
                layers.Add(used == 1 && input == output ? new ResidualLayer(body.Build()) : body.Build());
                input = output;
            }
        }

        // The last layer does not shrink below its full width (Sandler et al. 2018).
        int last = Math.Max(1280, request.Channels(1280));
        return layers.ConvNormRelu6(input, last, 1, mapping: style.Inner()).Add(new GlobalAveragePoolLayer(), new LinearLayer(last, request.Classes)).Build();
    }

    private static int Stride(int stride, bool large, ref bool first)
    {
        if (stride == 1 || large || !first)
            return stride;
        first = false;
        return 1;
    }

    private static MethodStyle Check(NetworkRequest request, string name, out bool large)
    {
        request.RequireRealActivations(name);
        request.RequireSide(16);
        large = Math.Min(request.Input.Height, request.Input.Width) >= LargeSide;
        return MethodStyle.Of(request.Method);
    }
}
