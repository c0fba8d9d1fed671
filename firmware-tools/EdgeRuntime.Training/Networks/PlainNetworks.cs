using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Networks without shortcuts, for real and binary methods.</summary>
internal static class PlainNetworks
{
    /// <summary>Channels and convolutions of each group of VGG-16; a group ends with pooling.</summary>
    private static readonly (int Channels, int Count)[] VggGroups = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)];

    private static readonly int[] AlexNetChannels = [96, 256, 384, 384, 256];

    /// <summary>The ConvNet of BinaryConnect and BNN: 2x128C3-P2-2x256C3-P2-2x512C3-P2-2x1024FC-10.</summary>
    public static SequenceLayer BnnConvolutional(NetworkRequest request)
    {
        request.RequireSide(8);
        int c = request.Channels(512, 32), hidden = request.Channels(1024, 32);
        int map = request.Input.Height / 8 * (request.Input.Width / 8);
        var layers = new LayerList();
        SixConvolutions(request, layers)
            .Add(new FlattenLayer())
            .Dense(map * c, hidden)
            .Dense(hidden, hidden)
            .EndSigns()
            .Classifier(hidden, request.Classes);
        return layers.Build();
    }

    /// <summary>The convolutions of the ConvNet with a classifier right behind them.</summary>
    public static SequenceLayer VggSmall(NetworkRequest request)
    {
        request.RequireSide(8);
        int map = request.Input.Height / 8 * (request.Input.Width / 8);
        var layers = new LayerList();
        SixConvolutions(request, layers).EndSigns().Add(new FlattenLayer()).Classifier(map * request.Channels(512, 32), request.Classes);
        return layers.Build();
    }

    /// <summary>AlexNet in one column, with batch normalization instead of local response normalization.</summary>
    public static SequenceLayer AlexNet(NetworkRequest request)
    {
        request.RequireSide(67);
        int[] c = Array.ConvertAll(AlexNetChannels, v => request.Channels(v, 32));
        int hidden = request.Channels(4096, 32);
        int side = Side(request.Input.Height), width = Side(request.Input.Width);
        var layers = new LayerList();
        new PlainBlocks(request, layers)
            .Conv(request.Input.Channels, c[0], 11, pool: true, stride: 4, padding: 2, poolWindow: 3)
            .Conv(c[0], c[1], 5, pool: true, poolWindow: 3)
            .Conv(c[1], c[2])
            .Conv(c[2], c[3])
            .Conv(c[3], c[4], pool: true, poolWindow: 3)
            .Add(new FlattenLayer())
            .Dense(side * width * c[4], hidden)
            .Dense(hidden, hidden)
            .EndSigns()
            .Classifier(hidden, request.Classes);
        return layers.Build();

        static int Side(int pixels) => Pooled(Pooled(Pooled((pixels + 4 - 11) / 4 + 1)));
        static int Pooled(int pixels) => (pixels - 3) / 2 + 1;
    }

    /// <summary>
    /// VGG-16 (Simonyan and Zisserman 2015) with batch normalization: 13 convolutions with 64 to 512 channels and five poolings; two layers of 4096 for large pictures, one of
    /// 512 for small ones (Liu and Deng 2015).
    /// </summary>
    public static SequenceLayer Vgg16(NetworkRequest request)
    {
        request.RequireSide(32);
        var layers = new LayerList();
        var blocks = new PlainBlocks(request, layers);
        int input = request.Input.Channels;
        for (int group = 0; group < VggGroups.Length; group++)
        {
            var (channels, count) = VggGroups[group];
            int output = request.Channels(channels);
            for (int i = 0; i < count; i++)
            {
                blocks.Conv(input, output, pool: i == count - 1);
                input = output;
            }
        }

        bool large = Math.Min(request.Input.Height, request.Input.Width) >= 96;
        int hidden = request.Channels(large ? 4096 : 512);
        blocks.Add(new FlattenLayer()).Dense(request.Input.Height / 32 * (request.Input.Width / 32) * input, hidden);
        if (large)
            blocks.Dense(hidden, hidden);
        blocks.EndSigns().Classifier(hidden, request.Classes);
        return layers.Build();
    }

    private static PlainBlocks SixConvolutions(NetworkRequest request, LayerList layers)
    {
        int a = request.Channels(128, 32), b = request.Channels(256, 32), c = request.Channels(512, 32);
        return new PlainBlocks(request, layers)
            .Conv(request.Input.Channels, a)
            .Conv(a, a, pool: true)
            .Conv(a, b)
            .Conv(b, b, pool: true)
            .Conv(b, c)
            .Conv(c, c, pool: true);
    }
}
