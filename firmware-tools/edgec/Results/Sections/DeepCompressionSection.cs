using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Deep Compression: whole files, and what each stage makes of each layer, as in the paper's figure 4.</summary>
internal sealed class DeepCompressionSection : IResultsSection
{
    private const string LoadPrefix = "load-";

    /// <summary>Name of the log, published file, rate and error (Han, Mao and Dally 2016, table 1).</summary>
    private static readonly (string Log, string Published)[] Rows =
    [
        ("compress-lenet-300-100", "27 KB, 40x, 1.58 %"),
        ("compress-lenet-300-100-int8", ""),
        ("compress-lenet-5", "44 KB, 39x, 0.74 %"),
        ("compress-lenet-5-int8", ""),
        ("compress-synthetic-vgg-16", "11.3 MB, 49x"),
        ("compress-synthetic-alexnet", "6.9 MB, 35x"),
    ];

    public string Title => "Deep Compression";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "Whole .edge files, with header, tables, graph, names and preprocessing, against all weights and biases as float32. The synthetic networks (edgec generate, then edgec compress) have random weights with the sparsity and "
            + "the bits of the paper. They show what the format stores, not what a network can do: folded random normalization makes their channels differ in scale, so that the kept weights lie closer together than "
            + "evenly spread ones would. The rows that end in int8 are the same networks with `--int8`, whose kernels are the fast ones on a board: a channel's scale makes more values of the shared ones.");
        page.Table(
            ["network", "bits", "test error before sharing", "in the runtime", "float32, bytes", "file, bytes", "rate", "published"],
            Rows.Select(r => (IReadOnlyList<string>)
            [
                r.Log["compress-".Length..],
                logs.TryGet(r.Log, out ResultLog? log) ? log.Configuration["bits"] : "",
                Error(logs, r.Log, "unsharedTestAccuracy"),
                Error(logs, r.Log, "runtimeTestAccuracy"),
                logs.Text(r.Log, "floatBytes", ResultsPage.Count),
                logs.Text(r.Log, "fileBytes", ResultsPage.Count),
                log is null ? "" : ResultsPage.Times(log.Figures["floatBytes"] / log.Figures["fileBytes"]),
                r.Published,
            ]));
        Loading(page, logs);
        foreach (string name in Rows.Select(r => r.Log).Where(n => !n.EndsWith("-int8", StringComparison.Ordinal)))
        {
            if (logs.TryGet(name, out ResultLog? log))
                Layers(page, log);
        }

        page.Commands(Rows.Select(r => logs.TryGet(r.Log, out ResultLog? log) ? log : null).OfType<ResultLog>().Concat(logs.StartingWith(LoadPrefix)));
        page.Paragraph("Commands before these: the float32 networks of random weights are those of `edgec generate vgg-16 --weights float --size 224 -o vgg16.edge` and `edgec generate alexnet --weights float --size 227 -o alexnet.edge`; "
            + "l300-003.ckpt and l5-015.ckpt are what `edgec prune` wrote (Pruning of single weights).");
    }

    /// <summary>How long a Raspberry Pi 4 takes to load the files, by the cost model.</summary>
    private static void Loading(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph("Time of `EdgeModel.Load` alone, one thread, for a Raspberry Pi 4 by the cost model (tests/cost/README.md), without reading from the card and page faults. Goal: at most 1.5 s.");
        page.Table(
            ["file", "bytes", "float32 weights, bytes", "M cycles", "load, ms", "MB/s of float32 weights"],
            logs.StartingWith(LoadPrefix).Select(l => (IReadOnlyList<string>)
            [
                l.Name[LoadPrefix.Length..], ResultsPage.Count(l.Figures["fileBytes"]), ResultsPage.Count(l.Figures["floatBytes"]),
                (l.Figures["a72.cycles"] / 1e6).ToString("N1", CultureInfo.InvariantCulture), l.Figures["a72.milliseconds"].ToString("N1", CultureInfo.InvariantCulture),
                ResultsPage.Count(l.Figures["a72.floatMegabytesPerSecond"]),
            ]));
    }

    /// <summary>The paper's figure 4 as a table: what is left after pruning, after sharing, and after Huffman coding.</summary>
    private static void Layers(ResultsPage page, ResultLog log)
    {
        page.Heading($"{log.Name["compress-".Length..]}: pruning x sharing x Huffman coding");
        string[] layers = [.. log.Figures.Keys.Where(k => k.StartsWith("layer.", StringComparison.Ordinal) && k.EndsWith(".weights", StringComparison.Ordinal)).Select(k => k[..^"weights".Length])];
        IEnumerable<IReadOnlyList<string>> rows = layers.Select(l => Row(l["layer.".Length..].TrimEnd('.'), f => log.Figures[l + f], Bits(log, l)));
        page.Table(
            ["layer", "weights", "kept", "bits of code + gap", "pruned", "shared", "Huffman", "in all"],
            [.. rows, Row("all", f => layers.Sum(l => log.Figures[l + f]), "")]);
        if (log.Configuration["data"].Length > 0)
            page.Paragraph($"![Bytes of each layer after each stage](results/{log.Name}.png)");
    }

    private static IReadOnlyList<string> Row(string name, Func<string, double> figure, string bits) =>
    [
        name, ResultsPage.Count(figure("weights")), ResultsPage.Percent(figure("kept") / figure("weights")), bits,
        ResultsPage.Times(figure("floatBytes") / figure("prunedBytes")), ResultsPage.Times(figure("prunedBytes") / figure("sharedBytes")),
        ResultsPage.Times(figure("sharedBytes") / figure("storedBytes")), ResultsPage.Times(figure("floatBytes") / figure("storedBytes")),
    ];

    private static string Bits(ResultLog log, string layer) =>
        string.Create(CultureInfo.InvariantCulture, $"{log.Figures[layer + "codeBits"]:F0} + {log.Figures[layer + "gapBits"]:F0}");

    private static string Error(ResultLogs logs, string name, string figure) =>
        logs.TryGet(name, out ResultLog? log) ? (log.Figures.TryGetValue(figure, out double v) ? ResultsPage.Percent(1 - v) : "") : "not run";
}
