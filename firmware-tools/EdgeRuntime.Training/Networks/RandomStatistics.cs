using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks;

/// <summary>Makes an untrained network behave like a trained one: activations of unit scale in every layer.</summary>
public static class RandomStatistics
{
    private const int Pictures = 2;

    /// <summary>
    /// Takes the statistics of every batch normalization from one batch of pictures of noise. Without that the activations of an untrained network shrink or
    /// grow from layer to layer until nothing but zeros or limits is left after quantization.
    /// </summary>
    /// <param name="network">The network, changed in place.</param>
    /// <param name="seed">Seed of the pictures.</param>
    public static void Settle(Network network, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        BatchNormLayer[] norms = [.. network.Body.Walk().OfType<BatchNormLayer>()];
        using IDisposable scope = NewDisposeScope(), quiet = no_grad();
        PictureShape shape = network.Input;
        var noise = new SeededRandom(seed, 0x5e7);
        var pixels = new float[Pictures * shape.Channels * shape.Height * shape.Width];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = noise.Uniform(-1, 1);
        double[] momenta = [.. norms.Select(n => n.Momentum)];
        network.Body.train();
        foreach (BatchNormLayer norm in norms)
            norm.Momentum = 1;
        network.Body.call(tensor(pixels, [Pictures, shape.Channels, shape.Height, shape.Width]));
        for (int i = 0; i < norms.Length; i++)
            norms[i].Momentum = momenta[i];
        network.Body.eval();
    }
}
