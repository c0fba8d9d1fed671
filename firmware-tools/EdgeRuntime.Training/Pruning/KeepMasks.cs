using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning;

/// <summary>Turns importances into masks: which weights of which layer are kept.</summary>
internal static class KeepMasks
{
    /// <summary>Keeps a given share of each layer: the most important ones.</summary>
    /// <param name="scores">Importance of each weight, a tensor per layer.</param>
    /// <param name="shares">Share per layer; at least one weight is kept.</param>
    /// <exception cref="TrainingException">The number of shares is not that of the layers.</exception>
    public static Tensor[] PerLayer(IReadOnlyList<Tensor> scores, IReadOnlyList<double> shares)
    {
        if (shares.Count != scores.Count)
            throw new TrainingException(TrainingError.InvalidOption, $"{shares.Count} shares to keep are given; the network has {scores.Count} layers with weights");
        return [.. scores.Select((s, i) => Largest(s, Math.Max(1, (long)Math.Round(shares[i] * s.numel()))))];
    }

    /// <summary>Keeps the most important weights of all layers.</summary>
    /// <param name="scores">Importance of each weight, comparable between layers.</param>
    /// <param name="share">Share of all weights.</param>
    /// <exception cref="TrainingException">A layer would keep nothing.</exception>
    public static Tensor[] Global(IReadOnlyList<Tensor> scores, double share)
    {
        using var scope = NewDisposeScope();
        Tensor all = cat([.. scores.Select(s => s.reshape(-1))]);
        long keep = Math.Max(1, (long)Math.Round(share * all.numel()));
        Tensor mask = Largest(all, keep);
        var masks = new Tensor[scores.Count];
        long at = 0;
        for (int i = 0; i < masks.Length; i++)
        {
            masks[i] = mask.narrow(0, at, scores[i].numel()).reshape(scores[i].shape).clone().MoveToOuterDisposeScope();
            at += scores[i].numel();
        }

        return masks;
    }

    /// <summary>
    /// Squared importance over the sum of the squares of all that are not smaller in the layer (Lee et al. 2021, equation 2): comparable between layers, and the largest of each layer has 1, so that
    /// no layer is pruned to nothing.
    /// </summary>
    public static Tensor Lamp(Tensor importance)
    {
        using var scope = NewDisposeScope();
        // In float64: the sums run over up to millions of squares.
        (Tensor sorted, Tensor order) = importance.reshape(-1).to(float64).square().sort(descending: true);
        Tensor scores = sorted / sorted.cumsum(0).clamp_min(1e-300);
        Tensor result = zeros_like(scores);
        result.scatter_(0, order, scores);
        return result.reshape(importance.shape).MoveToOuterDisposeScope();
    }

    /// <summary>1 for the <paramref name="keep"/> largest of those that are above 0.</summary>
    private static Tensor Largest(Tensor scores, long keep)
    {
        using var scope = NewDisposeScope();
        Tensor flat = scores.reshape(-1);
        (_, Tensor indices) = flat.topk((int)Math.Min(keep, flat.numel()));
        Tensor mask = zeros(flat.numel());
        mask.index_fill_(0, indices, 1);
        // Weights that are 0 were pruned before.
        mask.mul_(flat.gt(0).to(float32));
        return mask.reshape(scores.shape).MoveToOuterDisposeScope();
    }
}
