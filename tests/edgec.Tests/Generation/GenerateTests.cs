using System.Globalization;
using System.Text;
using EdgeRuntime.Compiler.Verbs;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Tests.Generation;

/// <summary>Generated networks and layers: the same bytes for the same seed, outputs that carry information, errors that say why.</summary>
public sealed class GenerateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgec-generate-").FullName;

    public static TheoryData<string> CommandLines =>
    [
        "mobilenet_v1 --size 96 --width 0.25 --classes 12",
        "mobilenet-v2 --size 32",
        "resnet_8 --weights float",
        "digits-cnn --size 28 --channels 1",
        "conv2d --channels 5 --out-channels 7 --size 11",
        "conv2d --kernel 5 --channels 3 --out-channels 8 --size 20 --stride 2 --padding valid --activation relu6 --weights float",
        "conv2d --kernel 1 --channels 16 --out-channels 24 --size 6",
        "depthwise --channels 19 --size 12 --dilation 2",
        "fully-connected --channels 100 --out-channels 37 --activation relu",
        "bconv --channels 64 --out-channels 9 --kernel 1 --size 5",
        "bconv --output int8 --channels 32 --out-channels 24 --size 6 --stride 2",
        "bconv --output float --channels 128 --size 4",
        "bdepthwise --channels 40 --size 6",
        "bdepthwise --output int8 --channels 40 --size 6 --stride 2",
        "binarize --channels 40 --size 6",
        "binarize --channels 64 --size 6 --weights float",
        "binarize-zero --channels 64 --size 6 --weights float",
        "conv2d --channels 24 --size 9 --weights binary",
        "depthwise --channels 24 --size 9 --weights binary",
        "fully-connected --channels 40 --weights binary",
        "quicknet-small --size 32",
    ];

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task The_seed_decides_every_byte_and_outputs_are_not_saturated(string commandLine)
    {
        byte[] first = await Generate(commandLine + " --seed 5"), again = await Generate(commandLine + " --seed 5"), other = await Generate(commandLine + " --seed 6");
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        using EdgeModel model = EdgeModel.Load(first);
        using PreparedModel prepared = model.Prepare(new PrepareOptions { KeepIntermediates = true });
        using Session session = prepared.CreateSession();
        var random = new Random(1);
        TensorInfo input = prepared.Graph.Tensors[prepared.Graph.Inputs[0]];
        if (input.Type == DataType.Float32)
        {
            foreach (ref float x in session.Input<float>())
                x = (random.NextSingle() * 2) - 1;
        }
        else
        {
            random.NextBytes(session.Input<byte>());
        }

        session.Run();
        foreach (Node node in prepared.Graph.Nodes.Where(n => n.Kind is OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected))
        {
            TensorInfo output = prepared.Graph.Tensors[node.Outputs[0]];
            if (output.Type != DataType.Int8)
                continue;
            byte[] values = session.Tensor(node.Outputs[0]).ToArray();
            Assert.True(values.Distinct().Count() >= Math.Min(values.Length / 4, 20), $"{node.Name}: {values.Distinct().Count()} different values in {values.Length}");
            Assert.InRange(values.Count(v => v == 127), 0, values.Length / 4);
        }
    }

    [Theory]
    [InlineData("resnet-9", "neither a network")]
    [InlineData("conv2d --kernel 0", "--kernel is 0")]
    [InlineData("conv2d --kernel 9 --size 8 --padding valid", "covers 9")]
    [InlineData("fully-connected --channels 65536 --out-channels 65536", "limit is")]
    [InlineData("binarize --weights binary", "real activations")]
    [InlineData("bconv --output int4", "int4")]
    [InlineData("mobilenet_v1 --size 4", "too small")]
    [InlineData("mobilenet_v1 --channels 2", "--channels is 2")]
    [InlineData("mobilenet_v1 --width 99", "width is 99")]
    [InlineData("digits-cnn --weights int3", "int3")]
    public async Task What_cannot_be_made_is_refused_with_its_value(string commandLine, string expected)
    {
        (int code, string error) = await Run(commandLine, Path.Combine(folder, "refused.edge"));
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "refused.edge")));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<(int Code, string Error)> Run(string commandLine, string file)
    {
        var error = new StringBuilder();
        using var writer = new StringWriter(error, CultureInfo.InvariantCulture);
        int code = await EdgecProgram.RunAsync([GenerateVerb.Create()], ["generate", .. commandLine.Split(' '), "-o", file], TextWriter.Null, writer);
        return (code, error.ToString());
    }

    // The command line is stored in the file: the name of the file must not differ.
    private async Task<byte[]> Generate(string commandLine)
    {
        string file = Path.Combine(folder, "model.edge");
        (int code, string error) = await Run(commandLine, file);
        Assert.True(code == 0, error);
        return await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
    }
}
