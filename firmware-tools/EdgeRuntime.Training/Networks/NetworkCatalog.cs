using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks;

/// <summary>What a network is made for.</summary>
/// <param name="Input">Pictures that it takes.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Method">Training method.</param>
/// <param name="Width">Factor of the number of channels.</param>
/// <param name="Order">Order of the layers in blocks with binary activations.</param>
/// <param name="Dropout">Share of the activations before each fully connected layer but the first that are dropped while training; only networks without shortcuts have such layers.</param>
public sealed record NetworkRequest(
    PictureShape Input, int Classes, string Method, double Width = 1, BlockOrder Order = BlockOrder.ConvPoolNormSign, double Dropout = 0)
{
    /// <summary>Refuses methods with binary activations.</summary>
    internal void RequireRealActivations(string network)
    {
        if (MethodStyle.Of(Method).HasBinaryActivations)
            throw new TrainingException(TrainingError.InvalidOption, $"network '{network}' has no form with binary activations (method {Method}); binary-resnet and quicknet have");
    }

    /// <summary>Refuses pictures whose sides are below <paramref name="least"/>.</summary>
    internal void RequireSide(int least)
    {
        if (Math.Min(Input.Height, Input.Width) < least)
            throw new TrainingException(TrainingError.InvalidOption, $"pictures of {Input} are too small for this network; sides of at least {least} are needed");
    }

    /// <summary>A number of channels times <see cref="Width"/>, to the nearest multiple of <paramref name="multiple"/> and at least that.</summary>
    internal int Channels(int channels, int multiple = 8) =>
        Math.Max(multiple, (int)Math.Round(channels * Width / multiple) * multiple);
}

/// <summary>The networks that can be trained, by name.</summary>
public static class NetworkCatalog
{
    private static readonly Dictionary<string, (string Description, Func<NetworkRequest, SequenceLayer> Create)> Networks = new(StringComparer.Ordinal)
    {
        ["digits-cnn"] = ("four convolutions with 16 to 48 channels for digits, 24 k weights", DigitNetworks.SmallConvolutional),
        ["mlp"] = ("three fully connected layers of 4096, the BNN paper's network for MNIST", DigitNetworks.Perceptron),
        ["lenet-300-100"] = ("two fully connected layers of 300 and 100 (LeCun et al. 1998)", DigitNetworks.LeNet300),
        ["lenet-5"] = ("two convolutions with 20 and 50 channels and a layer of 500 (LeCun et al. 1998, Caffe form)", DigitNetworks.LeNet5),
        ["convnet"] = ("128-128-256-256-512-512 convolutions and two layers of 1024, the BNN paper's network for CIFAR-10", PlainNetworks.BnnConvolutional),
        ["vgg-small"] = ("128-128-256-256-512-512 convolutions and a classifier", PlainNetworks.VggSmall),
        ["vgg-16"] = ("VGG-16 with batch normalization (Simonyan and Zisserman 2015); one hidden layer for small pictures", PlainNetworks.Vgg16),
        ["alexnet"] = ("AlexNet with batch normalization (Krizhevsky et al. 2012), pictures of 224", PlainNetworks.AlexNet),
        ["resnet-8"] = ("ResNet-8 of MLPerf Tiny, 16 to 64 channels", r => ResidualNetworks.Cifar(r, "resnet-8", 1)),
        ["resnet-14"] = ("ResNet-14 for CIFAR-10, as ResNet-20 with two blocks in a group", r => ResidualNetworks.Cifar(r, "resnet-14", 2)),
        ["resnet-26"] = ("ResNet-26 for CIFAR-10, as ResNet-20 with four blocks in a group", r => ResidualNetworks.Cifar(r, "resnet-26", 4)),
        ["resnet-20"] = ("ResNet-20 for CIFAR-10 (He et al. 2016)", r => ResidualNetworks.Cifar(r, "resnet-20", 3)),
        ["resnet-18"] = ("ResNet-18 (He et al. 2016); the form for small pictures below sides of 96", ResidualNetworks.ResNet18),
        ["mobilenet-v1"] = ("MobileNet V1 (Howard et al. 2017); fewer strides for small pictures", MobileNetworks.V1),
        ["mobilenet-v2"] = ("MobileNet V2 (Sandler et al. 2018); fewer strides for small pictures", MobileNetworks.V2),
        ["binary-resnet"] = ("residual binary blocks: 4 of 32, 4 of 64, 3 of 128 channels", r => BinaryNetworks.Residual(r, "binary-resnet", 32, 4, 4, 3)),
        ["binary-resnet-20"] = ("residual binary blocks in the shape of ResNet-20: 6 each of 16, 32, 64 channels", r => BinaryNetworks.Residual(r, "binary-resnet-20", 16, 6, 6, 6)),
        ["binary-resnet-8"] = ("residual binary blocks in the shape of ResNet-8: 2 each of 16, 32, 64 channels", r => BinaryNetworks.Residual(r, "binary-resnet-8", 16, 2, 2, 2)),
        ["binary-resnet-18"] = ("residual binary blocks in the shape of ResNet-18: 4 each of 64, 128, 256, 512 channels", r => BinaryNetworks.Residual(r, "binary-resnet-18", 64, 4, 4, 4, 4)),
        ["binary-digits"] = ("residual binary blocks for digits: 3 of 32, 3 of 64 channels behind a strided stem", BinaryNetworks.Digits),
        ["quicknet-small"] = ("residual binary blocks behind a stem that halves the picture: 3 of 64, 3 of 128 channels, under 100 KB", BinaryNetworks.QuickNetSmall),
        ["quicknet"] = ("residual binary blocks behind a stem that reduces the picture (Bannink et al. 2021), for 32 and 224", BinaryNetworks.QuickNet),
    };

    /// <summary>Names and one-line descriptions.</summary>
    public static IReadOnlyList<(string Name, string Description)> All { get; } = [.. Networks.Select(n => (n.Key, n.Value.Description))];

    /// <summary>Makes a network with weights drawn by <paramref name="seed"/>.</summary>
    /// <exception cref="TrainingException">The name is unknown, or the network cannot be made for these pictures or with this method.</exception>
    public static Network Create(string name, NetworkRequest request, IReadOnlyList<string> classes, Normalization normalization, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!Networks.TryGetValue(name, out var entry))
            throw new TrainingException(TrainingError.InvalidOption, $"network '{name}' is unknown; known are {string.Join(", ", Networks.Keys)}");
        if (request.Width is not (> 0 and <= 16))
            throw new TrainingException(TrainingError.InvalidOption, FormattableString.Invariant($"width is {request.Width}; it must be above 0 and at most 16"));
        if (request.Dropout is not (>= 0 and < 1))
            throw new TrainingException(TrainingError.InvalidOption, FormattableString.Invariant($"dropout is {request.Dropout}; it must be at least 0 and below 1"));
        random.manual_seed((long)(new SeededRandom(seed, 0x1e7).NextBits() >> 1));
        SequenceLayer body = entry.Create(request);
        if (QuantizationAwareTraining.BitsOf(request.Method) is > 0 and int bits)
            QuantizationAwareTraining.Apply(body, bits);
        return new Network(name, request.Method, body, request.Input, classes, normalization);
    }

    /// <summary>Whether a network of that name exists.</summary>
    public static bool Contains(string name) => Networks.ContainsKey(name);
}
