using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using EdgeRuntime.Training.Pruning;
using TorchSharp;

namespace EdgeRuntime.Training.Tests.Pruning;

/// <summary>Networks that learn bars in a second, for what prunes and shares.</summary>
internal static class SmallNetworks
{
    public static DataSplits Bars(int side = 12, int channels = 1) =>
        new("bars", TestData.Bars(320, side, channels, 4, 1), TestData.Bars(100, side, channels, 4, 2), TestData.Bars(100, side, channels, 4, 3));

    public static Network Of(SequenceLayer body, ImageSet pictures) =>
        new("small", "float", body, new PictureShape(pictures.Height, pictures.Width, pictures.Channels), pictures.Classes, Normalization.Of(pictures));

    /// <summary>A network of the body, trained.</summary>
    public static Network Trained(SequenceLayer body, DataSplits data, int epochs = 6)
    {
        Network network = Of(body, data.Train);
        new Retraining(network, data, Training with { Epochs = epochs }).Run(TestContext.Current.CancellationToken);
        return network;
    }

    public static TrainingOptions Training { get; } = new() { Epochs = 1, BatchSize = 16, LearningRate = 0.01, WarmupSteps = 4, Threads = 1 };

    /// <summary>Convolutions with normalization, a residual block with a shortcut, a depthwise convolution, and two fully connected layers.</summary>
    public static SequenceLayer Mixed(int channels = 1)
    {
        torch.random.manual_seed(5);
        return new SequenceLayer(
            new ConvLayer(channels, 8, 3, 1, 1), new BatchNormLayer(8), new ReluLayer(), new MaxPoolLayer(2, 2),
            new ResidualLayer(
                new SequenceLayer(new ConvLayer(8, 12, 3, 1, 1), new BatchNormLayer(12), new Relu6Layer(), new ConvLayer(12, 16, 3, 1, 1), new BatchNormLayer(16)),
                new SequenceLayer(new ConvLayer(8, 16, 1), new BatchNormLayer(16)),
                rectify: true),
            new ConvLayer(16, 16, 3, 2, 1, groups: 16), new BatchNormLayer(16), new ReluLayer(),
            new ConvLayer(16, 24, 1), new BatchNormLayer(24), new ReluLayer(),
            new ResidualLayer(new SequenceLayer(new ConvLayer(24, 24, 3, 1, 1), new BatchNormLayer(24), new ReluLayer(), new ConvLayer(24, 24, 1), new BatchNormLayer(24))),
            new FlattenLayer(), new DropoutLayer(0.2), new LinearLayer(24 * 9, 16, hasBias: false), new BatchNormLayer(16), new ReluLayer(), new LinearLayer(16, 4));
    }

    public static float[] Weights(Network network) => [.. network.Body.state_dict().SelectMany(t => t.Value.data<float>())];
}
