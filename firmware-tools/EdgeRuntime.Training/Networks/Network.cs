using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>A network with what is needed to feed it.</summary>
/// <param name="Name">Name by which it was made.</param>
/// <param name="Method">Method with which it is trained.</param>
/// <param name="Body">Its layers; the output is one score per class, before the softmax.</param>
/// <param name="Input">Pictures that it takes.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Normalization">How pixels become input.</param>
public sealed record Network(
    string Name, string Method, SequenceLayer Body, PictureShape Input, IReadOnlyList<string> Classes, Normalization Normalization)
{
    /// <summary>Number of trained numbers.</summary>
    public long ParameterCount => Body.parameters().Sum(p => p.numel());
}

/// <summary>Size of a picture.</summary>
public readonly record struct PictureShape(int Height, int Width, int Channels)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Height}x{Width}x{Channels}";
}
