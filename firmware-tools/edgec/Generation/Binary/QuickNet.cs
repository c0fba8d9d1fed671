using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Binary;

/// <summary>
/// QuickNet, QuickNetSmall and QuickNetLarge (Bannink et al. 2021, "Larq Compute Engine", arXiv 2011.09398; version 1.0 of the Larq Zoo): a stem of three real
/// layers, sections of residual binary 3x3 convolutions, between sections a blurred pooling and a real 1x1 convolution. Real parts and the residual stream are int8.
/// </summary>
internal sealed class QuickNet(string name, int[] blocks, int[] filters) : ILayerGenerator
{
    private const int Classes = 1000;

    public string Name => name;

    public string Description => $"binary network for pictures of a --size of 32 x n (224 as published), {Classes} classes; real parts int8";

    public bool IsReal => false;

    /// <summary>Quantization of all int8 activations: random weights keep values of deviation 1.</summary>
    internal static Quantization Activations => new(0.03f, 0);

    public Graph Create(LayerRequest request, RandomValues random)
    {
        if (request.Size % 32 != 0)
            throw new CommandException(ExitCode.Usage, $"--size is {request.Size}; {name} needs a multiple of 32");
        var net = new QuickNetBuilder(random, request.Size);
        net.Convolution(filters[0] / 4, 3, 2, Activation.Relu);
        net.Depthwise(2);
        net.Convolution(filters[0], 1, 1, Activation.None);
        for (int section = 0; section < blocks.Length; section++)
        {
            if (section > 0)
            {
                net.MaxPool();
                net.Depthwise(2);
                net.Convolution(filters[section], 1, 1, Activation.None);
            }

            net.Binarize();
            for (int block = 0; block < blocks[section]; block++)
                net.Residual(last: block == blocks[section] - 1);
        }

        return net.Classifier(Classes);
    }
}
