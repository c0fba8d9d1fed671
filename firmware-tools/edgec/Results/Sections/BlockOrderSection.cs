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

    public string Title => "Order of the layers in a binary block";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "Test accuracy of the same network with the same budget and three seeds. Published on ImageNet, AlexNet form, top-1 (survey's table 4): XNOR-Net 44.2 %, BNN 27.9 %; the order alone "
            + "is worth 14 points there with scale factors (Rastegari et al. 2016, table 3: 30.3 % against 44.2 %).");
        page.Table(["order", "seeds", "mean", "standard deviation", "each"], Orders.Select(o => Row(o.What, [.. logs.StartingWith(o.Prefix)])));
        page.Commands(Orders.SelectMany(o => logs.StartingWith(o.Prefix)));
    }

    private static IReadOnlyList<string> Row(string what, ResultLog[] runs)
    {
        if (runs.Length == 0)
            return [what, "0", "not run", "", ""];
        double[] accuracies = [.. runs.Select(r => r.Figures["runtimeTestAccuracy"])];
        double mean = accuracies.Average();
        double deviation = Math.Sqrt(accuracies.Sum(a => (a - mean) * (a - mean)) / Math.Max(1, accuracies.Length - 1));
        return
        [
            what, runs.Length.ToString(CultureInfo.InvariantCulture), ResultsPage.Percent(mean), ResultsPage.Percent(deviation),
            string.Join(", ", accuracies.Select(ResultsPage.Percent)),
        ];
    }
}
