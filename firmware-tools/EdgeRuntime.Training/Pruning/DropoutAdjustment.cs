using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Pruning;

/// <summary>
/// A sparse layer has less capacity to overfit: dropout before it falls to D sqrt(C' / C) with the layer's weights C before and C' after pruning (Han et al. 2015, equation 2).
/// </summary>
internal sealed class DropoutAdjustment
{
    private readonly List<(DropoutLayer Dropout, double Share, PrunableLayer Layer, int Weights)> pairs = [];

    public DropoutAdjustment(Network network, IReadOnlyList<PrunableLayer> layers)
    {
        DropoutLayer? last = null;
        foreach (Layer layer in network.Body.Walk())
        {
            if (layer is DropoutLayer dropout)
            {
                last = dropout;
            }
            else if (last is not null && layers.FirstOrDefault(l => l.Layer == layer) is { } weighted)
            {
                pairs.Add((last, last.Share, weighted, weighted.Kept));
                last = null;
            }
        }
    }

    /// <summary>Sets the rates for the weights that are left now.</summary>
    public void Apply()
    {
        foreach (var (dropout, share, layer, weights) in pairs)
            dropout.Share = share * Math.Sqrt(layer.Kept / (double)Math.Max(1, weights));
    }
}
