using System.Globalization;
using EdgeRuntime.Training.Pruning.Filters;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Removal of whole filters by seven criteria: the survey's table 2.</summary>
internal sealed class FilterPruningSection : IResultsSection
{
    private const string Prefix = "filters-vgg16-";
    private const string Times = "removed-filters-times";
    private static readonly int[] Shares = [25, 50, 75];

    /// <summary>The survey's table 2 (Mittal et al. 2018), VGG-16: accuracies after retraining.</summary>
    private static readonly (FilterCriterion Criterion, string[] Accuracies)[] Published =
    [
        (FilterCriterion.Random, ["0.650", "0.569", "0.415"]),
        (FilterCriterion.MeanActivation, ["0.652", "0.570", "0.409"]),
        (FilterCriterion.Entropy, ["0.641", "0.549", "0.405"]),
        (FilterCriterion.ScaledEntropy, ["0.637", "0.550", "0.401"]),
        (FilterCriterion.L1Norm, ["0.667", "0.593", "0.436"]),
        (FilterCriterion.Apoz, ["0.647", "0.564", "0.422"]),
        (FilterCriterion.Sensitivity, ["0.636", "0.543", "0.379"]),
    ];

    public string Title => "Removal of whole filters: CIFAR-10";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        ResultLog[] runs = [.. logs.StartingWith(Prefix)];
        page.Paragraph(
            "VGG-16 in an eighth of its width. Test accuracies when a share of the filters of every convolution is removed, right after that and after "
            + $"{string.Join(", ", runs.Select(r => r.Configuration["steps"]).Distinct())} steps of retraining (an epoch has 352), far fewer than published; mean and standard deviation, runs: "
            + $"{runs.Length.ToString(CultureInfo.InvariantCulture)}. Published: Mittal et al. 2018, VGG-16 in full width on another task, after retraining (survey's table 2).");
        if (runs.Length == 0)
        {
            page.Paragraph("not run");
            return;
        }

        page.Table(
            ["", "whole", .. Shares.Select(s => $"{s} % removed")],
            [
                ["parameters", Count(runs, "baseline.parameters"), .. Shares.Select(s => Count(runs, $"all.{s}.parameters"))],
                ["multiply-accumulates", Count(runs, "baseline.multiplyAccumulates"), .. Shares.Select(s => Count(runs, $"all.{s}.multiplyAccumulates"))],
                ["test accuracy", Mean(runs, "baseline.testAccuracy"), .. Shares.Select(_ => "")],
            ]);
        if (logs.TryGet(Times, out ResultLog? timed))
        {
            page.Paragraph($"Shortest time of an inference of the float32 networks in the runtime, one thread, on the PC ({timed.Configuration["machine"]}), measured one after the other:");
            string Microseconds(string of) => timed.Figures[of + ".microseconds"].ToString("N0", CultureInfo.InvariantCulture) + " us, "
                + ResultsPage.Times(timed.Figures["baseline.microseconds"] / timed.Figures[of + ".microseconds"]);
            page.Table(["", "whole", .. Shares.Select(s => $"{s} % removed")], [["time, times as fast", Microseconds("baseline"), .. Shares.Select(s => Microseconds($"all.{s}"))]]);
        }

        ResultLog[] boards = Boards(page, logs);
        page.Table(
            ["criterion", .. Shares.SelectMany(s => new[] { $"{s} %, cut", $"{s} %, retrained", $"{s} %, published" })],
            Published.Select(p => (IReadOnlyList<string>)
            [
                p.Criterion.ToString(),
                .. Shares.SelectMany((s, i) => new[] { Mean(runs, $"{p.Criterion}.{s}.cutTestAccuracy"), Mean(runs, $"{p.Criterion}.{s}.retrainedTestAccuracy"), p.Accuracies[i] }),
            ]));
        page.Commands(timed is null ? [.. runs, .. boards] : [.. runs, timed, .. boards]);
        page.Paragraph("The networks before pruning: `edgec train --network vgg-16 --width 0.125 --data cifar10 --epochs 8 --augment crop-flip --lr 4e-3 --weight-decay 0.02 --batch 128 --seed 1 --run vgg1.run -o vgg1.edge`, and the same with seeds 2 and 3, vgg2 and vgg3; "
            + "each run removes filters of a network of its own. Those that are modelled: vgg1.edge, `edgec prune-filters vgg1.run --width 0.125 --data cifar10 --criterion L1Norm --remove 0.25 --steps 0 -o vgg16-25.edge` and the same with 0.5 and 0.75, and of each `edgec quantize vgg16-25.edge --data cifar10 -o vgg16-25-int8.edge`.");
    }

    /// <summary>The modelled times on the boards, in int8 and in float32; returns their logs.</summary>
    private static ResultLog[] Boards(ResultsPage page, ResultLogs logs)
    {
        string[] sizes = ["whole", .. Shares.Select(s => s.ToString(CultureInfo.InvariantCulture))];
        var rows = new List<IReadOnlyList<string>>();
        var used = new List<ResultLog>();
        foreach ((string form, string suffix) in new[] { ("int8", "-int8"), ("float32", "") })
        {
            ResultLog[] all = [.. sizes.Select(s => logs.TryGet($"cost-vgg16-{s}{suffix}", out ResultLog? log) ? log : null).OfType<ResultLog>()];
            if (all.Length < sizes.Length)
                continue;
            used.AddRange(all);
            rows.Add([form, "file, bytes", .. all.Select(l => ResultsPage.Count(l.Figures["fileBytes"]))]);
            foreach ((string core, string board) in new[] { ("a53", "Pi 3"), ("a72", "Pi 4"), ("a76", "Pi 5") })
            {
                string time = core + ".milliseconds";
                rows.Add([form, $"{board}, times as fast", .. all.Select(l => l.Figures[time].ToString("F2", CultureInfo.InvariantCulture) + " ms, " + ResultsPage.Times(all[0].Figures[time] / l.Figures[time]))]);
            }
        }

        if (rows.Count > 0)
        {
            page.Paragraph("Time of an inference on the boards, one thread, by the cost model (tests/cost/README.md). What is removed depends on the share alone, so that the times are those of every criterion. Kernels work on blocks of channels: 6 or 12 of them can take as long as 8 or 16.");
            page.Table(["form", "", "whole", .. Shares.Select(s => $"{s} % removed")], rows);
        }

        return [.. used];
    }

    /// <summary>Mean and deviation; of a single run the figure alone.</summary>
    private static string Mean(ResultLog[] runs, string figure)
    {
        double[] values = [.. runs.Where(r => r.Figures.ContainsKey(figure)).Select(r => r.Figures[figure])];
        return values.Length == 1 ? ResultsPage.Percent(values[0]) : SeedStatistics.Of(values).Percent();
    }

    private static string Count(ResultLog[] runs, string figure) => runs[0].Figures.TryGetValue(figure, out double value) ? ResultsPage.Count(value) : "not run";
}
