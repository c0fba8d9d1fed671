namespace EdgeRuntime.Compression;

/// <summary>Where k-means starts (Han, Mao and Dally 2016, section 3.2).</summary>
public enum CentroidInitialization
{
    /// <summary>Evenly between the least and the largest weight: keeps centroids for the few large weights, best in the paper.</summary>
    Linear,

    /// <summary>Evenly over the cumulative distribution: follows the density, few centroids for large weights.</summary>
    Density,

    /// <summary>Weights drawn at random.</summary>
    Random,
}
