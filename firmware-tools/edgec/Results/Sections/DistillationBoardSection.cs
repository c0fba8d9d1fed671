namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>What a teacher adds to the networks that the boards run, at equal bytes.</summary>
internal sealed class DistillationBoardSection : IResultsSection
{
    private static readonly (string What, string Log)[] Rows =
    [
        ("teacher, real weights and activations", "cifar10-quicknet-float"),
        ("binary student, before", "cifar10-quicknet-react-2-int8"),
        ("binary student, trained on with the teacher", "distill-board-binary"),
        ("binary student, trained on without", "distill-board-binary-none"),
        ("int8 student, with the teacher", "distill-board-int8"),
        ("int8 student, without", "distill-board-int8-none"),
    ];

    public string Title => "Distillation: binary and int8 networks for the board";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "CIFAR-10, the JPEG re-encoding. Goal: a binary network of at most 100 KB with 84 %. The binary student is quicknet-small with int8 layers before the first sign, the int8 student ResNet-8 quantized after training: "
            + "about as many bytes. With and without a teacher, start, epochs, seed and everything else are the same.");
        page.Table(
            ["network", "learns from", "starts from", "epochs", "test accuracy", "file, bytes", "parameters", "multiply-accumulates"],
            Rows.Select(r => Row(logs, r.What, r.Log)));
        page.Commands(logs.StartingWith("distill-board-"));
    }

    private static IReadOnlyList<string> Row(ResultLogs logs, string what, string name)
    {
        string Setting(string setting) => logs.TryGet(name, out ResultLog? log) && log.Configuration.TryGetValue(setting, out string? value) ? value : "";
        return
        [
            what, Setting("objective"), Setting("start"), Setting("epochs"),
            logs.Text(name, "runtimeTestAccuracy", ResultsPage.Percent), logs.Text(name, "fileBytes", ResultsPage.Count),
            logs.Text(name, "parameters", ResultsPage.Count), logs.Text(name, "multiplyAccumulates", ResultsPage.Count),
        ];
    }
}
