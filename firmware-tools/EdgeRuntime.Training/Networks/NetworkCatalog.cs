using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks;

/// <summary>What a network is made for.</summary>
/// <param name="Input">Pictures that it takes.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Method">Training method.</param>
/// <param name="Width">Factor of the number of channels.</param>
public sealed record NetworkRequest(PictureShape Input, int Classes, string Method, double Width = 1)
{
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
        random.manual_seed((long)(new SeededRandom(seed, 0x1e7).NextBits() >> 1));
        return new Network(name, request.Method, entry.Create(request), request.Input, classes, normalization);
    }

    /// <summary>Whether a network of that name exists.</summary>
    public static bool Contains(string name) => Networks.ContainsKey(name);
}
