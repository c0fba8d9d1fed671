namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>The table that the sections on binary networks share; the figures are those that <c>edgec train --log</c> writes.</summary>
internal static class BinaryRows
{
    public static void Write(ResultsPage page, ResultLogs logs, IEnumerable<(string What, string Log, string Published)> rows, string published) =>
        page.Table(
            ["network", "width", "epochs", "test error", published, "file, bytes", "float file, bytes", "smaller", "multiply-accumulates", "decisions as in the trainer"],
            rows.Select(r => (IReadOnlyList<string>)
            [
                r.What,
                Setting(logs, r.Log, "width"),
                Epochs(logs, r.Log),
                logs.Text(r.Log, "runtimeTestAccuracy", v => ResultsPage.Percent(1 - v)),
                r.Published,
                logs.Text(r.Log, "fileBytes", ResultsPage.Count),
                logs.Text(r.Log, "floatBytes", ResultsPage.Count),
                Smaller(logs, r.Log),
                logs.Text(r.Log, "multiplyAccumulates", ResultsPage.Count),
                Agreement(logs, r.Log),
            ]));

    private static string Epochs(ResultLogs logs, string name) =>
        Setting(logs, name, "earlierPlans") is { Length: > 0 } plans ? $"{Setting(logs, name, "epochs")} (planned as {plans})" : Setting(logs, name, "epochs");

    private static string Setting(ResultLogs logs, string name, string setting) =>
        logs.TryGet(name, out ResultLog? log) && log.Configuration.TryGetValue(setting, out string? value) ? value : "";

    // Logs of before the comparison was part of a training do not have it; where the first layers became int8 afterwards, it is of the file before that.
    private static string Agreement(ResultLogs logs, string name) =>
        logs.TryGet(name, out ResultLog? log) && !log.Configuration.ContainsKey("firstLayer") && log.Figures.TryGetValue("agreeingDecisions", out double share) ? ResultsPage.Percent(share) : "";

    private static string Smaller(ResultLogs logs, string name) =>
        logs.TryGet(name, out ResultLog? log) ? ResultsPage.Times(log.Figures["floatBytes"] / log.Figures["fileBytes"]) : "";
}
