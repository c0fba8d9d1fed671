using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeRuntime.Compiler.Evaluation;
using EdgeRuntime.Compiler.Quantizing;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Compression;
using EdgeRuntime.Compression.Import;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>edgec quantize: a float network becomes one with int8 activations and weights of 8 bits, fewer, or as many per layer as a target asks for.</summary>
internal static class QuantizeVerb
{
    private const ulong SplitSeed = 1;
    private const int UsualValidation = 1000;

    public static Command Create()
    {
        var file = new Argument<string>("model") { Description = "float network: .edge, .tflite or .onnx" };
        var output = new Option<string>("--output", "-o") { Description = "file to write", Required = true, HelpName = "q.edge" };
        var data = new Option<string>("--data") { Description = "Data set whose training pictures calibrate: mnist, cifar10, svhn, or a folder of pictures by class", Required = true };
        var root = new Option<string>("--data-dir") { Description = "Folder with the data sets (default: EDGE_DATA, or ../shared/data)", DefaultValueFactory = _ => DataSets.DefaultRoot };
        var pictures = new Option<int>("--calibration-pictures") { Description = "Training pictures whose activations are watched", HelpName = "N", DefaultValueFactory = _ => 256 };
        var method = new Option<CalibrationMethod>("--calibration") { Description = "How activation ranges are chosen", DefaultValueFactory = _ => CalibrationMethod.MinMax };
        var bits = new Option<int>("--bits") { Description = "Bits of all weights, 1 to 8", HelpName = "BITS", DefaultValueFactory = _ => 8 };
        var noCorrection = new Option<bool>("--no-bias-correction") { Description = "Leave biases as they are" };
        var equalize = new Option<bool>("--equalize") { Description = "Even out the weights of consecutive layers first" };
        var size = new Option<long?>("--target-size") { Description = "Bits per layer such that the file has at most this many bytes", HelpName = "BYTES" };
        var accuracy = new Option<double?>("--target-accuracy") { Description = "Bits per layer such that this many percent of held-out training pictures are right", HelpName = "PERCENT" };
        Option<int?> held = ValidationOption.Create(UsualValidation, least: 1);
        var curve = new Option<string?>("--curve") { Description = "Picture of accuracy over bytes; the table is written beside it as .csv (default: the output's name with .png)", HelpName = "curve.png" };
        var evaluate = new Option<bool>("--evaluate") { Description = "Measure the result on the data set's test part" };
        var log = new Option<string?>("--log") { Description = "Log for the page of results: docs/results/NAME.json; implies --evaluate" };
        pictures.Validators.Add(result => AtLeastOne(result, pictures));
        var picture = new PictureArguments();
        var command = new Command("quantize", "Quantizes a float network: int8 activations, weights of 8 bits or fewer, ranges from training pictures.")
        {
            file, output, data, root, pictures, method, bits, noCorrection, equalize, size, accuracy, held, curve, evaluate, log,
        };
        picture.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(size) is not null && result.GetValue(accuracy) is not null)
                result.AddError("--target-size and --target-accuracy exclude each other");
            if (result.GetValue(accuracy) is < 0 or > 100)
                result.AddError($"--target-accuracy is {result.GetValue(accuracy)}; it must be 0 to 100");
        });
        command.SetAction((parse, cancel) => Task.Run(
            () =>
            {
                TextWriter text = parse.InvocationConfiguration.Output;
                string target = parse.GetRequiredValue(output);
                string name = parse.GetRequiredValue(data);
                using EdgeModel source = Read(parse.GetRequiredValue(file), picture.Read(parse), text);

                // The metadata are part of the file whose size is chosen.
                using var model = new EdgeModel(source.Graph, source.Metadata with { CreatedBy = CommandLineText.Of(parse) });
                DataSplits splits = DataSets.Load(name, parse.GetRequiredValue(root), parse.GetValue(held), SplitSeed, usualValidation: UsualValidation);
                List<float[]> inputs = CalibrationPictures.Read(model, splits.Train, parse.GetValue(pictures));
                var options = new QuantizationOptions
                {
                    Calibration = parse.GetValue(method),
                    WeightBits = parse.GetValue(bits),
                    BiasCorrection = !parse.GetValue(noCorrection),
                    Equalize = parse.GetValue(equalize),
                };
                var quantizer = new PostTrainingQuantizer(model, inputs, options);
                var goal = new PrecisionTarget(parse.GetValue(size), parse.GetValue(accuracy) / 100);
                PrecisionChoice? choice = goal.IsGiven ? QuantizationRun.Choose(model, quantizer, inputs, splits.Validation, goal, text, cancel) : null;
                using EdgeModel result = choice is null ? quantizer.Quantize() : quantizer.Quantize(choice.Chosen.Precisions);
                result.Prepare().Dispose();
                result.Save(target);
                long bytes = new FileInfo(target).Length;
                text.WriteLine($"{target}: {bytes} bytes, {model.ToBytes().Length} as float32");
                if (choice is not null)
                {
                    string png = parse.GetValue(curve) ?? Path.ChangeExtension(target, ".png");
                    TradeOffCurve.WriteTable(Path.ChangeExtension(png, ".csv"), choice.Points, choice.Chosen);
                    TradeOffCurve.WritePicture(png, $"{model.Metadata.Name} on {name}", choice.Points, choice.Chosen);
                    text.WriteLine(FormattableString.Invariant($"{choice.Chosen.Accuracy * 100:0.00} % of {splits.Validation.Count} held-out pictures; curve {png}"));
                    foreach ((QuantizableLayer layer, WeightPrecision precision) in choice.Layers.Zip(choice.Chosen.Precisions))
                        text.WriteLine($"  {precision.Bits} bits  {layer.Name} ({layer.Weights} weights)");
                }

                if (!parse.GetValue(evaluate) && parse.GetValue(log) is null)
                    return (int)ExitCode.Success;
                EvaluationReport report = Evaluator.Run(target, result, name, splits.Test, reference: false, cancel);
                text.WriteLine(FormattableString.Invariant($"{report.Correct} of {report.Pictures} test pictures correct, {report.Accuracy * 100:0.00} %"));
                if (parse.GetValue(log) is { } path)
                    Log(CommandLineText.Of(parse), name, options, inputs.Count, choice, bytes, model.ToBytes().Length, report).Write(path);
                return (int)ExitCode.Success;
            },
            CancellationToken.None));
        return command;
    }

    private static void AtLeastOne(OptionResult result, Option<int> option)
    {
        if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 1)
            result.AddError($"{option.Name} is {result.Tokens[0].Value}; the least is 1");
    }

    private static EdgeModel Read(string path, PictureOptions picture, TextWriter text)
    {
        if (path.EndsWith(".edge", StringComparison.OrdinalIgnoreCase))
            return EdgeModel.Load(path);
        ImportedModel imported = ForeignModel.Import(path, new ImportOptions { Picture = picture });
        foreach (string note in imported.Notes)
            text.WriteLine($"note: {note}");
        return imported.Model;
    }

    private static ResultLog Log(string command, string data, QuantizationOptions options, int pictures, PrecisionChoice? choice, long bytes, long floatBytes, EvaluationReport report)
    {
        var log = new ResultLog
        {
            Command = command,
            Seed = SplitSeed,
            Configuration = new(StringComparer.Ordinal)
            {
                ["data"] = data,
                ["calibration"] = options.Calibration.ToString(),
                ["calibrationPictures"] = pictures.ToString(CultureInfo.InvariantCulture),
                ["biasCorrection"] = options.BiasCorrection.ToString(),
                ["equalize"] = options.Equalize.ToString(),
                ["bits"] = choice?.Chosen.Bits ?? options.WeightBits.ToString(CultureInfo.InvariantCulture),
            },
            Figures = new(StringComparer.Ordinal)
            {
                ["runtimeTestAccuracy"] = report.Accuracy,
                ["testPictures"] = report.Pictures,
                ["fileBytes"] = bytes,
                ["floatBytes"] = floatBytes,
            },
        };
        if (choice is null)
            return log;
        log.Figures["heldOutAccuracy"] = choice.Chosen.Accuracy ?? 0;
        log.Series["bytes"] = [.. choice.Points.Select(p => (double)p.Bytes)];
        log.Series["heldOutAccuracy"] = [.. choice.Points.Select(p => Math.Round(p.Accuracy ?? 0, 5))];
        log.Series["meanBits"] = [.. choice.Points.Select(p => Math.Round(p.Precisions.Zip(choice.Layers, (q, l) => q.Bits * (double)l.Weights).Sum() / choice.Layers.Sum(l => (double)l.Weights), 3))];
        return log;
    }
}
