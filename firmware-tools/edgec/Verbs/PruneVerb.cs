using System.CommandLine;
using System.Globalization;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Model;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Pruning;
using EdgeRuntime.Training.Pruning.SecondOrder;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary><c>edgec prune</c>: removes weights, one by one, of a trained network, retrains it, and writes it as checkpoint and .edge file.</summary>
internal static class PruneVerb
{
    public static Command Create()
    {
        var source = new Argument<string>("run") { Description = "trained network: a checkpoint, or the folder of a run" };
        var data = new Option<string>("--data") { Description = "Data set to retrain on: mnist, cifar10, svhn, or a folder of pictures by class", Required = true };
        var root = new Option<string>("--data-dir") { Description = "Folder with the data sets (default: EDGE_DATA, or ../shared/data)", DefaultValueFactory = _ => DataSets.DefaultRoot };
        var method = new Option<WeightCriterion>("--method") { Description = "Importance of a weight: Magnitude (Han et al. 2015), Obd (LeCun et al. 1990)", DefaultValueFactory = _ => WeightCriterion.Magnitude };
        var keep = new Option<string>("--keep") { Description = "Share of the weights to keep, or one share per layer: 0.08,0.09,0.26", DefaultValueFactory = _ => "0.1" };
        var allocation = new Option<KeepAllocation>("--allocation") { Description = "How one share is spread over the layers", DefaultValueFactory = _ => KeepAllocation.Lamp };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of pruning and retraining", DefaultValueFactory = _ => 10 };
        var epochs = new Option<int>("--epochs") { Description = "Epochs of retraining after each round but the last", DefaultValueFactory = _ => 1 };
        var final = new Option<int>("--final-epochs") { Description = "Epochs of retraining after the last round", DefaultValueFactory = _ => 10 };
        var rate = new Option<double>("--lr") { Description = "Learning rate of the retraining", DefaultValueFactory = _ => 1e-3 };
        var decay = new Option<double>("--weight-decay") { Description = "Weight decay", DefaultValueFactory = _ => 0.0 };
        var batch = new Option<int>("--batch") { Description = "Pictures in a step", DefaultValueFactory = _ => 128 };
        var smoothing = new Option<double>("--label-smoothing") { Description = "Share of probability spread over all classes", DefaultValueFactory = _ => 0.0 };
        Option<string> augment = AugmentationOption.Create();
        var seed = new Option<ulong>("--seed") { Description = "Seed of everything random", DefaultValueFactory = _ => 1UL };
        Option<int?> validation = ValidationOption.Create();
        var threads = new Option<int>("--threads") { Description = "Threads (0: all cores)", DefaultValueFactory = _ => 0 };
        var width = new Option<double>("--width") { Description = "Factor of the number of channels, for checkpoints that do not hold the network's structure", DefaultValueFactory = _ => 1.0 };
        var keepNorm = new Option<bool>("--keep-norm") { Description = "Leave batch normalization as it is, instead of folding it into the weights first" };
        var scan = new Option<bool>("--scan") { Description = "Only show how sensitive each layer is to pruning" };
        var deletions = new Option<int?>("--deletions") { Description = "Only delete so many weights one at a time and compare the change of the loss with what Optimal Brain Damage predicts", HelpName = "N" };
        var hold = new Option<int>("--hold-error") { Description = "Search, in so many trials, how few weights hold the unpruned validation accuracy; --keep is then the least share tried", HelpName = "TRIALS" };
        var result = new Option<string?>("--log") { Description = "Log of the run for the page of results: docs/results/NAME.json" };
        var output = new Option<string?>("--output", "-o") { Description = "File to write; the pruned network stands beside it as .ckpt, the log as .json" };
        var command = new Command("prune", "Removes the least important weights of a trained network and retrains the rest.")
        {
            source, data, root, method, keep, allocation, rounds, epochs, final, rate, decay, batch, smoothing, augment, seed, validation, threads, width, keepNorm, scan, deletions, hold, output, result,
        };
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                double[] shares = Shares(parsed.GetValue(keep)!, "--keep");
                var options = new PruningOptions
                {
                    Criterion = parsed.GetValue(method),
                    Keep = shares[0],
                    KeepPerLayer = shares.Length > 1 ? shares : [],
                    Allocation = parsed.GetValue(allocation),
                    Rounds = parsed.GetValue(rounds),
                    FinalEpochs = parsed.GetValue(final),
                    Training = new TrainingOptions
                    {
                        Epochs = parsed.GetValue(epochs),
                        LearningRate = parsed.GetValue(rate),
                        WeightDecay = parsed.GetValue(decay),
                        BatchSize = parsed.GetValue(batch),
                        LabelSmoothing = parsed.GetValue(smoothing),
                        Augmentation = AugmentationOption.Of(parsed.GetValue(augment)!),
                        Seed = parsed.GetValue(seed),
                        Threads = parsed.GetValue(threads),
                    },
                };
                options.Validate();
                string? file = parsed.GetValue(output);
                if (file is null && !parsed.GetValue(scan) && parsed.GetValue(deletions) is null)
                    throw new CommandException(ExitCode.Usage, "--output is missing: name the .edge file to write, or ask for --scan or --deletions");
                DataSplits splits = DataSets.Load(parsed.GetValue(data)!, parsed.GetValue(root)!, parsed.GetValue(validation), options.Training.Seed, NetworkStore.PictureSize(parsed.GetRequiredValue(source)));
                Network Unpruned()
                {
                    Network read = NetworkStore.Load(parsed.GetRequiredValue(source), splits.Train, parsed.GetValue(width));
                    return parsed.GetValue(keepNorm) ? read : NetworkStore.FoldNormalization(read);
                }

                Network network = Unpruned();
                TextWriter writer = parsed.InvocationConfiguration.Output;
                void Report(string line)
                {
                    writer.WriteLine(line);
                    writer.Flush();
                }

                if (parsed.GetValue(deletions) is { } count)
                {
                    ResultLog compared = DeletionResult.Of(
                        CommandLineText.Of(parsed), options.Training.Seed, network.Name, splits.Name, DeletionCheck.Measure(network, splits.Train.Take(IterativePruning.CurvaturePictures), count, options.Training.Seed));
                    WriteDeletions(writer, compared);
                    if (parsed.GetValue(result) is { } compare)
                        compared.Write(compare);
                    return (int)ExitCode.Success;
                }

                var pruning = new IterativePruning(network, splits, options) { Report = Report };
                if (parsed.GetValue(scan))
                {
                    WriteScan(writer, pruning.Scan());
                    return (int)ExitCode.Success;
                }

                PruningSearch? search = parsed.GetValue(hold) == 0 ? null : new PruningSearch(Unpruned, splits, options, parsed.GetValue(hold)) { Report = Report };
                PruningLog log;
                if (search is null)
                    log = pruning.Run(cancel);
                else
                    (network, log) = search.Run(cancel);
                string checkpoint = Path.ChangeExtension(file!, ".ckpt");
                NetworkStore.Save(network, checkpoint, splits.Name);
                using EdgeModel model = NetworkExport.ToModel(network, new ModelMetadata { Name = Path.GetFileNameWithoutExtension(file!), CreatedBy = CommandLineText.Of(parsed) });
                model.Save(file!);
                log.Write(Path.ChangeExtension(file!, ".json"));
                if (parsed.GetValue(result) is { } path)
                    PruningResult.Of(CommandLineText.Of(parsed), log, RuntimeEvaluation.Accuracy(model, network, splits.Test), search?.Trials ?? []).Write(path);
                foreach (PrunedLayer layer in log.Layers)
                    writer.WriteLine(Invariant($"{layer.Name,-8} {layer.Kept,9:N0} of {layer.Weights,11:N0} weights kept ({layer.Kept / (double)layer.Weights:P2})"));
                writer.WriteLine(Invariant($"parameters {log.Parameters:N0} -> {log.ParametersKept:N0} ({log.Parameters / (double)log.ParametersKept:F1}x); test error {1 - log.BaselineAccuracy:P2} -> {1 - log.TestAccuracy:P2} (cut at once, not retrained: {1 - log.NaiveCutAccuracy:P2})"));
                writer.WriteLine($"{checkpoint}: for edgec compress; {file}: all weights in float32");
                return (int)ExitCode.Success;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>One number or several, separated by commas.</summary>
    internal static double[] Shares(string text, string option) => [.. text.Split(',').Select(t =>
        double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) && v is > 0 and <= 1 ? v
            : throw new CommandException(ExitCode.Usage, $"{option} has '{t}'; shares must be above 0 and at most 1"))];

    private static void WriteScan(TextWriter writer, IReadOnlyList<LayerSensitivity> scan)
    {
        writer.WriteLine("validation accuracy when one layer alone keeps a share of its weights, not retrained:");
        writer.WriteLine("keep    " + string.Concat(scan.Select(l => $"{l.Layer,9}")));
        for (int i = 0; i < scan[0].Points.Count; i++)
            writer.WriteLine(Invariant($"{scan[0].Points[i].Keep,-7:P1} ") + string.Concat(scan.Select(l => Invariant($"{l.Points[i].Accuracy,9:P2}"))));
    }

    private static void WriteDeletions(TextWriter writer, ResultLog log)
    {
        writer.WriteLine(Invariant($"rank correlation with the change of the loss when each of {log.Configuration["deletions"]} weights is deleted alone:"));
        writer.WriteLine(Invariant($"  saliency of Optimal Brain Damage {log.Figures["rankCorrelation.saliency"]:F3}"));
        writer.WriteLine(Invariant($"  magnitude of the weight          {log.Figures["rankCorrelation.magnitude"]:F3}"));
        writer.WriteLine(Invariant($"sum of the changes: predicted {log.Figures["sum.predicted"]:G3}, measured {log.Figures["sum.measured"]:G3}"));
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
