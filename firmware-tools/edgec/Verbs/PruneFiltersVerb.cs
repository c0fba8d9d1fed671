using System.CommandLine;
using EdgeRuntime.Compiler.Filters;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Pruning.Filters;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary><c>edgec prune-filters</c>: removes whole filters of a trained network, with or without retraining, and writes the narrower network.</summary>
internal static class PruneFiltersVerb
{
    public static Command Create()
    {
        var source = new Argument<string>("run") { Description = "trained network: a checkpoint, or the folder of a run" };
        var data = new Option<string>("--data") { Description = "Data set to measure importance and to retrain on: mnist, cifar10, svhn, or a folder", Required = true };
        var root = new Option<string>("--data-dir") { Description = "Folder with the data sets (default: EDGE_DATA, or ../shared/data)", DefaultValueFactory = _ => DataSets.DefaultRoot };
        var criterion = new Option<string>("--criterion") { Description = $"Importance of a filter, several separated by commas, or all: {string.Join(", ", Enum.GetNames<FilterCriterion>())}", DefaultValueFactory = _ => nameof(FilterCriterion.L1Norm) };
        var remove = new Option<string>("--remove") { Description = "Share of the filters of each convolution that is removed; several separated by commas", DefaultValueFactory = _ => "0.5" };
        var steps = new Option<int>("--steps") { Description = "Steps of retraining; 0: none", DefaultValueFactory = _ => 300 };
        var rate = new Option<double>("--lr") { Description = "Learning rate of the retraining", DefaultValueFactory = _ => 2e-3 };
        var batch = new Option<int>("--batch") { Description = "Pictures in a step", DefaultValueFactory = _ => 128 };
        Option<string> augment = AugmentationOption.Create();
        var seed = new Option<ulong>("--seed") { Description = "Seed of everything random", DefaultValueFactory = _ => 1UL };
        Option<int?> validation = ValidationOption.Create();
        var threads = new Option<int>("--threads") { Description = "Threads (0: all cores)", DefaultValueFactory = _ => 0 };
        var width = new Option<double>("--width") { Description = "Factor of the number of channels, for checkpoints that do not hold the network's structure", DefaultValueFactory = _ => 1.0 };
        var output = new Option<string?>("--output", "-o") { Description = "File to write if there is one criterion and one share; the network stands beside it as .ckpt" };
        var log = new Option<string?>("--log") { Description = "Log of the run for the page of results: docs/results/NAME.json; written after each network" };
        var resume = new Option<bool>("--resume") { Description = "Take the networks that the log already holds from there" };
        steps.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 0)
                result.AddError($"--steps is {result.Tokens[0].Value}; the least is 0");
        });
        var command = new Command("prune-filters", "Removes the least important filters of a trained network, which gets narrower.")
        {
            source, data, root, criterion, remove, steps, rate, batch, augment, seed, validation, threads, width, output, log, resume,
        };
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                FilterCriterion[] criteria = CriteriaOf(parsed.GetValue(criterion)!);
                double[] shares = PruneVerb.Shares(parsed.GetValue(remove)!, "--remove");
                string? file = parsed.GetValue(output), path = parsed.GetValue(log);
                if (path is null && parsed.GetValue(resume))
                    throw new CommandException(ExitCode.Usage, "--resume goes on with a log: name it with --log");
                if (file is not null && criteria.Length * shares.Length > 1)
                    throw new CommandException(ExitCode.Usage, $"--output takes one network; {criteria.Length} criteria and {shares.Length} shares make {criteria.Length * shares.Length}");
                var training = new TrainingOptions
                {
                    Epochs = 1,
                    LearningRate = parsed.GetValue(rate),
                    WarmupSteps = 20,
                    BatchSize = parsed.GetValue(batch),
                    Augmentation = AugmentationOption.Of(parsed.GetValue(augment)!),
                    Seed = parsed.GetValue(seed),
                    Threads = parsed.GetValue(threads),
                };
                DataSplits splits = DataSets.Load(parsed.GetValue(data)!, parsed.GetValue(root)!, parsed.GetValue(validation), training.Seed, NetworkStore.PictureSize(parsed.GetRequiredValue(source)));
                Network network = NetworkStore.Load(parsed.GetRequiredValue(source), splits.Train, parsed.GetValue(width));
                var run = new FilterPruningRun(
                    network, splits, training, parsed.GetValue(steps), path, parsed.GetValue(resume), CommandLineText.Of(parsed).Replace(" --resume", "", StringComparison.Ordinal), parsed.InvocationConfiguration.Output);
                run.MeasureWhole();
                foreach (FilterCriterion how in criteria)
                {
                    foreach (double share in shares)
                        run.Narrow(how, share, file, cancel);
                }

                return (int)ExitCode.Success;
            },
            CancellationToken.None));
        return command;
    }

    private static FilterCriterion[] CriteriaOf(string text) => text == "all"
        ? Enum.GetValues<FilterCriterion>()
        : [.. text.Split(',').Select(t => Enum.TryParse(t, ignoreCase: true, out FilterCriterion v) && Enum.IsDefined(v) ? v
            : throw new CommandException(ExitCode.Usage, $"--criterion has '{t}'; known are {string.Join(", ", Enum.GetNames<FilterCriterion>())}"))];
}
