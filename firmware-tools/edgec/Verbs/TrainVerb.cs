using System.CommandLine;
using EdgeRuntime.Compiler.Generation;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Compression;
using EdgeRuntime.Model;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Distillation;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>A verb that trains: what distinguishes it from <c>edgec train</c>.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Description">What it does.</param>
/// <param name="NetworkOption">Option that names the network.</param>
/// <param name="MethodOption">Option that names the network's training method.</param>
/// <param name="Options">Its further options.</param>
/// <param name="Objective">What the trainer minimises, once network and pictures are there; null for the labels' cross entropy.</param>
internal sealed record TrainingKind(
    string Name,
    string Description,
    string NetworkOption,
    string MethodOption,
    IReadOnlyList<Option> Options,
    Func<ParseResult, Network, DataSplits, TrainingOptions, TextWriter, TrainingObjective?> Objective);

/// <summary><c>edgec train</c>: trains a network and writes it as an .edge file.</summary>
internal static class TrainVerb
{
    private const int CalibrationPictures = 512;
    private static readonly string[] Methods = [.. TrainingMethods.All.Select(m => m.Name)];

    public static Command Create() => Create(new TrainingKind(
        "train", "Trains a network and writes it as an .edge file", "--network", "--method", [], (_, _, _, _, _) => null));

    /// <summary>The verb of a kind of training.</summary>
    public static Command Create(TrainingKind kind)
    {
        var network = new Option<string>(kind.NetworkOption) { Description = "Network: " + string.Join(", ", NetworkCatalog.All.Select(n => n.Name)), Required = true };
        var data = new Option<string>("--data") { Description = "Data set: mnist, cifar10, svhn, or a folder of pictures by class", Required = true };
        var root = new Option<string>("--data-dir") { Description = "Folder with the data sets (default: EDGE_DATA, or ../shared/data)", DefaultValueFactory = _ => DataSets.DefaultRoot };
        var method = new Option<string>(kind.MethodOption) { Description = "Method: " + string.Join(", ", Methods), DefaultValueFactory = _ => "float" };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training set", DefaultValueFactory = _ => 10 };
        var batch = new Option<int>("--batch") { Description = "Pictures in a step", DefaultValueFactory = _ => 128 };
        var rate = new Option<double>("--lr") { Description = "Learning rate at the start", DefaultValueFactory = _ => 2e-3 };
        var schedule = new Option<LearningRateSchedule>("--schedule") { Description = "Course of the learning rate", DefaultValueFactory = _ => LearningRateSchedule.Cosine };
        var optimizer = new Option<OptimizerKind>("--optimizer") { Description = "Rule by which weights change", DefaultValueFactory = _ => OptimizerKind.Adam };
        var decay = new Option<double>("--weight-decay") { Description = "Weight decay", DefaultValueFactory = _ => 1e-4 };
        var smoothing = new Option<double>("--label-smoothing") { Description = "Share of probability spread over all classes", DefaultValueFactory = _ => 0.0 };
        Option<string> augment = AugmentationOption.Create();
        var seed = new Option<ulong>("--seed") { Description = "Seed of everything random", DefaultValueFactory = _ => 1UL };
        var width = new Option<double>("--width") { Description = "Factor of the number of channels", DefaultValueFactory = _ => 1.0 };
        var order = new Option<BlockOrder>("--block-order") { Description = "Order of the layers in blocks with binary activations", DefaultValueFactory = _ => BlockOrder.ConvPoolNormSign };
        var dropout = new Option<double>("--dropout") { Description = "Share of activations dropped before fully connected layers", DefaultValueFactory = _ => 0.0 };
        var size = new Option<int>("--picture-size") { Description = "Side to which pictures of a folder are brought", DefaultValueFactory = _ => 32 };
        Option<int?> validation = ValidationOption.Create();
        var pictures = new Option<int?>("--pictures") { Description = "Pictures of the training set, apart from those for validation, that are used (default: all)" };
        var leftOut = new Option<string?>("--leave-out") { Description = "Class whose pictures are kept out of training and validation" };
        var threads = new Option<int>("--threads") { Description = "Threads (0: all cores)", DefaultValueFactory = _ => 0 };
        var run = new Option<string?>("--run") { Description = "Folder of checkpoints and log (default: the output's name with .run)" };
        var start = new Option<string?>("--start") { Description = "Checkpoint or run folder of the same network, trained with any method, whose weights this run starts from (training in two stages)" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the last checkpoint" };
        var description = new Option<string>("--description") { Description = "Sentence about the model, stored in the file", DefaultValueFactory = _ => "" };
        var origin = new Option<string>("--origin") { Description = "Where the training data come from, stored in the file", DefaultValueFactory = _ => "" };
        var licence = new Option<string>("--licence") { Description = "Licence of the weights, stored in the file", DefaultValueFactory = _ => "" };
        var output = new Option<string>("--output", "-o") { Description = "File to write", Required = true };
        var half = new Option<bool>("--bf16") { Description = "Compute products in bfloat16 while training: faster on processors that have it" };
        var log = new Option<string?>("--log") { Description = "Log of the run for the page of results: docs/results/NAME.json" };
        var first = new Option<string>("--first-layer") { Description = "Binary networks: real layers before the first sign as float or int8 in the file", DefaultValueFactory = _ => "float" };
        first.AcceptOnlyFromAmong("float", "int8");
        method.AcceptOnlyFromAmong(Methods);

        var command = new Command(kind.Name, kind.Description)
        {
            network, data, root, method, epochs, batch, rate, schedule, optimizer, decay, smoothing, augment, seed, width, order, dropout, size, validation, pictures, leftOut, threads, run, start, resume, description, origin, licence,
            output, half, log, first,
        };
        foreach (Option option in kind.Options)
            command.Add(option);
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                string file = parsed.GetValue(output)!;
                var options = new TrainingOptions
                {
                    Epochs = parsed.GetValue(epochs),
                    BatchSize = parsed.GetValue(batch),
                    LearningRate = parsed.GetValue(rate),
                    Schedule = parsed.GetValue(schedule),
                    Optimizer = parsed.GetValue(optimizer),
                    WeightDecay = parsed.GetValue(decay),
                    LabelSmoothing = parsed.GetValue(smoothing),
                    Augmentation = AugmentationOption.Of(parsed.GetValue(augment)!),
                    Seed = parsed.GetValue(seed),
                    Threads = parsed.GetValue(threads),
                    BFloat16 = parsed.GetValue(half),
                };
                options.Validate();
                DataSplits splits = DataSets.Load(parsed.GetValue(data)!, parsed.GetValue(root)!, parsed.GetValue(validation), options.Seed, parsed.GetValue(size));
                if (parsed.GetValue(pictures) is { } part)
                    splits = part >= 1 ? splits with { Train = splits.Train.Take(part) } : throw new CommandException(ExitCode.Usage, $"--pictures is {part}; it must be at least 1");
                if (parsed.GetValue(leftOut) is { } absent)
                    splits = WithoutClass(splits, absent);
                ImageSet train = splits.Train;
                var request = new NetworkRequest(new PictureShape(train.Height, train.Width, train.Channels), train.Classes.Count, parsed.GetValue(method)!, parsed.GetValue(width), parsed.GetValue(order), parsed.GetValue(dropout));
                Network made = NetworkCatalog.Create(parsed.GetValue(network)!, request, train.Classes, Normalization.Of(train), options.Seed);
                if (parsed.GetValue(start) is { } stage)
                    NetworkStore.StartFrom(made, stage);
                string folder = parsed.GetValue(run) ?? Path.ChangeExtension(file, ".run");
                TextWriter writer = parsed.InvocationConfiguration.Output;
                TrainingObjective? objective = kind.Objective(parsed, made, splits, options, writer);
                writer.WriteLine($"{made.Name}, {made.Method}: {made.ParameterCount:N0} parameters; {splits.Name}: {train.Count} + {splits.Validation.Count} + {splits.Test.Count} pictures ({splits.Skipped} unreadable ones skipped)");

                var trainer = new Trainer(made, splits, options, folder, objective);
                RunLog course = TrainingDisplay.Show(writer, display => trainer.Run(parsed.GetValue(resume), display, cancel));
                LearningCurve.Write(Path.Combine(folder, "curve.png"), course);
                var metadata = new ModelMetadata
                {
                    Name = Path.GetFileNameWithoutExtension(file),
                    Description = parsed.GetValue(description)!,
                    Origin = parsed.GetValue(origin)!,
                    Licence = parsed.GetValue(licence)!,
                    CreatedBy = CommandLine(parsed),
                };
                using EdgeModel model = Export(made, splits, metadata, parsed.GetValue(first) == "int8");
                model.Save(file);
                double accuracy = RuntimeEvaluation.Accuracy(model, made, splits.Test);
                ModelCard.Write(Path.ChangeExtension(file, ".md"), model, course, new FileInfo(file).Length, accuracy);
                writer.WriteLine($"validation {course.BestValidationAccuracy:P2}, test {course.TestAccuracy:P2} in the trainer, {accuracy:P2} in the runtime");
                ResultLog result = TrainingLog.Of(CommandLine(parsed), request, course, model, accuracy, new FileInfo(file).Length, FloatBytes(made, request));
                if (parsed.GetValue(start) is { } earlier)
                    result.Configuration["start"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(earlier));
                if (parsed.GetValue(first) == "int8")
                    result.Configuration["firstLayer"] = "int8";
                if (!IsQuantized(made) && parsed.GetValue(first) != "int8")
                    MeasureAgreement(result, made, splits.Test, writer);
                if (parsed.GetValue(leftOut) is { } missing)
                    MeasureLeftOut(result, missing, model, made, splits.Test, writer);
                if (parsed.GetValue(log) is { } logFile)
                {
                    result.Figures["microseconds"] = FormMeasurement.Shortest(model, options.Seed);
                    result.Configuration["machine"] = FormMeasurement.Machine;
                    result.Write(logFile);
                }

                writer.WriteLine($"{file}: {new FileInfo(file).Length:N0} bytes; log {trainer.LogFile}");
                return (int)ExitCode.Success;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Training and validation pictures without those of a class; the test pictures stay.</summary>
    private static DataSplits WithoutClass(DataSplits splits, string name)
    {
        int absent = splits.Train.Classes.ToList().IndexOf(name);
        if (absent < 0)
            throw new CommandException(ExitCode.Usage, $"--leave-out is '{name}'; the classes are {string.Join(", ", splits.Train.Classes)}");
        ImageSet Without(ImageSet set) => set.Select(Enumerable.Range(0, set.Count).Where(i => set.Labels[i] != absent).ToArray());
        return splits with { Train = Without(splits.Train), Validation = Without(splits.Validation) };
    }

    /// <summary>Whether the written network's numbers are rounded: its scores are then not those of the trainer by design.</summary>
    private static bool IsQuantized(Network network) => network.Method == "int8" || QuantizationAwareTraining.BitsOf(network.Method) > 0;

    private static void MeasureAgreement(ResultLog log, Network network, ImageSet test, TextWriter writer)
    {
        ExportAgreement agreement = ExportAgreement.Measure(network, test);
        log.Figures["agreeingDecisions"] = agreement.DecisionShare;
        log.Figures["agreeingScores"] = agreement.ToleranceShare;
        log.Figures["scoreTolerance"] = agreement.Tolerance;
        log.Figures["largestScoreDifference"] = agreement.LargestDifference;
        writer.WriteLine(FormattableString.Invariant(
            $"trainer and runtime on {agreement.Pictures} test pictures: {agreement.DecisionShare:P2} of the decisions agree, {agreement.ToleranceShare:P2} have all scores within {agreement.Tolerance:G3} (largest difference {agreement.LargestDifference:G3})"));
    }

    private static void MeasureLeftOut(ResultLog log, string name, EdgeModel model, Network network, ImageSet test, TextWriter writer)
    {
        LeftOutClass measured = LeftOutClass.Measure(RuntimeEvaluation.Outputs(model, network, test), test.Labels, test.Classes.Count, test.Classes.ToList().IndexOf(name));
        log.Configuration["leftOut"] = name;
        log.Figures["leftOutRecall"] = measured.Recall;
        log.Figures["leftOutOffset"] = measured.Offset;
        log.Figures["leftOutCorrectedRecall"] = measured.CorrectedRecall;
        log.Figures["leftOutCorrectedAccuracy"] = measured.CorrectedAccuracy;
        writer.WriteLine(FormattableString.Invariant(
            $"class '{name}', never seen: {measured.Recall:P2} recognised; {measured.CorrectedRecall:P2} with {measured.Offset:F2} added to its score, which gives {measured.CorrectedAccuracy:P2} over all classes"));
    }

    /// <summary>The command line without what names places on this machine only and does not change the result.</summary>
    private static string CommandLine(ParseResult parsed)
    {
        var words = new List<string> { "edgec" };
        for (int i = 0; i < parsed.Tokens.Count; i++)
        {
            string word = parsed.Tokens[i].Value;
            if (word is "--run" or "--data-dir" or "--threads")
                i++;
            else if (word != "--resume")
                words.Add(Path.IsPathRooted(word) ? Path.GetFileName(word) : word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word);
        }

        return string.Join(' ', words);
    }

    /// <summary>Length of the file of a network of the same shape with real weights.</summary>
    private static long FloatBytes(Network network, NetworkRequest request)
    {
        Network real = NetworkCatalog.Create(network.Name, request with { Method = "float" }, network.Classes, network.Normalization, 1);
        using EdgeModel model = NetworkExport.ToModel(real, new ModelMetadata());
        return model.ToBytes().Length;
    }

    /// <summary>The trained network as the runtime runs it; methods int8 and qat- quantize, with pictures of the training set or with the ranges of training.</summary>
    private static EdgeModel Export(Network network, DataSplits splits, ModelMetadata metadata, bool quantizeFirst)
    {
        EdgeModel model = NetworkExport.ToModel(network, metadata, softmax: true, out var ranges);
        int bits = network.Method == "int8" ? 8 : QuantizationAwareTraining.BitsOf(network.Method);
        if (bits == 0 && !quantizeFirst)
            return model;
        ImageSet pictures = splits.Train.Take(CalibrationPictures);
        IEnumerable<float[]> inputs = Enumerable.Range(0, pictures.Count).Select(i => NetworkExport.InputOf(network, pictures.Picture(i)));
        if (bits == 0)
        {
            using (model)
                return RealLayersQuantization.QuantizeFirst(model, inputs, new QuantizationOptions());
        }

        return PostTrainingQuantization.Quantize(model, inputs, new QuantizationOptions
        {
            WeightBits = bits,
            Ranges = ranges,

            // A network that was trained with the rounding has biases that make up for it already.
            BiasCorrection = network.Method == "int8",
        });
    }
}
