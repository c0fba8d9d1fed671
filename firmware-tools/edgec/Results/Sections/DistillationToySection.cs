using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Boundary supporting samples in the plane, as in the survey's figure 2.</summary>
internal sealed class DistillationToySection : IResultsSection
{
    private const string Toy = "distill-toy";

    public string Title => "Distillation: boundary supporting samples in the plane";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "After figure 1 of Heo et al. 2019 (the survey's figure 2): a teacher that has seen 1,500 points, and two students of the same size and start that see 40. Share of the plane on which a student decides like its teacher.");
        if (!logs.TryGet(Toy, out ResultLog? log))
        {
            page.Paragraph("not run");
            return;
        }

        page.Paragraph($"![boundaries of the teacher and of both students](results/{log.Configuration["picture"]})");
        page.Table(
            ["student", "seeds", "decides like its teacher", "standard error of the mean"],
            [Row("soft targets", log.Series["hintonAgreement"]), Row("boundary supporting samples, too", log.Series["bssAgreement"])]);
        page.Paragraph($"{ResultsPage.Percent(log.Series["supportingSamplesFound"].Average())} of the attacked points end at the boundary.");
        page.Commands([log]);
    }

    private static IReadOnlyList<string> Row(string student, IReadOnlyList<double> agreement)
    {
        SeedStatistics statistics = SeedStatistics.Of([.. agreement]);
        return [student, agreement.Count.ToString(CultureInfo.InvariantCulture), statistics.Percent(), ResultsPage.Percent(statistics.StandardError)];
    }
}
