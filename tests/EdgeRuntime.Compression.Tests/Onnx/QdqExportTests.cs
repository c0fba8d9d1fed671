using EdgeRuntime.Benchmarks;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Onnx;

/// <summary>The networks that are timed beside ONNX Runtime are the same networks there: outputs differ only by the rounding of its float requantization.</summary>
[Trait("Category", "Host")]
public class QdqExportTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Onnx_runtime_computes_the_same_network(int seed)
    {
        using EdgeModel real = RandomNetwork.Build(seed);
        using EdgeModel model = PostTrainingQuantization.Quantize(real, RandomNetwork.Inputs(20, seed), new QuantizationOptions());
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        using var peer = new OnnxRuntimePeer(prepared.Graph, threads: 1);
        var random = new Random(seed);
        var input = new sbyte[session.Input<sbyte>().Length];
        for (int run = 0; run < 10; run++)
        {
            for (int i = 0; i < input.Length; i++)
                input[i] = (sbyte)random.Next(-128, 128);
            input.CopyTo(session.Input<sbyte>());
            session.Run();
            peer.SetInput(input);
            peer.Run();
            sbyte[] expected = session.Output<sbyte>().ToArray(), actual = peer.Output();
            Assert.True(expected.Distinct().Count() > 3);
            for (int i = 0; i < expected.Length; i++)
                Assert.InRange(actual[i], expected[i] - 2, expected[i] + 2);
        }
    }
}
