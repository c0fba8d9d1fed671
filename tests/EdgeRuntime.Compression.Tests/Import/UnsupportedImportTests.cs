using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.TFLite;

namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>What has no counterpart is listed by name, with the tensors concerned, all at once; what is damaged is refused with the value and the limit.</summary>
public class UnsupportedImportTests
{
    private const int Add = 0;
    private const int Concatenation = 2;
    private const int FullyConnected = 9;
    private const int Custom = 32;
    private const int Pad = 34;
    private const int Mean = 40;
    private const int Exp = 47;
    private const int PRelu = 54;
    private const int PadV2 = 60;
    private const int Gelu = 150;

    [Fact]
    public void Everything_unsupported_is_listed_at_once_with_names_and_tensors()
    {
        var net = new OperatorFile(false);
        TFLiteFile file = net.File;
        int x = net.Input([1, 4], 1, 2, 3, 4);
        int a = net.Activation([1, 4]), b = net.Activation([1, 4]), c = net.Activation([1, 4]), d = net.Activation([1, 4]);
        int e = net.Activation([1, 4]), f = net.Activation([1, 6]), g = net.Activation([1, 6]), axes = file.Add(new FileTensor("axes", TFLiteFile.Int32, [1]));
        int bytes = file.Add(new FileTensor("bytes", TFLiteFile.UInt8, [1, 4]));
        file.Inputs.Add(axes);
        file.Operator(Exp, [x], [a]);
        file.Operator(Custom, [a], [b], null, "MyOperator");
        file.Operator(Gelu, [b], [c]);
        file.Operator(Add, [c, x], [d], new Options(11, (0, (byte)4)));
        file.Operator(Add, [d, bytes], [e], new Options(11, (0, (byte)0)));
        file.Operator(PadV2, [e, file.Ints(0, 0, 1, 1), file.Add(new FileTensor("one", TFLiteFile.Float32, [1]) { Data = [0, 0, 128, 63] })], [f]);
        file.Operator(Mean, [f, axes], [g]);
        file.Operator(
            FullyConnected,
            [g, file.Add(new FileTensor("hybrid", TFLiteFile.Int8, [2, 6]) { Data = new byte[12], Scales = [1], ZeroPoints = [0] })],
            [net.Output(1, 2)],
            new Options(8, (0, (byte)0)));

        IReadOnlyList<string> problems = Problems(file);
        string all = string.Join('\n', problems);
        Assert.Equal(8, problems.Count);
        Assert.Contains("EXP (operator 0), tensors 0 't0' -> 1 't1'", problems);
        Assert.Contains("CUSTOM 'MyOperator' (operator 1), tensors 1 't1' -> 2 't2'", problems);
        Assert.Contains("GELU (operator 2), tensors 2 't2' -> 3 't3'", problems);
        Assert.Contains("fused activation TANH of ADD (operator 3)", all, StringComparison.Ordinal);
        Assert.Contains("type UINT8 of tensor 9 'bytes' (ADD (operator 4)); convert with int8 inputs and outputs", problems);
        Assert.Contains("border value other than 0 of PADV2 (operator 5)", all, StringComparison.Ordinal);
        Assert.Contains("axes that is computed at run time (tensor 8 'axes') of MEAN (operator 6)", all, StringComparison.Ordinal);
        Assert.Contains("INT8 weights with FLOAT32 activations of FULLY_CONNECTED (operator 7)", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Unsupported_tensors_are_named_with_the_reason()
    {
        var net = new OperatorFile(false);
        int x = net.Input([1, 2], 1, 2);
        int sparse = net.File.Add(new FileTensor("sparse", TFLiteFile.Float32, [1, 2]) { Data = new byte[8], Sparse = true });
        int state = net.File.Add(new FileTensor("state", TFLiteFile.Float32, [1, 2]) { Variable = true });
        int open = net.File.Add(new FileTensor("open", TFLiteFile.Float32, [1, -1]));
        net.File.Operator(Concatenation, [x, sparse, state, open], [net.Output(1, 8)], new Options(10, (0, 1)));
        string all = string.Join('\n', Problems(net.File));
        Assert.Contains("'sparse' is sparse", all, StringComparison.Ordinal);
        Assert.Contains("'state' is a variable", all, StringComparison.Ordinal);
        Assert.Contains("dynamic or empty shape 1x-1 of tensor 3 'open'", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Slopes_of_another_shape_and_several_subgraphs_are_listed()
    {
        var net = new OperatorFile(false);
        net.File.Operator(PRelu, [net.Input([1, 2, 2, 1], 1, 2, 3, 4), net.Constant([2, 2, 1], 1, 1, 1, 1)], [net.Output(1, 2, 2, 1)]);
        Assert.Contains("slopes of 2x2x1", Assert.Single(Problems(net.File)), StringComparison.Ordinal);
        var two = new TFLiteFile { Subgraphs = 2 };
        int x = two.Add(new FileTensor("x", TFLiteFile.Float32, [1]));
        two.Inputs.Add(x);
        two.Outputs.Add(x);
        Assert.Contains("2 subgraphs", Assert.Single(Problems(two)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dynamic_batch_becomes_1_other_dynamic_dimensions_are_listed()
    {
        var file = new TFLiteFile();
        int x = file.Add(new FileTensor("x", TFLiteFile.Float32, [1, 2]) { Signature = [-1, 2] }), y = file.Add(new FileTensor("y", TFLiteFile.Float32, [1, 2]));
        file.Inputs.Add(x);
        file.Outputs.Add(y);
        file.Operator(19, [x], [y]);
        ImportedModel imported = TFLiteImporter.Import(file.Build(), "batch.tflite");
        Assert.Contains("batch size of input 0 'x' is dynamic", Assert.Single(imported.Notes), StringComparison.Ordinal);

        file = new TFLiteFile();
        file.Inputs.Add(file.Add(new FileTensor("x", TFLiteFile.Float32, [1, 1]) { Signature = [1, -1] }));
        file.Outputs.Add(0);
        Assert.Contains("dynamic dimension 1 of input 0 'x'", Assert.Single(Problems(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_refused_with_value_and_limit()
    {
        Refused(ImportError.NotAModel, "4 bytes", new byte[4]);
        Refused(ImportError.NotAModel, "expected 'TFL3'", new byte[64]);
        Refused(ImportError.NotAModel, "version is 2", new TFLiteFile { Version = 2 }.Build());
        Refused(ImportError.Corrupt, "no subgraph", new TFLiteFile { Subgraphs = 0 }.Build());
        Refused(ImportError.Corrupt, "0 inputs", new TFLiteFile().Build());

        Damaged(ImportError.Corrupt, "names tensor 99", (net, x) => net.File.Operator(Add, [x, 99], [net.Output(1, 4)]));
        Damaged(ImportError.Corrupt, "has 1 inputs; it takes 2", (net, x) => net.File.Operator(Add, [x], [net.Output(1, 4)]));
        Damaged(ImportError.Corrupt, "options of union member 5", (net, x) => net.File.Operator(Add, [x, x], [net.Output(1, 4)], new Options(5)));
        Damaged(ImportError.Corrupt, "fused activation 9", (net, x) => net.File.Operator(Add, [x, x], [net.Output(1, 4)], new Options(11, (0, (byte)9))));
        Damaged(ImportError.Corrupt, "axis 7", (net, x) => net.File.Operator(Concatenation, [x, x], [net.Output(1, 8)], new Options(10, (0, 7))));
        Damaged(ImportError.Corrupt, "paddings", (net, x) => net.File.Operator(Pad, [x, net.File.Ints(0, -1, 0, 0)], [net.Output(1, 4)]));
        Damaged(ImportError.Corrupt, "padding is 2", (net, x) => net.File.Operator(17, [x], [net.Output(1, 4)], new Options(5, (0, (byte)2))));
        Damaged(ImportError.TooLarge, "the limit is 64", (net, x) => net.File.Operator(22, [x, net.File.Ints(new int[65])], [net.Output(1, 4)]));
        Damaged(ImportError.Corrupt, "does not fit 32 bits", (net, x) => net.File.Operator(22, [x, net.File.Longs(1, 1L << 40)], [net.Output(1, 4)]));
        Damaged(ImportError.Corrupt, "stride", (net, x) => net.File.Operator(45, [x, net.File.Ints(0, 0), net.File.Ints(1, 4), net.File.Ints(1, 0)], [net.Output(1, 4)], new Options(32)));
    }

    private static void Damaged(ImportError error, string contains, Action<OperatorFile, int> operators)
    {
        var net = new OperatorFile(false);
        operators(net, net.Input([1, 4], 1, 2, 3, 4));
        Refused(error, contains, net.File.Build());
    }

    private static void Refused(ImportError error, string contains, byte[] bytes)
    {
        var e = Assert.Throws<ImportException>(() => TFLiteImporter.Import(bytes, "damaged.tflite"));
        Assert.Contains(contains, e.Message, StringComparison.Ordinal);
        Assert.Equal(error, e.Error);
    }

    private static IReadOnlyList<string> Problems(TFLiteFile file)
    {
        var e = Assert.Throws<ImportException>(() => TFLiteImporter.Import(file.Build(), "unsupported.tflite"));
        Assert.Equal(ImportError.Unsupported, e.Error);
        return e.Problems;
    }
}
