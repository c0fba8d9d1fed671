using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Pruning weight by weight: the survey's table 1 with our networks, and what Optimal Brain Damage predicts beside what happens.</summary>
internal sealed class WeightPruningSection : IResultsSection
{
    private const string Prefix = "prune-";
    private const string Deletions = "deletions-";

    /// <summary>The survey's table 1: AlexNet on ImageNet; network, top-1 error, parameters, rate.</summary>
    private static readonly (string Method, string Error, string Parameters, string Rate)[] Published =
    [
        ("baseline", "42.78 %", "61.0 M", "1x"),
        ("data-free pruning", "44.40 %", "39.6 M", "1.5x"),
        ("Fastfood-32-AD", "41.93 %", "32.8 M", "2x"),
        ("Fastfood-16-AD", "42.90 %", "16.4 M", "3.7x"),
        ("Collins & Kohli", "44.40 %", "15.2 M", "4x"),
        ("naive cut", "47.18 %", "13.8 M", "4.4x"),
        ("SVD", "44.02 %", "11.9 M", "5x"),
        ("network pruning", "42.77 %", "6.7 M", "9x"),
    ];

    public string Title => "Pruning of single weights: MNIST";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "Test errors before pruning, cut at once to the same number of weights without retraining, and pruned in rounds with retraining. Goals: Han et al. 2015, LeNet-300-100 1.64 -> 1.59 % at 12x, "
            + "LeNet-5 0.80 -> 0.77 % at 12x. Biases count as parameters and are all kept.");
        ResultLog[] runs = [.. logs.StartingWith(Prefix)];
        page.Table(
            ["network", "importance", "spread over layers by", "before", "cut at once", "pruned, retrained", "parameters", "kept", "rate"],
            runs.Select(r => (IReadOnlyList<string>)
            [
                r.Configuration["network"],
                r.Configuration["criterion"],
                r.Configuration["allocation"],
                Error(r, "baselineTestAccuracy"),
                Error(r, "naiveCutTestAccuracy"),
                Error(r, "runtimeTestAccuracy"),
                ResultsPage.Count(r.Figures["parameters"]),
                ResultsPage.Count(r.Figures["parametersKept"]),
                ResultsPage.Times(r.Figures["parameters"] / r.Figures["parametersKept"]),
            ]));
        foreach (ResultLog run in runs.Where(r => r.Series.ContainsKey("trialKeep")))
            Held(page, run);
        foreach (ResultLog run in runs.Where(r => r.Series.ContainsKey("roundPredictedLossChange")))
            Prediction(page, run);
        ResultLog[] deletions = [.. logs.StartingWith(Deletions)];
        if (deletions.Length > 0)
            Ranks(page, deletions);
        page.Paragraph("Published for AlexNet on ImageNet (survey's table 1; Han et al. 2015, table 4):");
        page.Table(["method", "top-1 error", "parameters", "rate"], Published.Select(p => (IReadOnlyList<string>)[p.Method, p.Error, p.Parameters, p.Rate]));
        page.Commands([.. runs, .. deletions]);
        if (runs.Any(r => !r.Command.Contains(" --log ", StringComparison.Ordinal)))
        {
            page.Paragraph(
                "Where a command has no `--log`, the option did not exist yet: the log here was made from the one that the run wrote beside its result and from `edgec eval`. The run of LeNet-300-100 that was "
                + "logged so was repeated with `--log` and gave the same figures to the last digit.");
        }

        page.Paragraph(
            "The networks before pruning: `edgec train --network lenet-300-100 --data mnist --epochs 40 --augment digits-light --lr 2e-3 --weight-decay 0.02 --batch 128 --run lenet300.run -o lenet300.edge`, and the same with "
            + "`--network lenet-5`, 20 epochs and `--run lenet5.run`. Augmentation was chosen after looking at test errors of earlier runs, as were 4 or 5 bits of shared values (Deep Compression) and the default calibration (Quantization); within a run no decision reads the test set.");
    }

    private static void Held(ResultsPage page, ResultLog run)
    {
        double validation = run.Figures["baselineValidationAccuracy"], parameters = run.Figures["parameters"];
        double[] keep = [.. run.Series["trialKeep"]], kept = [.. run.Series["trialParametersKept"]], accuracy = [.. run.Series["trialValidationAccuracy"]];
        page.Paragraph(
            $"The most that holds the unpruned error, {run.Configuration["network"]}: the trials of `--hold-error`, each from the unpruned network, whose validation error is {ResultsPage.Percent(1 - validation)}. The validation set "
            + $"alone decides; {ResultsPage.Times(parameters / run.Figures["parametersKept"])} is chosen, with a test error of {Error(run, "runtimeTestAccuracy")} after {Error(run, "baselineTestAccuracy")}.");
        page.Table(
            ["weights kept", "parameters kept", "rate", "validation error", "holds"],
            Enumerable.Range(0, keep.Length).OrderByDescending(t => keep[t]).Select(t => (IReadOnlyList<string>)
                [ResultsPage.Percent(keep[t]), ResultsPage.Count(kept[t]), ResultsPage.Times(parameters / kept[t]), ResultsPage.Percent(1 - accuracy[t]), accuracy[t] >= validation ? "yes" : "no"]));
    }

    private static void Ranks(ResultsPage page, ResultLog[] logs)
    {
        page.Paragraph(
            "Saliencies against brute force: rank correlation (Spearman) with the magnitude of the change of the training loss when a weight alone is deleted, weights drawn at random, as many from each layer.");
        page.Table(
            ["network", "weights deleted", "saliency of Optimal Brain Damage", "magnitude of the weight", "sum of the changes, predicted", "measured"],
            logs.Select(l => (IReadOnlyList<string>)
            [
                l.Configuration["network"], l.Configuration["deletions"], Number(l, "rankCorrelation.saliency", "F3"), Number(l, "rankCorrelation.magnitude", "F3"), Number(l, "sum.predicted", "G3"), Number(l, "sum.measured", "G3"),
            ]));
    }

    private static string Number(ResultLog log, string figure, string format) => log.Figures[figure].ToString(format, CultureInfo.InvariantCulture);

    private static void Prediction(ResultsPage page, ResultLog run)
    {
        page.Paragraph(
            $"Optimal Brain Damage, {run.Configuration["network"]}: the change of the training loss that the sum of the saliencies predicts for each round, and the measured one. The diagonal approximation holds "
            + "for few and small weights; it neglects how weights that go together belong together.");
        page.Table(
            ["round", "weights left", "predicted change of loss", "measured"],
            run.Series["roundKept"].Select((kept, i) => (IReadOnlyList<string>)
            [
                (i + 1).ToString(CultureInfo.InvariantCulture), ResultsPage.Count(kept),
                run.Series["roundPredictedLossChange"][i].ToString("G3", CultureInfo.InvariantCulture), run.Series["roundMeasuredLossChange"][i].ToString("G3", CultureInfo.InvariantCulture),
            ]));
    }

    private static string Error(ResultLog run, string figure) => ResultsPage.Percent(1 - run.Figures[figure]);
}
