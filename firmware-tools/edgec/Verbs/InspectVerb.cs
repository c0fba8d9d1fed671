using System.CommandLine;
using System.Text.Json;
using EdgeRuntime.Compiler.Inspection;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>edgec inspect: what an .edge file holds, what each layer costs, and how its memory is planned.</summary>
internal static class InspectVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("model.edge") { Description = "network to look at" };
        var json = new Option<bool>("--json") { Description = "one JSON object instead of tables" };
        var reference = new Option<bool>("--reference") { Description = "plan with the reference kernels" };
        var command = new Command("inspect", "Prints a table of layers with their costs, totals and the memory plan.") { file, json, reference };
        command.SetAction(parse =>
        {
            string path = parse.GetRequiredValue(file);
            using EdgeModel model = EdgeModel.Load(path);
            using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = parse.GetValue(reference) });
            ModelReport report = ModelReport.Of(path, new FileInfo(path).Length, prepared);
            TextWriter output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(report, JsonOutput.Options));
            else
                ModelReportText.Write(report, output);
        });
        return command;
    }
}
