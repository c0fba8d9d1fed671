using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning;

/// <summary>A convolution or fully connected layer whose weights can be pruned one by one. Biases are not: they are few.</summary>
internal sealed class PrunableLayer
{
    private PrunableLayer(string name, Layer layer, Parameter weight)
    {
        Name = name;
        Layer = layer;
        Weight = weight;
    }

    /// <summary>conv1, conv2, ... dense1, as the exported graph names it where nothing else is counted.</summary>
    public string Name { get; }

    public Layer Layer { get; }

    public Parameter Weight { get; }

    public Parameter? Bias => Layer is ConvLayer c ? c.Bias : ((LinearLayer)Layer).Bias;

    public WeightMapping Mapping => Layer is ConvLayer c ? c.Mapping : ((LinearLayer)Layer).Mapping;

    public int Count => (int)Weight.numel();

    /// <summary>Weights that are not 0.</summary>
    public int Kept => (int)Weight.count_nonzero().item<long>();

    /// <summary>The layers of a network, in order of computation.</summary>
    /// <exception cref="TrainingException">There is none, or one has binary weights.</exception>
    public static IReadOnlyList<PrunableLayer> Of(Network network)
    {
        var layers = new List<PrunableLayer>();
        int convs = 0, dense = 0;
        foreach (Layer layer in network.Body.Walk())
        {
            switch (layer)
            {
                case ConvLayer { Mapping.IsBinary: true } or LinearLayer { Mapping.IsBinary: true }:
                    throw new TrainingException(TrainingError.InvalidOption, $"network '{network.Name}' with method {network.Method} has binary weights; they cannot be pruned");
                case ConvLayer c:
                    layers.Add(new PrunableLayer($"conv{++convs}", c, c.Weight));
                    break;
                case LinearLayer f:
                    layers.Add(new PrunableLayer($"dense{++dense}", f, f.Weight));
                    break;
            }
        }

        return layers.Count > 0 ? layers : throw new TrainingException(TrainingError.InvalidOption, $"network '{network.Name}' has no weights to prune");
    }

    /// <summary>Sets weights to 0 and keeps them there.</summary>
    /// <param name="mask">1 where a weight is kept.</param>
    /// <exception cref="TrainingException">The mask has another shape, or keeps nothing.</exception>
    public void Prune(Tensor mask)
    {
        if (mask.count_nonzero().item<long>() == 0)
            throw new TrainingException(TrainingError.InvalidOption, $"layer '{Name}' of {Count} weights would be pruned to nothing; at least 1 must be kept");
        Map(new MaskedWeights(Weight, mask));
    }

    /// <summary>Keeps the weights that are 0 now at 0.</summary>
    public void Freeze() => Prune(Weight.detach().ne(0).to(float32));

    /// <summary>Sets what is done to the weights.</summary>
    public void Map(WeightMapping mapping)
    {
        if (Layer is ConvLayer c)
            c.Mapping = mapping;
        else
            ((LinearLayer)Layer).Mapping = mapping;
    }
}
