using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning.SecondOrder;

/// <summary>
/// An estimate of the Hessian's diagonal that neglects nothing: E[v * (H v)] with random signs v (Hutchinson 1990; Bekas et al. 2007), H v from the gradient of gradient times v. The
/// estimate of one weight carries the off-diagonal terms of its row as noise, which falls with the number of samples.
/// </summary>
internal static class HutchinsonDiagonal
{
    /// <summary>Estimated second derivatives of the mean loss, a tensor per layer; they may be negative.</summary>
    /// <param name="network">The network, which is used as it is in use mode.</param>
    /// <param name="layers">Layers whose weights are asked for.</param>
    /// <param name="pictures">Pictures over which the loss is taken.</param>
    /// <param name="samples">Random vectors.</param>
    /// <param name="seed">Seed of the vectors.</param>
    /// <param name="batchSize">Pictures at a time.</param>
    public static IReadOnlyList<Tensor> Estimate(Network network, IReadOnlyList<PrunableLayer> layers, ImageSet pictures, int samples, ulong seed, int batchSize = 100)
    {
        Tensor[] sums = [.. layers.Select(l => zeros_like(l.Weight, requires_grad: false).DetachFromDisposeScope())];
        network.Body.eval();
        BatchLoader loader = BatchLoader.ForEvaluation(pictures, batchSize, network.Normalization);
        random.manual_seed((long)(new SeededRandom(seed, 0x4bd1).NextBits() >> 1));
        Tensor[] weights = [.. layers.Select(l => (Tensor)l.Weight)];
        for (int b = 0; b < loader.BatchCount; b++)
        {
            using var scope = NewDisposeScope();
            using Batch batch = loader.Load(0, b);
            using (enable_grad())
            {
                Tensor loss = nn.functional.cross_entropy(network.Body.call(batch.Images), batch.Labels, reduction: nn.Reduction.Sum) / pictures.Count;
                IList<Tensor> gradients = autograd.grad([loss], weights, retain_graph: true, create_graph: true);
                for (int s = 0; s < samples; s++)
                {
                    using var sample = NewDisposeScope();
                    Tensor[] signs = [.. weights.Select(w => randint_like(w.detach(), 0, 2).mul_(2).sub_(1))];
                    IList<Tensor> products = autograd.grad([.. gradients], weights, signs, retain_graph: true, allow_unused: true);
                    using (no_grad())
                    {
                        // A weight on which no gradient depends has no curvature.
                        for (int i = 0; i < sums.Length; i++)
                        {
                            if (products[i] is { IsInvalid: false } product)
                                sums[i].add_(signs[i] * product / samples);
                        }
                    }
                }
            }
        }

        return sums;
    }
}
