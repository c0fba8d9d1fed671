using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Students on CIFAR-10 without a teacher, with soft targets, and with boundary supporting samples (Heo et al. 2019).</summary>
internal sealed class DistillationCifarSection : IResultsSection
{
    private const string Teacher = "distill-cifar10-teacher";

    private static readonly (string What, string Prefix)[] Students =
    [
        ("labels alone", "distill-cifar10-none-"),
        ("soft targets (Hinton et al. 2015)", "distill-cifar10-hinton-"),
        ("boundary supporting samples (Heo et al. 2019)", "distill-cifar10-bss-"),
    ];

    public string Title => "Distillation: CIFAR-10";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "Test accuracy of a small residual network, trained alike but for what it learns from, and the share of runs in which the student passes its teacher. The networks are narrower and the runs shorter than those "
            + "of Heo et al. (ResNet-26 to ResNet-8, 10 and 14, 80 epochs), to fit two cores; pictures are the JPEG re-encoding.");
        page.Paragraph($"Teacher: {logs.Text(Teacher, "runtimeTestAccuracy", ResultsPage.Percent)}, {logs.Text(Teacher, "parameters", ResultsPage.Count)} parameters.");
        page.Table(["student", "seeds", "test accuracy", "standard error of the mean", "better than the teacher"], Students.Select(s => Row(logs, s.What, s.Prefix)));
        page.Commands(logs.StartingWith("distill-cifar10-"));
    }

    private static IReadOnlyList<string> Row(ResultLogs logs, string what, string prefix)
    {
        double[] accuracies = [.. logs.StartingWith(prefix).Select(l => l.Figures["runtimeTestAccuracy"])];
        SeedStatistics statistics = SeedStatistics.Of(accuracies);
        string better = logs.TryGet(Teacher, out ResultLog? teacher) && accuracies.Length > 0
            ? $"{accuracies.Count(a => a > teacher.Figures["runtimeTestAccuracy"])} of {accuracies.Length}"
            : "";
        return [what, accuracies.Length.ToString(CultureInfo.InvariantCulture), statistics.Percent(), accuracies.Length == 0 ? "" : ResultsPage.Percent(statistics.StandardError), better];
    }
}
