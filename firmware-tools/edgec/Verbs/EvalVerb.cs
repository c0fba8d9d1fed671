using System.CommandLine;
using System.Text.Json;
using EdgeRuntime.Compiler.Evaluation;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>edgec eval: accuracy and confusion matrix of an .edge classifier on the test part of a data set.</summary>
internal static class EvalVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("model.edge") { Description = "classifier" };
        var data = new Option<string>("--data") { Description = "Data set: mnist, cifar10, svhn, or a folder of pictures by class", Required = true };
        var root = new Option<string>("--data-dir") { Description = "Folder with the data sets (default: EDGE_DATA, or ../shared/data)", DefaultValueFactory = _ => DataSets.DefaultRoot };
        var limit = new Option<int>("--limit") { Description = "Only the first N pictures", HelpName = "N", DefaultValueFactory = _ => int.MaxValue };
        var json = new Option<bool>("--json") { Description = "one JSON object instead of text" };
        var reference = new Option<bool>("--reference") { Description = "run the portable reference kernels: slow, for comparison" };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 1)
                result.AddError($"--limit is {result.Tokens[0].Value}; the least is 1");
        });
        var log = new Option<string?>("--log") { Description = "Log for the page of results: docs/results/NAME.json" };
        var command = new Command("eval", "Classifies the test part of a data set: accuracy, confusion matrix, time.") { file, data, root, limit, json, reference, log };
        command.SetAction((parse, cancel) =>
        {
            string path = parse.GetRequiredValue(file);
            string name = parse.GetRequiredValue(data);
            using EdgeModel model = EdgeModel.Load(path);
            ImageSet set = DataSets.LoadTest(name, parse.GetRequiredValue(root)).Take(parse.GetValue(limit));
            EvaluationReport report = Evaluator.Run(path, model, name, set, parse.GetValue(reference), cancel);
            TextWriter output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(report, JsonOutput.Options));
            else
                report.WriteTo(output);
            if (parse.GetValue(log) is { } logFile)
                Log(CommandLineText.Of(parse), report, new FileInfo(path).Length).Write(logFile);
            return Task.FromResult((int)ExitCode.Success);
        });
        return command;
    }

    private static ResultLog Log(string command, EvaluationReport report, long bytes) => new()
    {
        Command = command,
        Configuration = new(StringComparer.Ordinal) { ["data"] = report.Data },
        Figures = new(StringComparer.Ordinal)
        {
            ["runtimeTestAccuracy"] = report.Accuracy,
            ["testPictures"] = report.Pictures,
            ["fileBytes"] = bytes,
        },
    };
}
