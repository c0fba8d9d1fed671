namespace EdgeRuntime.Training.Pruning;

/// <summary>By what a weight's importance is measured.</summary>
public enum WeightCriterion
{
    /// <summary>|w| (Han et al. 2015).</summary>
    Magnitude,

    /// <summary>h w^2 / 2 with the second derivative h of the loss from back-propagated curvature (LeCun, Denker and Solla 1990).</summary>
    Obd,
}

/// <summary>How the weights that are kept are spread over the layers.</summary>
public enum KeepAllocation
{
    /// <summary>Each layer keeps the same share.</summary>
    Uniform,

    /// <summary>The most important of the whole network are kept; natural for <see cref="WeightCriterion.Obd"/>, whose saliency is a change of loss.</summary>
    Global,

    /// <summary>
    /// The largest of the whole network after each importance was divided by the sum of its own and all larger ones of its layer (layer-adaptive magnitude pruning, Lee et al. 2021).
    /// </summary>
    Lamp,

    /// <summary>A weight is kept if it exceeds q standard deviations of its layer's weights, one q for all layers (Han et al. 2015).</summary>
    Deviation,

    /// <summary>From the sensitivity scan: each layer is pruned so far that it alone would raise the loss by the same amount.</summary>
    Scan,
}

/// <summary>How a network is pruned weight by weight.</summary>
public sealed record PruningOptions
{
    /// <summary>By what importance is measured.</summary>
    public WeightCriterion Criterion { get; init; }

    /// <summary>Share of the weights of each layer that is kept; empty to let <see cref="Allocation"/> decide.</summary>
    public IReadOnlyList<double> KeepPerLayer { get; init; } = [];

    /// <summary>Share of all weights that is kept, if it is not given per layer.</summary>
    public double Keep { get; init; } = 0.1;

    /// <summary>How the kept weights are spread over the layers.</summary>
    public KeepAllocation Allocation { get; init; } = KeepAllocation.Lamp;

    /// <summary>Rounds of pruning and retraining. The kept share shrinks by the same factor in each.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>Epochs after the last round; the options' epochs are those of each earlier round.</summary>
    public int FinalEpochs { get; init; } = 10;

    /// <summary>Retraining after each round; epochs of a round.</summary>
    public TrainingOptions Training { get; init; } = new() { Epochs = 1 };

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="TrainingException">An option is out of its range.</exception>
    public void Validate()
    {
        foreach (double keep in KeepPerLayer.Append(Keep))
            Require(keep is > 0 and <= 1, $"a share of {keep} shall be kept; it must be above 0 and at most 1");
        Require(Rounds is >= 1 and <= 1000, $"{Rounds} rounds of pruning; 1 to 1000 are possible");
        Require(FinalEpochs is >= 0 and <= 100_000, $"{FinalEpochs} epochs after the last round; 0 to 100000 are possible");
        Training.Validate();
    }

    private static void Require(bool holds, FormattableString message)
    {
        if (!holds)
            throw new TrainingException(TrainingError.InvalidOption, FormattableString.Invariant(message));
    }
}
