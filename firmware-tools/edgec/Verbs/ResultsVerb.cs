using System.CommandLine;
using System.Text;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>edgec results: writes the page of results anew from the logs.</summary>
internal static class ResultsVerb
{
    public static Command Create()
    {
        var folder = new Option<string>("--logs") { Description = "Folder with the logs", DefaultValueFactory = _ => "docs/results" };
        var output = new Option<string>("--output", "-o") { Description = "Page to write", DefaultValueFactory = _ => "docs/results.md" };
        var command = new Command("results", "Writes the page of results anew from the logs of all runs.") { folder, output };
        command.SetAction(parse =>
        {
            ResultLogs logs = ResultLogs.Read(parse.GetRequiredValue(folder));
            string path = parse.GetRequiredValue(output);
            DataFile.WriteAtomically(path, stream => stream.Write(Encoding.UTF8.GetBytes(ResultsPage.Of(ResultsSections.All, logs))));
            parse.InvocationConfiguration.Output.WriteLine($"{path}: {ResultsSections.All.Count} sections from {logs.All.Count()} logs");
            return (int)ExitCode.Success;
        });
        return command;
    }
}
