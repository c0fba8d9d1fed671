using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Training.Pruning;

/// <summary>A layer before and after pruning.</summary>
/// <param name="Name">Name in the order of computation.</param>
/// <param name="Weights">Weights before.</param>
/// <param name="Kept">Weights that are not 0.</param>
public sealed record PrunedLayer(string Name, int Weights, int Kept);

/// <summary>A round of pruning.</summary>
/// <param name="Kept">Weights kept in all layers.</param>
/// <param name="PrunedAccuracy">Validation accuracy (0..1) right after pruning.</param>
/// <param name="RetrainedAccuracy">Validation accuracy after retraining; the same where there was none.</param>
/// <param name="PredictedLossChange">Optimal Brain Damage: sum of the saliencies of what was removed in this round; null for other criteria.</param>
/// <param name="MeasuredLossChange">The measured change of the loss on the same pictures; null for other criteria.</param>
public sealed record PruningRound(long Kept, double PrunedAccuracy, double RetrainedAccuracy, double? PredictedLossChange = null, double? MeasuredLossChange = null);

/// <summary>The log of a pruning run, as JSON beside its result.</summary>
public sealed record PruningLog
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() }, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Name of the network.</summary>
    public required string Network { get; init; }

    /// <summary>Data set.</summary>
    public required string Data { get; init; }

    /// <summary>All options.</summary>
    public required PruningOptions Options { get; init; }

    /// <summary>Revision of the program's source, where it is run from a checkout.</summary>
    public string? Commit { get; init; }

    /// <summary>Test accuracy (0..1) before pruning.</summary>
    public required double BaselineAccuracy { get; init; }

    /// <summary>Validation accuracy (0..1) before pruning.</summary>
    public required double BaselineValidationAccuracy { get; init; }

    /// <summary>Test accuracy after pruning and retraining.</summary>
    public required double TestAccuracy { get; init; }

    /// <summary>Test accuracy of the network before, cut at once to the same number of weights and not retrained.</summary>
    public required double NaiveCutAccuracy { get; init; }

    /// <summary>Trained numbers before, biases included.</summary>
    public required long Parameters { get; init; }

    /// <summary>Trained numbers that are left, biases included.</summary>
    public required long ParametersKept { get; init; }

    /// <summary>The layers.</summary>
    public required IReadOnlyList<PrunedLayer> Layers { get; init; }

    /// <summary>The rounds.</summary>
    public required IReadOnlyList<PruningRound> Rounds { get; init; }

    /// <summary>Seconds that all took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Writes the log.</summary>
    public void Write(string path) => DataFile.WriteAtomically(path, stream => JsonSerializer.Serialize(stream, this, Json));
}
