using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Small networks for digits.</summary>
internal static class DigitNetworks
{
    /// <summary>Four 3x3 convolutions with 16, 24, 32 and 48 channels, two poolings, global average, classifier.</summary>
    public static SequenceLayer SmallConvolutional(NetworkRequest request)
    {
        int a = request.Channels(16), b = request.Channels(24), c = request.Channels(32), d = request.Channels(48);
        return new LayerList()
            .ConvNormRelu(request.Input.Channels, a, 3)
            .Add(new MaxPoolLayer(2, 2))
            .ConvNormRelu(a, b, 3)
            .Add(new MaxPoolLayer(2, 2))
            .ConvNormRelu(b, c, 3)
            .ConvNormRelu(c, d, 3)
            .Add(new GlobalAveragePoolLayer(), new LinearLayer(d, request.Classes))
            .Build();
    }
}
