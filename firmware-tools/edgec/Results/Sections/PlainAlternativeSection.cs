using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>The plain alternative to a teacher: a network whose shape is made for few operations.</summary>
internal sealed class PlainAlternativeSection : IResultsSection
{
    private static readonly (string What, string Log)[] Rows = [("ResNet-18", "plain-cifar10-resnet-18"), ("MobileNet V2", "plain-cifar10-mobilenet-v2")];

    public string Title => "Without a teacher: MobileNet V2 against ResNet-18";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "CIFAR-10, the JPEG re-encoding, in the forms for small pictures, both narrower than published, trained alike. The time is that of one inference in the runtime on one thread of a PC, the shortest of many, with real weights.");
        page.Table(
            ["network", "width", "epochs", "test accuracy", "parameters", "multiply-accumulates", "file, bytes", "time, us"],
            Rows.Select(r => Row(logs, r.What, r.Log)));
        string[] machines = [.. Rows.Select(r => Setting(logs, r.Log, "machine")).Where(m => m.Length > 0).Distinct()];
        if (machines.Length > 0)
            page.Paragraph($"Machines: {string.Join("; ", machines)}.");
        page.Commands(logs.StartingWith("plain-cifar10-"));
    }

    private static IReadOnlyList<string> Row(ResultLogs logs, string what, string name) =>
    [
        what, Setting(logs, name, "width"), Setting(logs, name, "epochs"),
        logs.Text(name, "runtimeTestAccuracy", ResultsPage.Percent), logs.Text(name, "parameters", ResultsPage.Count),
        logs.Text(name, "multiplyAccumulates", ResultsPage.Count), logs.Text(name, "fileBytes", ResultsPage.Count),
        logs.Text(name, "microseconds", v => v.ToString("N0", CultureInfo.InvariantCulture)),
    ];

    private static string Setting(ResultLogs logs, string name, string setting) =>
        logs.TryGet(name, out ResultLog? log) && log.Configuration.TryGetValue(setting, out string? value) ? value : "";
}
