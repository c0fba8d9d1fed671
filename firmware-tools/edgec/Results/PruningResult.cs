using System.Globalization;
using EdgeRuntime.Training.Pruning;

namespace EdgeRuntime.Compiler.Results;

/// <summary>The log of a run of <c>edgec prune</c>.</summary>
internal static class PruningResult
{
    /// <param name="command">The command line.</param>
    /// <param name="log">What the pruning did.</param>
    /// <param name="accuracy">Accuracy of the pruned network in the runtime.</param>
    /// <param name="trials">Trials of the search that chose the share; empty if it was given.</param>
    public static ResultLog Of(string command, PruningLog log, double accuracy, IReadOnlyList<PruningTrial> trials)
    {
        var result = new ResultLog { Command = command, Commit = log.Commit, Seed = log.Options.Training.Seed };
        result.Configuration["network"] = log.Network;
        result.Configuration["data"] = log.Data;
        result.Configuration["criterion"] = log.Options.Criterion.ToString();
        result.Configuration["allocation"] = log.Options.KeepPerLayer.Count > 0 ? "given" : log.Options.Allocation.ToString();
        result.Configuration["rounds"] = log.Options.Rounds.ToString(CultureInfo.InvariantCulture);
        result.Configuration["augmentation"] = log.Options.Training.Augmentation.ToString();
        result.Figures["baselineTestAccuracy"] = log.BaselineAccuracy;
        result.Figures["baselineValidationAccuracy"] = log.BaselineValidationAccuracy;
        result.Figures["naiveCutTestAccuracy"] = log.NaiveCutAccuracy;
        result.Figures["trainerTestAccuracy"] = log.TestAccuracy;
        result.Figures["runtimeTestAccuracy"] = accuracy;
        result.Figures["parameters"] = log.Parameters;
        result.Figures["parametersKept"] = log.ParametersKept;
        result.Figures["seconds"] = Math.Round(log.Seconds);
        foreach (PrunedLayer layer in log.Layers)
        {
            result.Figures[$"layer.{layer.Name}.weights"] = layer.Weights;
            result.Figures[$"layer.{layer.Name}.kept"] = layer.Kept;
        }

        result.Series["roundKept"] = [.. log.Rounds.Select(r => (double)r.Kept)];
        result.Series["roundPrunedValidationAccuracy"] = [.. log.Rounds.Select(r => r.PrunedAccuracy)];
        result.Series["roundRetrainedValidationAccuracy"] = [.. log.Rounds.Select(r => r.RetrainedAccuracy)];
        if (log.Rounds.All(r => r.PredictedLossChange is not null))
        {
            result.Series["roundPredictedLossChange"] = [.. log.Rounds.Select(r => r.PredictedLossChange!.Value)];
            result.Series["roundMeasuredLossChange"] = [.. log.Rounds.Select(r => r.MeasuredLossChange!.Value)];
        }

        if (trials.Count > 0)
        {
            result.Series["trialKeep"] = [.. trials.Select(t => t.Keep)];
            result.Series["trialParametersKept"] = [.. trials.Select(t => (double)t.ParametersKept)];
            result.Series["trialValidationAccuracy"] = [.. trials.Select(t => t.ValidationAccuracy)];
        }

        return result;
    }
}
