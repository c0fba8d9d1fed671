using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Students on CIFAR-10 without a teacher, with soft targets, and with boundary supporting samples (Heo et al. 2019).</summary>
internal sealed class DistillationCifarSection : IResultsSection
{
    private const string Teacher = "cifar10-quicknet-float";

    private static readonly (string What, string Prefix)[] Students =
    [
        ("labels alone", "distill-cifar10-none-"),
        ("soft targets (Hinton et al. 2015)", "distill-cifar10-hinton-"),
        ("soft targets of falling weight, the loss of Heo et al. 2019 without its boundary part", "distill-cifar10-falling-"),
        ("boundary supporting samples beside these (Heo et al. 2019)", "distill-cifar10-bss-"),
    ];

    public string Title => "Distillation: CIFAR-10";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "Test accuracy of a narrow ResNet-8, trained alike but for what it learns from, and the share of runs in which the student passes its teacher. As in Heo et al. (ResNet-26 to ResNet-8, 10 and 14, 80 epochs) a quarter "
            + "of a batch is attacked at temperature 3 in at most 10 steps of 0.3. To fit two cores, the student is half as wide and sees a part of the pictures that the teacher has seen, unchanged, so that the teacher's scores "
            + "are computed once; the teacher is the real network of the binary one's shape (section on binary networks). Pictures are the JPEG re-encoding.");
        page.Paragraph($"Teacher: {logs.Text(Teacher, "runtimeTestAccuracy", ResultsPage.Percent)}, {logs.Text(Teacher, "parameters", ResultsPage.Count)} parameters, {logs.Text(Teacher, "trainPictures", ResultsPage.Count)} pictures.");
        page.Table(
            ["student", "parameters", "pictures", "epochs", "seeds", "test accuracy", "standard error of the mean", "better than the teacher"],
            Students.Select(s => Row(logs, s.What, s.Prefix)));
        WriteStep(page, logs, 0, 1, "Soft targets");
        WriteStep(page, logs, 2, 3, "Boundary supporting samples beside soft targets of the same falling weight");
        WriteStep(page, logs, 1, 3, "Boundary supporting samples with the paper's weights (soft targets 4 falling to 1 beside labels 1), against soft targets that outweigh the labels to the end,");
        page.Commands(logs.StartingWith("distill-cifar10-"));
    }

    /// <summary>The difference of two means with its standard error, the seeds of both being independent.</summary>
    private static void WriteStep(ResultsPage page, ResultLogs logs, int from, int to, string what)
    {
        SeedStatistics before = Statistics(logs, Students[from].Prefix), after = Statistics(logs, Students[to].Prefix);
        if (before.Count < 2 || after.Count < 2)
            return;
        double error = Math.Sqrt((before.StandardError * before.StandardError) + (after.StandardError * after.StandardError));
        page.Paragraph(string.Create(CultureInfo.InvariantCulture, $"{what} change the mean by {(after.Mean - before.Mean) * 100:+0.00;-0.00} +- {error * 100:F2} points (standard error)."));
    }

    private static SeedStatistics Statistics(ResultLogs logs, string prefix) => SeedStatistics.Of([.. logs.StartingWith(prefix).Select(l => l.Figures["runtimeTestAccuracy"])]);

    private static IReadOnlyList<string> Row(ResultLogs logs, string what, string prefix)
    {
        ResultLog[] runs = [.. logs.StartingWith(prefix)];
        if (runs.Length == 0)
            return [what, "", "", "", "0", "not run", "", ""];
        SeedStatistics statistics = Statistics(logs, prefix);
        string better = logs.TryGet(Teacher, out ResultLog? teacher) ? $"{runs.Count(r => r.Figures["runtimeTestAccuracy"] > teacher.Figures["runtimeTestAccuracy"])} of {runs.Length}" : "";
        return
        [
            what, ResultsPage.Count(runs[0].Figures["parameters"]), ResultsPage.Count(runs[0].Figures["trainPictures"]), runs[0].Configuration["epochs"],
            runs.Length.ToString(CultureInfo.InvariantCulture), statistics.Percent(), ResultsPage.Percent(statistics.StandardError), better,
        ];
    }
}
