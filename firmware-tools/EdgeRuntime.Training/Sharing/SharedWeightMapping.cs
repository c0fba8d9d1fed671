using EdgeRuntime.Compression;
using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Pruning;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Sharing;

/// <summary>
/// Weights that are 0 or one of a few shared values. The gradient of a shared value is the sum of those of its weights, as in Deep Compression (Han, Mao and Dally 2016, equation 3): it is what
/// the gradient of an indexed selection is.
/// </summary>
internal sealed class SharedWeightMapping : WeightMapping
{
    private readonly Tensor codes;
    private readonly long[] shape;

    /// <summary>Clusters the weights that are not 0.</summary>
    /// <exception cref="CompressionException">There are none, or one is not finite.</exception>
    public SharedWeightMapping(PrunableLayer layer, int bits, SharingOptions options)
    {
        using var quiet = no_grad();
        shape = layer.Weight.shape;
        float[] values = [.. layer.Weight.detach().contiguous().data<float>()];
        int[] kept = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0)];
        if (kept.Length == 0)
            throw new CompressionException($"all {values.Length} weights of layer '{layer.Name}' are 0: it was pruned to nothing");
        SharedWeights shared = WeightClustering.Cluster([.. kept.Select(i => values[i])], 1 << bits, options.Initialization, options.Seed);
        // Code 0 is the pruned weights' value 0.
        var code = new long[values.Length];
        for (int i = 0; i < kept.Length; i++)
            code[kept[i]] = shared.Assignment[i] + 1;
        codes = tensor(code).DetachFromDisposeScope();
        Values = new Parameter(tensor(shared.Centroids));
        Values.DetachFromDisposeScope();
    }

    /// <summary>The shared values without 0, which are trained.</summary>
    public Parameter Values { get; }

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight) => cat([zeros(1), Values]).index_select(0, codes).reshape(shape);
}
