using System.Diagnostics;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Pruning.SecondOrder;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning;

/// <summary>Prune the least important weights, retrain the rest, repeat: Optimal Brain Damage (LeCun et al. 1990) and magnitude pruning (Han et al. 2015).</summary>
public sealed class IterativePruning
{
    /// <summary>Pictures of the training set on which curvature and its prediction are measured.</summary>
    public const int CurvaturePictures = 2000;

    private readonly Network network;
    private readonly DataSplits data;
    private readonly PruningOptions options;
    private readonly IReadOnlyList<PrunableLayer> layers;
    private readonly DropoutAdjustment dropout;
    private readonly ImageSet curvaturePictures;
    private IReadOnlyList<LayerSensitivity>? scan;

    /// <summary>Prepares the pruning of a network, which is changed.</summary>
    /// <exception cref="TrainingException">Options are out of range, or the network is binary.</exception>
    public IterativePruning(Network network, DataSplits data, PruningOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.network = network;
        this.data = data;
        this.options = options;
        layers = PrunableLayer.Of(network);
        if (options.KeepPerLayer.Count > 0 && options.KeepPerLayer.Count != layers.Count)
            throw new TrainingException(TrainingError.InvalidOption, $"{options.KeepPerLayer.Count} shares to keep are given; network '{network.Name}' has {layers.Count} layers with weights: {string.Join(", ", layers.Select(l => l.Name))}");
        dropout = new DropoutAdjustment(network, layers);
        curvaturePictures = data.Train.Take(CurvaturePictures);
    }

    /// <summary>Receives a line about each step.</summary>
    public Action<string>? Report { get; set; }

    /// <summary>The answer of each layer to pruning alone, on the validation set.</summary>
    public IReadOnlyList<LayerSensitivity> Scan() => scan ??= SensitivityScan.Measure(network, layers, data.Validation.Count > 0 ? data.Validation : data.Train.Take(5000));

    /// <summary>Prunes and retrains. The network's weights are those of the best epoch after the last round.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    /// <exception cref="TrainingException">A layer would be pruned to nothing, or the loss is no number.</exception>
    public PruningLog Run(CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        double baseline = Evaluation.Measure(network, data.Test).Accuracy;
        double baselineValidation = Evaluation.Measure(network, data.Validation).Accuracy;
        long parameters = network.ParameterCount;
        double naive = NaiveCut();
        var rounds = new List<PruningRound>();
        for (int round = 1; round <= options.Rounds; round++)
        {
            double part = round / (double)options.Rounds;
            PruningRound pruned = PruneRound(part);
            dropout.Apply();
            double accuracy = Retrain(round, cancel) ?? pruned.PrunedAccuracy;
            rounds.Add(pruned with { RetrainedAccuracy = accuracy });
            Report?.Invoke(FormattableString.Invariant($"round {round}/{options.Rounds}: {pruned.Kept} weights, validation {pruned.PrunedAccuracy:P2} pruned, {accuracy:P2} retrained"));
        }

        int removed = layers.Sum(l => l.Count - l.Kept);
        return new PruningLog
        {
            Network = network.Name,
            Data = data.Name,
            Options = options,
            Commit = RunLog.CurrentCommit(),
            BaselineAccuracy = baseline,
            BaselineValidationAccuracy = baselineValidation,
            TestAccuracy = Evaluation.Measure(network, data.Test).Accuracy,
            NaiveCutAccuracy = naive,
            Parameters = parameters,
            ParametersKept = parameters - removed,
            Layers = [.. layers.Select(l => new PrunedLayer(l.Name, l.Count, l.Kept))],
            Rounds = rounds,
            Seconds = clock.Elapsed.TotalSeconds,
        };
    }

    private double? Retrain(int round, CancellationToken cancel)
    {
        bool last = round == options.Rounds;
        int epochs = last ? options.FinalEpochs : options.Training.Epochs;
        if (epochs == 0)
            return null;
        // Between rounds the learning rate stays; only the last retraining comes to rest.
        TrainingOptions training = options.Training with
        {
            Epochs = epochs,
            Seed = options.Training.Seed + (ulong)round,
            Schedule = last ? options.Training.Schedule : LearningRateSchedule.Constant,
        };
        var retraining = new Retraining(network, data, training) { Progress = last ? e => Report?.Invoke(FormattableString.Invariant($"epoch {e.Epoch}/{epochs}: loss {e.TrainLoss:F4}, validation {e.ValidationAccuracy:P2}")) : null };
        return retraining.Run(cancel).Max(e => e.ValidationAccuracy);
    }

    private PruningRound PruneRound(double part)
    {
        using var scope = NewDisposeScope();
        Tensor[] importance = Importance();
        Tensor[] masks = Masks(importance, part);
        double? predicted = null, measured = null;
        if (options.Criterion == WeightCriterion.Obd)
        {
            // In double: saliencies differ by many orders of magnitude.
            predicted = importance.Zip(masks, (s, m) => (s.to(float64) * (1 - m)).sum().item<double>()).Sum();
            double before = Evaluation.Measure(network, curvaturePictures).Loss;
            Apply(masks);
            measured = Evaluation.Measure(network, curvaturePictures).Loss - before;
        }
        else
        {
            Apply(masks);
        }

        double accuracy = Evaluation.Measure(network, data.Validation).Accuracy;
        return new PruningRound(layers.Sum(l => (long)l.Kept), accuracy, accuracy, predicted, measured);
    }

    private void Apply(Tensor[] masks)
    {
        for (int i = 0; i < layers.Count; i++)
            layers[i].Prune(masks[i]);
    }

    private Tensor[] Importance()
    {
        using var quiet = no_grad();
        if (options.Criterion == WeightCriterion.Magnitude)
            return [.. layers.Select(l => l.Weight.detach().abs())];
        IReadOnlyList<Tensor> curvature = CurvatureBackPropagation.Diagonal(network, layers, curvaturePictures);
        return [.. layers.Zip(curvature, (l, h) => h * l.Weight.detach().square() / 2)];
    }

    private Tensor[] Masks(Tensor[] importance, double part)
    {
        using var quiet = no_grad();
        double keep = Math.Pow(options.Keep, part);
        if (options.KeepPerLayer.Count > 0)
            return KeepMasks.PerLayer(importance, [.. options.KeepPerLayer.Select(k => Math.Pow(k, part))]);
        return options.Allocation switch
        {
            KeepAllocation.Uniform => KeepMasks.PerLayer(importance, [.. layers.Select(_ => keep)]),
            KeepAllocation.Global => KeepMasks.Global(importance, keep),
            KeepAllocation.Lamp => KeepMasks.Global([.. importance.Select(KeepMasks.Lamp)], keep),
            KeepAllocation.Deviation => KeepMasks.Global([.. importance.Select(s => s / s.square().mean().sqrt().clamp_min(1e-30))], keep),
            _ => KeepMasks.PerLayer(importance, SensitivityScan.Allocate(Scan(), [.. layers.Select(l => l.Count)], keep)),
        };
    }

    /// <summary>Test accuracy when the network is cut at once and not retrained; the network is the same afterwards.</summary>
    private double NaiveCut()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] originals = [.. layers.Select(l => l.Weight.detach().clone())];
        Tensor[] masks = Masks(Importance(), 1);
        for (int i = 0; i < layers.Count; i++)
            layers[i].Weight.mul_(masks[i]);
        double accuracy = Evaluation.Measure(network, data.Test).Accuracy;
        for (int i = 0; i < layers.Count; i++)
            layers[i].Weight.copy_(originals[i]);
        return accuracy;
    }
}
