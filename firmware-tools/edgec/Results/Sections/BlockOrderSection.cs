using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>The survey's figure 5 in numbers: XNOR-Net's order of layers against the ordinary one, same network, budget and seeds.</summary>
internal sealed class BlockOrderSection : IResultsSection
{
    private static readonly (string What, string Prefix)[] Orders =
    [
        ("BatchNorm, sign, convolution, pooling (XNOR-Net)", "block-order-xnor-"),
        ("convolution, BatchNorm, sign, pooling (ordinary)", "block-order-ordinary-"),
    ];

    private static readonly (string What, string Prefix)[] Rows = [.. Orders, ("XNOR-Net's order with the scale K of the input", "xnor-k-")];

    public string Title => "Order of the layers in a binary block";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "Test accuracy of the same network with the same budget and three seeds. Published on ImageNet, AlexNet form, top-1 (survey's table 4): XNOR-Net 44.2 %, BNN 27.9 %; the order alone "
            + "is worth 14 points there with scale factors (Rastegari et al. 2016, table 3: 30.3 % against 44.2 %).");
        page.Table(["order", "seeds", "mean", "standard deviation", "each"], Rows.Select(o => Row(o.What, [.. logs.StartingWith(o.Prefix)])));
        WriteDifference(page, logs);
        page.Commands(Rows.SelectMany(o => logs.StartingWith(o.Prefix)));
    }

    private static IReadOnlyList<string> Row(string what, ResultLog[] runs)
    {
        if (runs.Length == 0)
            return [what, "0", "not run", "", ""];
        double[] accuracies = [.. runs.Select(r => r.Figures["runtimeTestAccuracy"])];
        SeedStatistics statistics = SeedStatistics.Of(accuracies);
        return
        [
            what, statistics.Count.ToString(CultureInfo.InvariantCulture), ResultsPage.Percent(statistics.Mean), ResultsPage.Percent(statistics.Deviation),
            string.Join(", ", accuracies.Select(ResultsPage.Percent)),
        ];
    }

    /// <summary>The difference of the means with its standard error, the seeds of both orders being independent.</summary>
    private static void WriteDifference(ResultsPage page, ResultLogs logs)
    {
        SeedStatistics[] both = [.. Orders.Select(o => SeedStatistics.Of([.. logs.StartingWith(o.Prefix).Select(r => r.Figures["runtimeTestAccuracy"])]))];
        if (both.Any(s => s.Count < 2))
            return;
        double difference = both[0].Mean - both[1].Mean, error = Math.Sqrt(both.Sum(s => s.StandardError * s.StandardError));
        ResultLog log = logs.StartingWith(Orders[0].Prefix).First();
        page.Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"XNOR-Net's order is {difference * 100:F2} +- {error * 100:F2} points better (standard error) with {log.Configuration["network"]} on {log.Configuration["data"]}."));
    }
}
