using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning;

/// <summary>A layer's answer to pruning, all other layers being whole (Han et al. 2015, figure 6).</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Points">Loss and accuracy (0..1) for each share kept, from 1 down.</param>
public sealed record LayerSensitivity(string Layer, IReadOnlyList<SensitivityPoint> Points);

/// <summary>A point of a sensitivity scan.</summary>
public readonly record struct SensitivityPoint(double Keep, double Loss, double Accuracy);

/// <summary>Prunes each layer alone, without retraining, to shares that halve.</summary>
internal static class SensitivityScan
{
    private static readonly double[] Shares = [1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.125, 0.09, 0.0625, 0.044, 0.031, 0.022, 0.0156, 0.011, 0.008, 0.004, 0.002];

    /// <summary>Measures all layers; the network is the same afterwards.</summary>
    public static IReadOnlyList<LayerSensitivity> Measure(Network network, IReadOnlyList<PrunableLayer> layers, ImageSet pictures)
    {
        using var quiet = no_grad();
        return [.. layers.Select(layer =>
        {
            using var scope = NewDisposeScope();
            Tensor original = layer.Weight.detach().clone();
            var points = new List<SensitivityPoint>();
            foreach (double share in Shares)
            {
                Tensor mask = KeepMasks.PerLayer([original.abs()], [share])[0];
                layer.Weight.copy_(original * mask);
                var (loss, accuracy) = Evaluation.Measure(network, pictures);
                points.Add(new SensitivityPoint(share, loss, accuracy));
            }

            layer.Weight.copy_(original);
            return new LayerSensitivity(layer.Name, points);
        })];
    }

    /// <summary>
    /// Shares per layer that keep <paramref name="keep"/> of all weights, such that each layer alone raises the loss by the same amount: the smallest one that suffices.
    /// </summary>
    /// <param name="scan">The scan.</param>
    /// <param name="weights">Weights of each layer.</param>
    /// <param name="keep">Share of all weights.</param>
    public static double[] Allocate(IReadOnlyList<LayerSensitivity> scan, IReadOnlyList<int> weights, double keep)
    {
        double total = weights.Sum(w => (double)w), low = 0, high = scan.Max(l => l.Points.Max(p => p.Loss - l.Points[0].Loss)) + 1e-9;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (Kept(middle) > keep * total)
                low = middle;
            else
                high = middle;
        }

        double[] shares = [.. scan.Select(l => ShareAt(l, high))];
        // The scan ends at a share of its own; beyond it all layers shrink alike.
        double excess = Kept(high) / (keep * total);
        return [.. shares.Select(s => Math.Min(1, s / excess))];

        double Kept(double tolerance) => scan.Select((l, i) => ShareAt(l, tolerance) * weights[i]).Sum();
    }

    /// <summary>The smallest share whose loss rises by at most the tolerance, interpolated on the logarithm of the share.</summary>
    private static double ShareAt(LayerSensitivity layer, double tolerance)
    {
        IReadOnlyList<SensitivityPoint> points = layer.Points;
        double share = points[0].Keep, worst = 0;
        for (int i = 1; i < points.Count; i++)
        {
            double rise = Math.Max(worst, points[i].Loss - points[0].Loss);
            if (rise > tolerance)
            {
                double part = (tolerance - worst) / (rise - worst);
                return points[i - 1].Keep * Math.Pow(points[i].Keep / points[i - 1].Keep, part);
            }

            worst = rise;
            share = points[i].Keep;
        }

        return share;
    }
}
