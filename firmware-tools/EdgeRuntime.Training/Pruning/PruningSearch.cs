using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Training.Pruning;

/// <summary>A trial of a search.</summary>
/// <param name="Keep">Share of the weights that was kept.</param>
/// <param name="ParametersKept">Trained numbers that were left, biases included.</param>
/// <param name="ValidationAccuracy">Validation accuracy (0..1) after retraining.</param>
public sealed record PruningTrial(double Keep, long ParametersKept, double ValidationAccuracy);

/// <summary>
/// Searches how far a network can be pruned before it gets worse: the interval between the share that is known to hold the unpruned validation accuracy and the one that is not is halved, on a
/// logarithmic scale. Every trial starts from the unpruned network, so that its result is that of <see cref="IterativePruning"/> alone; the test set decides nothing.
/// </summary>
public sealed class PruningSearch
{
    private readonly Func<Network> unpruned;
    private readonly DataSplits data;
    private readonly PruningOptions options;
    private readonly int trials;

    /// <summary>Prepares a search.</summary>
    /// <param name="unpruned">Makes the unpruned network; called for each trial.</param>
    /// <param name="data">Pictures; there must be a validation set.</param>
    /// <param name="options">Options of each trial; their share is the least that is tried.</param>
    /// <param name="trials">Number of trials, 1 to 100.</param>
    /// <exception cref="TrainingException">Options are out of range or the validation set is empty.</exception>
    public PruningSearch(Func<Network> unpruned, DataSplits data, PruningOptions options, int trials)
    {
        ArgumentNullException.ThrowIfNull(unpruned);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (trials is < 1 or > 100)
            throw new TrainingException(TrainingError.InvalidOption, $"{trials} trials of a share; 1 to 100 are possible");
        if (options.KeepPerLayer.Count > 0)
            throw new TrainingException(TrainingError.InvalidOption, $"{options.KeepPerLayer.Count} shares are given; a search takes one, the least that is tried");
        if (data.Validation.Count == 0)
            throw new TrainingException(TrainingError.InvalidOption, "the validation set is empty; a search compares accuracies on it");
        (this.unpruned, this.data, this.options, this.trials) = (unpruned, data, options, trials);
    }

    /// <summary>Receives a line about each step.</summary>
    public Action<string>? Report { get; set; }

    /// <summary>The trials so far, in order.</summary>
    public IReadOnlyList<PruningTrial> Trials => done;

    private readonly List<PruningTrial> done = [];

    /// <summary>Searches.</summary>
    /// <returns>The network with the fewest weights that holds the unpruned validation accuracy, and how it was pruned.</returns>
    /// <exception cref="TrainingException">No trial holds it; the message names the nearest.</exception>
    public (Network Network, PruningLog Log) Run(CancellationToken cancel = default)
    {
        double least = options.Keep, most = 1;
        (Network, PruningLog)? best = null;
        for (int trial = 1; trial <= trials; trial++)
        {
            double keep = Math.Round(Math.Sqrt(least * most), 4);
            Network network = unpruned();
            PruningLog log = new IterativePruning(network, data, options with { Keep = keep }).Run(cancel);
            double accuracy = log.Rounds[^1].RetrainedAccuracy;
            done.Add(new PruningTrial(keep, log.ParametersKept, accuracy));
            bool holds = accuracy >= log.BaselineValidationAccuracy;
            Report?.Invoke(FormattableString.Invariant($"trial {trial}/{trials}: {keep:P2} of the weights kept, validation {accuracy:P2}, unpruned {log.BaselineValidationAccuracy:P2}: {(holds ? "holds" : "does not hold")}"));
            if (holds)
            {
                best = (network, log);
                most = keep;
            }
            else
            {
                least = keep;
            }
        }

        if (best is { } found)
            return found;
        PruningTrial nearest = done.MaxBy(t => t.ValidationAccuracy)!;
        throw new TrainingException(
            TrainingError.InvalidOption,
            FormattableString.Invariant($"none of {trials} trials holds the unpruned validation accuracy; the nearest is {nearest.ValidationAccuracy:P2} with {nearest.Keep:P2} of the weights. More trials or epochs may help"));
    }
}
