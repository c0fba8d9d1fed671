namespace EdgeRuntime.Training.Pruning.Filters;

/// <summary>By what the importance of a filter is measured; those that Mittal et al. 2018 compare.</summary>
public enum FilterCriterion
{
    /// <summary>None: filters are drawn at random.</summary>
    Random,

    /// <summary>Mean magnitude of the activations over pictures and positions (Molchanov et al. 2017).</summary>
    MeanActivation,

    /// <summary>Entropy of the distribution, over pictures, of the map's mean, in 100 bins (Luo and Wu 2017).</summary>
    Entropy,

    /// <summary>Entropy times mean activation (Mittal et al. 2018).</summary>
    ScaledEntropy,

    /// <summary>Sum of the magnitudes of the filter's weights (Li et al. 2017).</summary>
    L1Norm,

    /// <summary>Share of the activations that are not 0: the complement of the average percentage of zeros (Hu et al. 2016).</summary>
    Apoz,

    /// <summary>Sum of the magnitudes of the loss's gradient by the filter's weights (Mittal et al. 2018).</summary>
    Sensitivity,
}
