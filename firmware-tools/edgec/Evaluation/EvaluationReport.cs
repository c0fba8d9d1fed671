using System.Globalization;
using EdgeRuntime.Compiler.Inspection;

namespace EdgeRuntime.Compiler.Evaluation;

/// <summary>How well a classifier does on a data set.</summary>
/// <param name="Model">The file.</param>
/// <param name="Data">The data set.</param>
/// <param name="Pictures">Pictures that were classified.</param>
/// <param name="Skipped">Pictures of the set that could not be read.</param>
/// <param name="Correct">Pictures whose first largest score is that of their class.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Confusion">Counts by true class (row) and predicted class (column).</param>
/// <param name="Seconds">Wall-clock time of the inferences, without reading and converting pictures.</param>
/// <param name="Kernels">"optimised" or "reference".</param>
internal sealed record EvaluationReport(
    string Model,
    string Data,
    int Pictures,
    int Skipped,
    int Correct,
    IReadOnlyList<string> Classes,
    IReadOnlyList<IReadOnlyList<int>> Confusion,
    double Seconds,
    string Kernels)
{
    /// <summary>Share of correct pictures, 0..1.</summary>
    public double Accuracy => Pictures == 0 ? 0 : (double)Correct / Pictures;

    /// <summary>Mean time of an inference.</summary>
    public double MillisecondsPerPicture => Pictures == 0 ? 0 : Seconds * 1000 / Pictures;

    /// <summary>Writes the report as text.</summary>
    public void WriteTo(TextWriter writer)
    {
        writer.WriteLine(FormattableString.Invariant($"{Model} on {Data}: {Correct} of {Pictures} pictures correct, {Accuracy * 100:0.00} %"));
        if (Skipped > 0)
            writer.WriteLine($"{Skipped} pictures of the set could not be read");
        writer.WriteLine(FormattableString.Invariant($"{Seconds:0.00} s, {MillisecondsPerPicture:0.000} ms a picture, one thread, {Kernels} kernels"));
        writer.WriteLine();
        var table = new TextTable(["true \\ predicted", .. Enumerable.Range(0, Classes.Count).Select(Number), "correct"]).Right([.. Enumerable.Range(1, Classes.Count + 1)]);
        for (int c = 0; c < Classes.Count; c++)
        {
            int all = Confusion[c].Sum();
            table.Add([$"{c} {Classes[c]}", .. Confusion[c].Select(Number), all == 0 ? "" : FormattableString.Invariant($"{100.0 * Confusion[c][c] / all:0.0} %")]);
        }

        table.WriteTo(writer);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
