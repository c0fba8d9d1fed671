using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Float networks quantized without and with training, and bits per layer.</summary>
internal sealed class QuantizationSection : IResultsSection
{
    private static readonly (string What, string Log)[] ResNet8 =
    [
        ("TensorFlow Lite's int8 file", "eval-resnet-8-reference-int8"),
        ("int8", "ptq-resnet-8-int8"),
        ("4-bit weights", "ptq-resnet-8-int4"),
        ("bits per layer, at most 60,000 bytes", "precision-resnet-8-60k"),
    ];

    private static readonly (string What, string Log)[] Digits =
    [
        ("float", "qat-mnist-float"),
        ("int8 after training", "qat-mnist-ptq-int8"),
        ("int8 in training", "qat-mnist-qat-int8"),
        ("4-bit weights after training", "qat-mnist-ptq-int4"),
        ("4-bit weights in training", "qat-mnist-qat-int4"),
    ];

    public string Title => "Quantization";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "ResNet-8 of MLPerf Tiny on CIFAR-10: the float file quantized with `edgec quantize`, beside the int8 file that TensorFlow Lite made of the same network. Ranges come from pictures of "
            + "the training set.");
        page.Table(["network", "test accuracy", "file, bytes", "bits of the weights, layer by layer"], ResNet8.Select(r => Row(logs, r.What, r.Log)));
        Curve(page, logs, "precision-resnet-8-60k");
        page.Paragraph("A digits network of half width: rounded after training (`edgec quantize`), or trained with the rounding (`edgec train --method qat-int8`, `qat-int4`); the same number of epochs and seed.");
        page.Table(["network", "test accuracy", "file, bytes", "bits of the weights, layer by layer"], Digits.Select(r => Row(logs, r.What, r.Log)));
        page.Commands(ResNet8.Concat(Digits).Select(r => logs.TryGet(r.Log, out ResultLog? log) ? log : null).OfType<ResultLog>());
    }

    /// <summary>The trade-off between size and accuracy, in ten of its points.</summary>
    private static void Curve(ResultsPage page, ResultLogs logs, string name)
    {
        if (!logs.TryGet(name, out ResultLog? log) || !log.Series.TryGetValue("bytes", out IReadOnlyList<double>? bytes))
            return;
        page.Paragraph("Bits per layer from measured sensitivity, accuracy on held-out pictures of the training set ([all points](results/precision-resnet-8.csv)):");
        page.Paragraph("![accuracy over bytes](results/precision-resnet-8.png)");
        int step = Math.Max(1, bytes.Count / 10);
        IEnumerable<int> shown = Enumerable.Range(0, bytes.Count).Where(i => i % step == 0 || i == bytes.Count - 1);
        page.Table(["file, bytes", "mean bits", "held-out accuracy"], shown.Select(i => (IReadOnlyList<string>)
            [ResultsPage.Count(bytes[i]), log.Series["meanBits"][i].ToString("F2", CultureInfo.InvariantCulture), ResultsPage.Percent(log.Series["heldOutAccuracy"][i])]));
    }

    private static IReadOnlyList<string> Row(ResultLogs logs, string what, string name) =>
    [
        what,
        logs.Text(name, "runtimeTestAccuracy", ResultsPage.Percent),
        logs.Text(name, "fileBytes", ResultsPage.Count),
        logs.TryGet(name, out ResultLog? log) && log.Configuration.TryGetValue("bits", out string? bits) ? bits : "",
    ];
}
