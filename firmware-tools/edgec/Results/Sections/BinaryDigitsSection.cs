namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>MNIST with binary networks: the first column of the survey's table 3.</summary>
internal sealed class BinaryDigitsSection : IResultsSection
{
    /// <summary>Rows measured here: what it is, log, the goal.</summary>
    private static readonly (string What, string Log, string Goal)[] Measured =
    [
        ("BNN, fully connected", "mnist-mlp-bnn", "1.40 %"),
        ("BNN, fully connected, small affine augmentation", "mnist-mlp-bnn-affine", "0.96 %"),
        ("the same trained on, weaker augmentation", "mnist-mlp-bnn-2", "0.96 %"),
        ("BinaryConnect, fully connected", "mnist-mlp-binaryconnect", "1.29 %"),
        ("BinaryConnect, fully connected, small affine augmentation", "mnist-mlp-binaryconnect-affine", "1.29 %"),
        ("not binarized, fully connected", "mnist-mlp-float", "1.3 %"),
        ("binary ConvNet, small affine augmentation", "mnist-binary-convnet", "0.70 %"),
        ("the same trained on, weaker augmentation", "mnist-binary-convnet-2", "0.70 %"),
    ];

    /// <summary>Test errors of the survey's table 3 (Hubara et al. 2016, table 1), 3 x 4096 fully connected, without augmentation.</summary>
    private static readonly (string What, string Error)[] Published =
    [
        ("BNN (Torch7)", "1.40 %"),
        ("BNN (Theano)", "0.96 %"),
        ("Committee machines' array (Baldassi et al. 2015)", "1.35 %"),
        ("BinaryConnect", "1.29 +- 0.08 %"),
        ("EBP (binary at test only)", "2.2 +- 0.1 %"),
        ("Bitwise DNNs", "1.33 %"),
        ("ternary weights, binary activations (Hwang and Sung 2014)", "1.45 %"),
        ("not binarized, no regularization", "1.3 +- 0.2 %"),
    ];

    public string Title => "Binary networks: MNIST";

    public void Write(ResultsPage page, ResultLogs logs)
    {
        page.Paragraph("Test error and file. \"Float file\" is the same network with 32-bit numbers.");
        BinaryRows.Write(page, logs, Measured, "goal");
        page.Paragraph("Published test errors, fully connected networks of three layers of 4096, without augmentation (survey's table 3; Hubara et al. 2016, table 1):");
        page.Table(["network", "test error"], Published.Select(p => (IReadOnlyList<string>)[p.What, p.Error]));
        page.Commands(Measured.Select(m => m.Log).Where(l => logs.TryGet(l, out _)).Select(l => logs.All.First(x => x.Name == l)));
    }
}
