using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Hinton's experiments on MNIST: a small student with and without its teacher's soft targets, and a student that never saw a digit.</summary>
internal sealed class DistillationDigitsSection : IResultsSection
{
    private const string Teacher = "distill-mnist-teacher";

    public string Title => "Distillation: MNIST";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "Test errors. Hinton et al. 2015 (section 3): teacher of 2 x 1200 units 67 errors of 10,000, student of 2 x 800 units 146 alone and 74 with the teacher's soft targets. Here the teacher is trained on "
            + "digits with small affine changes, and the students are LeNet-300-100 on unchanged digits, alike but for the soft targets.");
        page.Table(
            ["network", "parameters", "seeds", "test error"],
            [
                Row(logs, "teacher", Teacher), Row(logs, "student, labels alone", "distill-mnist-alone-"), Row(logs, "student, soft targets", "distill-mnist-hinton-"),
            ]);
        page.Paragraph(
            "A digit that the student never saw: all pictures of 3 left out of training and validation. In the paper the student has 206 errors, 133 of them on the 1,010 threes, and 109, 14 on threes, with the score "
            + "of 3 raised by 3.5.");
        page.Table(
            ["student", "threes recognised", "offset", "threes recognised with it", "all digits with it"],
            [LeftOut(logs, "soft targets of a teacher that knows 3", "distill-mnist-without-3"), LeftOut(logs, "labels alone", "distill-mnist-alone-without-3")]);
        page.Commands(logs.StartingWith("distill-mnist-"));
    }

    private static IReadOnlyList<string> Row(ResultLogs logs, string what, string prefix)
    {
        // Runs of seeds end in a digit alone: "…-alone-1", not "…-alone-without-3".
        ResultLog[] runs = [.. logs.StartingWith(prefix).Where(l => l.Name == prefix || l.Name[prefix.Length..].All(char.IsAsciiDigit))];
        return
        [
            what, runs.Length == 0 ? "" : ResultsPage.Count(runs[0].Figures["parameters"]), runs.Length.ToString(CultureInfo.InvariantCulture),
            SeedStatistics.Of([.. runs.Select(r => 1 - r.Figures["runtimeTestAccuracy"])]).Percent(),
        ];
    }

    private static IReadOnlyList<string> LeftOut(ResultLogs logs, string what, string name) =>
    [
        what,
        logs.Text(name, "leftOutRecall", ResultsPage.Percent),
        logs.Text(name, "leftOutOffset", v => v.ToString("F2", CultureInfo.InvariantCulture)),
        logs.Text(name, "leftOutCorrectedRecall", ResultsPage.Percent),
        logs.Text(name, "leftOutCorrectedAccuracy", ResultsPage.Percent),
    ];
}
