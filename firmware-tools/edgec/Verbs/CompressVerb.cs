using System.CommandLine;
using System.Globalization;
using EdgeRuntime.Compression;
using EdgeRuntime.Model;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Sharing;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary><c>edgec compress</c>: Deep Compression. Weights share values, which are tuned by training where there is a checkpoint; sparse indices and codes are Huffman coded.</summary>
internal static class CompressVerb
{
    private const int CalibrationPictures = 512;

    public static Command Create()
    {
        var source = new Argument<string>("model") { Description = "pruned or trained network: a checkpoint (.ckpt), the folder of a run, or an .edge file" };
        var bits = new Option<string>("--bits") { Description = "Bits of a code (2^bits shared values), 1..8, or one number per layer: 8,8,5,5; none: values are left as they are", DefaultValueFactory = _ => "5" };
        var biasBits = new Option<int>("--bias-bits") { Description = "Bits of a bias's code; 0: float32", DefaultValueFactory = _ => 0 };
        var init = new Option<CentroidInitialization>("--init") { Description = "Where k-means starts", DefaultValueFactory = _ => CentroidInitialization.Linear };
        var keep = new Option<string>("--keep") { Description = "Share of the weights of an .edge file that is kept, or one share per layer", DefaultValueFactory = _ => "1" };
        var data = new Option<string?>("--data") { Description = "Data set to tune the shared values with and to measure: mnist, cifar10, svhn, or a folder; needed for checkpoints" };
        var root = new Option<string>("--data-dir") { Description = "Folder with the data sets (default: EDGE_DATA, or ../shared/data)", DefaultValueFactory = _ => DataSets.DefaultRoot };
        var epochs = new Option<int>("--epochs") { Description = "Epochs of tuning; 0: none", DefaultValueFactory = _ => 5 };
        var rate = new Option<double>("--lr") { Description = "Learning rate of the tuning", DefaultValueFactory = _ => 5e-4 };
        var batch = new Option<int>("--batch") { Description = "Pictures in a step", DefaultValueFactory = _ => 128 };
        Option<string> augment = AugmentationOption.Create();
        var seed = new Option<ulong>("--seed") { Description = "Seed of everything random", DefaultValueFactory = _ => 1UL };
        Option<int?> validation = ValidationOption.Create();
        var threads = new Option<int>("--threads") { Description = "Threads (0: all cores)", DefaultValueFactory = _ => 0 };
        var width = new Option<double>("--width") { Description = "Factor of the number of channels, for checkpoints that do not hold the network's structure", DefaultValueFactory = _ => 1.0 };
        var int8 = new Option<bool>("--int8") { Description = "Quantize a checkpoint's network to int8 after sharing, so that it also runs with int8 kernels" };
        var picture = new Option<string?>("--picture") { Description = "PNG that shows each layer after each stage", HelpName = "stages.png" };
        var description = new Option<string>("--description") { Description = "Sentence about the model, stored in the file", DefaultValueFactory = _ => "" };
        var result = new Option<string?>("--log") { Description = "Log of the run for the page of results: docs/results/NAME.json" };
        var output = new Option<string>("--output", "-o") { Description = "File to write; the log stands beside it as .json", Required = true };
        var command = new Command("compress", "Deep Compression: shared weights, sparse indices, Huffman coding.")
        {
            source, bits, biasBits, init, keep, data, root, epochs, rate, batch, augment, seed, validation, threads, width, int8, picture, description, output, result,
        };
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                string path = parsed.GetRequiredValue(source), file = parsed.GetRequiredValue(output);
                TextWriter writer = parsed.InvocationConfiguration.Output;
                var sharing = new SharingOptions
                {
                    Bits = BitsOf(parsed.GetValue(bits)!),
                    BiasBits = parsed.GetValue(biasBits),
                    Initialization = parsed.GetValue(init),
                    Keep = PruneVerb.Shares(parsed.GetValue(keep)!, "--keep"),
                    Seed = (int)parsed.GetValue(seed),
                };
                sharing.Validate();
                bool isModel = path.EndsWith(".edge", StringComparison.OrdinalIgnoreCase);
                string? set = parsed.GetValue(data);
                if (!isModel && set is null)
                    throw new CommandException(ExitCode.Usage, "--data is missing: the shared values of a checkpoint's network are tuned with pictures");
                if (!isModel && sharing.Keep.Any(k => k < 1))
                    throw new CommandException(ExitCode.Usage, "--keep is for .edge files; prune a checkpoint's network with 'edgec prune', which retrains it");
                if (isModel && parsed.GetValue(int8))
                    throw new CommandException(ExitCode.Usage, "--int8 is for checkpoints; an .edge file is compressed with the types that it has");

                TrainingOptions? training = isModel || parsed.GetValue(epochs) == 0 ? null : new TrainingOptions
                {
                    Epochs = parsed.GetValue(epochs),
                    LearningRate = parsed.GetValue(rate),
                    WeightDecay = 0,
                    BatchSize = parsed.GetValue(batch),
                    Augmentation = AugmentationOption.Of(parsed.GetValue(augment)!),
                    Seed = parsed.GetValue(seed),
                    Threads = parsed.GetValue(threads),
                };
                var metadata = new ModelMetadata { Name = Path.GetFileNameWithoutExtension(file), Description = parsed.GetValue(description)!, CreatedBy = CommandLineText.Of(parsed) };
                CompressedModel compressed;
                SharingAccuracy? accuracy = null;
                double? runtime = null;
                if (isModel)
                {
                    using EdgeModel model = EdgeModel.Load(path);
                    compressed = ModelCompression.Compress(model, sharing);
                    Save(compressed, file);
                    if (set is not null)
                        runtime = Evaluation.Evaluator.Run(file, compressed.Model, set, DataSets.LoadTest(set, parsed.GetValue(root)!), reference: false, cancel).Accuracy;
                }
                else
                {
                    DataSplits splits = DataSets.Load(set!, parsed.GetValue(root)!, parsed.GetValue(validation), parsed.GetValue(seed), NetworkStore.PictureSize(path));
                    Network network = NetworkStore.FoldNormalization(NetworkStore.Load(path, splits.Train, parsed.GetValue(width)));
                    if (sharing.Bits.Count > 0)
                        accuracy = WeightSharing.Apply(network, splits, sharing, training, line => { writer.WriteLine(line); writer.Flush(); }, cancel);
                    EdgeModel model = NetworkExport.ToModel(network, metadata);
                    if (parsed.GetValue(int8))
                        model = PostTrainingQuantization.Quantize(model, Inputs(network, splits.Train), new QuantizationOptions());
                    compressed = ModelCompression.Encode(model);
                    Save(compressed, file);
                    runtime = RuntimeEvaluation.Accuracy(compressed.Model, network, splits.Test);
                }

                var log = new CompressionLog
                {
                    Network = compressed.Model.Metadata.Name,
                    Data = set ?? "",
                    Command = CommandLineText.Of(parsed),
                    Sharing = sharing,
                    Training = training,
                    Commit = RunLog.CurrentCommit(),
                    Accuracy = accuracy,
                    RuntimeAccuracy = runtime,
                    FloatBytes = compressed.FloatBytes,
                    FileBytes = new FileInfo(file).Length,
                    Layers = compressed.Layers,
                };
                log.Write(Path.ChangeExtension(file, ".json"));
                if (parsed.GetValue(picture) is { } png)
                    StagePicture.Write(png, $"{log.Network}: bytes of each layer's weights after each stage", log.Layers);
                if (parsed.GetValue(result) is { } resultPath)
                    Results.CompressionResult.Of(log).Write(resultPath);
                WriteTable(writer, log);
                return (int)ExitCode.Success;
            },
            CancellationToken.None));
        return command;
    }

    private static int[] BitsOf(string text) => text == "none" ? [] : [.. text.Split(',').Select(t =>
        int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out int v) ? v : throw new CommandException(ExitCode.Usage, $"--bits has '{t}'; numbers from {SharingOptions.MinBits} to {SharingOptions.MaxBits} are possible"))];

    /// <summary>Writes the file, unless the runtime would refuse it.</summary>
    private static void Save(CompressedModel compressed, string file)
    {
        using PreparedModel prepared = compressed.Model.Prepare();
        compressed.Model.Save(file);
    }

    private static IEnumerable<float[]> Inputs(Network network, ImageSet set)
    {
        ImageSet pictures = set.Take(CalibrationPictures);
        return Enumerable.Range(0, pictures.Count).Select(i => NetworkExport.InputOf(network, pictures.Picture(i)));
    }

    private static void WriteTable(TextWriter writer, CompressionLog log)
    {
        var table = new Inspection.TextTable("layer", "weights", "kept", "values", "gap bits", "pruned", "shared", "stored", "ratio", "encoding").Right(1, 2, 3, 4, 5, 6, 7, 8);
        foreach (LayerBreakdown l in log.Layers)
        {
            table.Add(
                l.Name, Invariant($"{l.Weights:N0}"), Invariant($"{l.Kept / (double)l.Weights:P1}"), Invariant($"{l.Values}"), Invariant($"{l.GapBits}"),
                Invariant($"{l.PrunedBytes:N0}"), Invariant($"{l.SharedBytes:N0}"), Invariant($"{l.StoredBytes:N0}"), Invariant($"{l.FloatBytes / (double)l.StoredBytes:F1}x"), l.Encoding);
        }

        table.WriteTo(writer);
        if (log.Accuracy is { } a)
            writer.WriteLine(Invariant($"test error {1 - a.Before:P2} before, {1 - a.Shared:P2} shared, {1 - a.Tuned:P2} tuned"));
        if (log.RuntimeAccuracy is { } r)
            writer.WriteLine(Invariant($"test error {1 - r:P2} in the runtime"));
        writer.WriteLine(Invariant($"constants as float32 {log.FloatBytes:N0} bytes, file {log.FileBytes:N0} bytes: {log.FloatBytes / (double)log.FileBytes:F1}x"));
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
