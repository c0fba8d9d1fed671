using EdgeRuntime.Compression;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using EdgeRuntime.Training.Pruning;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Sharing;

/// <summary>Accuracies (0..1) on the test set on the way to shared values.</summary>
/// <param name="Before">With the network's own weights.</param>
/// <param name="Shared">Right after clustering.</param>
/// <param name="Tuned">After the shared values were trained.</param>
public sealed record SharingAccuracy(double Before, double Shared, double Tuned);

/// <summary>
/// Deep Compression's second stage on a trained, usually pruned network: k-means in each layer, then training of the shared values (Han, Mao and Dally 2016, section 3).
/// </summary>
public static class WeightSharing
{
    /// <summary>Replaces the weights of a network, which must have no batch normalization left, by shared values.</summary>
    /// <param name="network">The network; changed.</param>
    /// <param name="data">Pictures to train on.</param>
    /// <param name="sharing">Bits.</param>
    /// <param name="training">Training of the shared values; null for none.</param>
    /// <param name="report">Receives a line for each epoch.</param>
    /// <param name="cancel">Stops the training.</param>
    /// <exception cref="CompressionException">Bits are out of range, a layer was pruned to nothing, or a weight is not finite.</exception>
    /// <exception cref="TrainingException">The training diverged.</exception>
    public static SharingAccuracy Apply(
        Network network, DataSplits data, SharingOptions sharing, TrainingOptions? training, Action<string>? report = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(sharing);
        IReadOnlyList<PrunableLayer> layers = PrunableLayer.Of(network);
        int[] bits = sharing.BitsOf([.. layers.Select(l => l.Name)]);
        double before = Evaluation.Measure(network, data.Test).Accuracy;
        if (sharing.BiasBits > 0)
            ShareBiases(layers, sharing);
        var mappings = new List<SharedWeightMapping>();
        for (int i = 0; i < layers.Count; i++)
        {
            mappings.Add(new SharedWeightMapping(layers[i], bits[i], sharing));
            layers[i].Map(mappings[i]);
        }

        double shared = Evaluation.Measure(network, data.Test).Accuracy, tuned = shared;
        if (training is not null)
        {
            IEnumerable<(string, Parameter)> parameters = mappings.Select((m, i) => (layers[i].Name, m.Values));
            if (sharing.BiasBits == 0)
                parameters = parameters.Concat(layers.Where(l => l.Bias is not null).Select(l => (l.Name + ".bias", l.Bias!)));
            new Retraining(network, data, training, parameters)
            {
                Progress = e => report?.Invoke(FormattableString.Invariant($"epoch {e.Epoch}/{training.Epochs}: loss {e.TrainLoss:F4}, validation {e.ValidationAccuracy:P2}")),
            }.Run(cancel);
            tuned = Evaluation.Measure(network, data.Test).Accuracy;
        }

        using (no_grad())
        {
            foreach (PrunableLayer layer in layers)
            {
                using var scope = NewDisposeScope();
                layer.Weight.copy_(layer.Mapping.MapForUse(layer.Weight));
                layer.Map(Methods.RealWeights.Instance);
            }
        }

        return new SharingAccuracy(before, shared, tuned);
    }

    private static void ShareBiases(IReadOnlyList<PrunableLayer> layers, SharingOptions sharing)
    {
        using var quiet = no_grad();
        foreach (Parameter bias in layers.Select(l => l.Bias).OfType<Parameter>())
        {
            using var scope = NewDisposeScope();
            float[] values = [.. bias.data<float>()];
            SharedWeights shared = WeightClustering.Cluster(values, 1 << sharing.BiasBits, sharing.Initialization, sharing.Seed);
            bias.copy_(tensor(shared.Assignment.Select(a => shared.Centroids[a]).ToArray()));
        }
    }
}
