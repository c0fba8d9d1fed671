using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Bytes and times of networks in binary, int8 and float form.</summary>
internal sealed class FormsSection : IResultsSection
{
    public string Title => "Binary, int8 and float forms of the same networks";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        ResultLog[] runs = [.. logs.StartingWith("forms-")];
        page.Paragraph(
            "Whole .edge files and times of one inference on one thread, the shortest of many, with random weights. The methods react and xnor keep first and last layer and the factors of each channel real, "
            + "which is why small networks do not come near the 32x of single bits. The times are those of a PC, whose other kernels have vectors of up to 512 bits; docs/binary-performance.md has the cores of "
            + "the boards.");
        if (runs.Length == 0)
            page.Paragraph("not run");
        else
        {
            page.Table(
                ["network", "method", "input", "width", "binary, bytes", "int8, bytes", "float, bytes", "smaller than float", "binary, us", "int8, us", "float, us", "faster than int8", "faster than float"],
                runs.Select(Row));
            page.Paragraph("Machines: " + string.Join("; ", runs.Select(r => r.Configuration["machine"]).Distinct()) + ".");
        }

        page.Commands(runs);
    }

    private static IReadOnlyList<string> Row(ResultLog log)
    {
        double Figure(string name) => log.Figures[name];
        string Us(string form) => Figure(form + "Microseconds").ToString("N0", CultureInfo.InvariantCulture);
        return
        [
            log.Configuration["network"], log.Configuration["method"], log.Configuration["input"], log.Configuration["width"],
            ResultsPage.Count(Figure("binaryBytes")), ResultsPage.Count(Figure("int8Bytes")), ResultsPage.Count(Figure("floatBytes")),
            ResultsPage.Times(Figure("floatBytes") / Figure("binaryBytes")),
            Us("binary"), Us("int8"), Us("float"),
            ResultsPage.Times(Figure("int8Microseconds") / Figure("binaryMicroseconds")), ResultsPage.Times(Figure("floatMicroseconds") / Figure("binaryMicroseconds")),
        ];
    }
}
