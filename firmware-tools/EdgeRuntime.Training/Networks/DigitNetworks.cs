using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Small networks for digits.</summary>
internal static class DigitNetworks
{
    /// <summary>Four 3x3 convolutions with 16, 24, 32 and 48 channels, two poolings, global average, classifier.</summary>
    public static SequenceLayer SmallConvolutional(NetworkRequest request)
    {
        request.RequireRealActivations("digits-cnn");
        request.RequireSide(4);
        MethodStyle style = MethodStyle.Of(request.Method);
        int a = request.Channels(16), b = request.Channels(24), c = request.Channels(32), d = request.Channels(48);
        return new LayerList()
            .ConvNormRelu(request.Input.Channels, a, 3, mapping: style.Edge())
            .Add(new MaxPoolLayer(2, 2))
            .ConvNormRelu(a, b, 3, mapping: style.Inner())
            .Add(new MaxPoolLayer(2, 2))
            .ConvNormRelu(b, c, 3, mapping: style.Inner())
            .ConvNormRelu(c, d, 3, mapping: style.Inner())
            .Add(new GlobalAveragePoolLayer(), new LinearLayer(d, request.Classes))
            .Build();
    }

    /// <summary>Three hidden layers of 4096 (Hubara et al. 2016).</summary>
    public static SequenceLayer Perceptron(NetworkRequest request)
    {
        int pixels = request.Input.Height * request.Input.Width * request.Input.Channels, hidden = request.Channels(4096, 32);
        var layers = new LayerList().Add(new FlattenLayer());
        new PlainBlocks(request, layers).Dense(pixels, hidden).Dense(hidden, hidden).Dense(hidden, hidden).EndSigns().Classifier(hidden, request.Classes);
        return layers.Build();
    }

    /// <summary>784-300-100-10.</summary>
    public static SequenceLayer LeNet300(NetworkRequest request)
    {
        int pixels = request.Input.Height * request.Input.Width * request.Input.Channels, a = request.Channels(300, 4), b = request.Channels(100, 4);
        var layers = new LayerList().Add(new FlattenLayer());
        new PlainBlocks(request, layers).Dense(pixels, a).Dense(a, b).EndSigns().Classifier(b, request.Classes);
        return layers.Build();
    }

    /// <summary>5x5 convolutions with 20 and 50 channels without border, each pooled, then 500.</summary>
    public static SequenceLayer LeNet5(NetworkRequest request)
    {
        request.RequireSide(16);
        int a = request.Channels(20, 2), b = request.Channels(50, 2), c = request.Channels(500, 4);
        int height = ((request.Input.Height - 4) / 2 - 4) / 2, width = ((request.Input.Width - 4) / 2 - 4) / 2;
        var layers = new LayerList();
        new PlainBlocks(request, layers)
            .Conv(request.Input.Channels, a, 5, pool: true, padding: 0)
            .Conv(a, b, 5, pool: true, padding: 0)
            .Add(new FlattenLayer())
            .Dense(height * width * b, c)
            .EndSigns()
            .Classifier(c, request.Classes);
        return layers.Build();
    }
}
