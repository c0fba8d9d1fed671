namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>CIFAR-10 with binary networks, beside the real networks of the same shape: the last column of the survey's table 3.</summary>
internal sealed class BinaryCifarSection : IResultsSection
{
    private static readonly (string What, string Log, string Published)[] Measured =
    [
        ("residual binary blocks (binary weights and activations)", "cifar10-quicknet-react", "goal 18 % in 100 KB"),
        ("the same trained on", "cifar10-quicknet-react-2", "goal 18 % in 100 KB"),
        ("the same, layers before the first sign int8", "cifar10-quicknet-react-2-int8", "goal 18 % in 100 KB"),
        ("the same shape, not binarized", "cifar10-quicknet-float", ""),
        ("BNN ConvNet", "cifar10-convnet-bnn", "10.15 % (Torch7), 11.40 % (Theano)"),
        ("the same shape, not binarized", "cifar10-convnet-float", "10.94 %"),
        ("BinaryConnect ConvNet", "cifar10-convnet-binaryconnect", "9.90 %"),
    ];

    public string Title => "Binary networks: CIFAR-10";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph(
            "The pictures at hand are a JPEG re-encoding of CIFAR-10 (quality 75, 4:2:0), and the trainings are as long as two shared cores allow. Published figures are for the original pixels and "
            + "hundreds of epochs: MLPerf Tiny's ResNet-8, which reaches 87 % there, has 75.5 % on these files. The network of the same shape with real weights, trained alike, is the comparison that counts.");
        BinaryRows.Write(page, logs, Measured, "published (survey's table 3)");
        page.Commands(Measured.Select(m => m.Log).Where(l => logs.TryGet(l, out _)).Select(l => logs.All.First(x => x.Name == l)));
    }
}
