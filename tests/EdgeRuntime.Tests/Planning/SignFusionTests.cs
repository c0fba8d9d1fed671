using EdgeRuntime.Model;
using EdgeRuntime.Planning;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Planning;

/// <summary>Signs of a binary layer's real output are written by the layer, bit for bit what a Binarize gives.</summary>
public class SignFusionTests
{
    [Theory]
    [InlineData(DataType.Float32, true, true)]
    [InlineData(DataType.Float32, false, true)]
    [InlineData(DataType.Int8, true, false)]
    [InlineData(DataType.Int8, false, false)]
    public void A_layer_writes_its_signs(DataType type, bool thresholds, bool directions)
    {
        Graph graph = Build(type, 16, thresholds, directions, twice: false);
        Node node = Assert.Single(GraphFusion.Fuse(graph).Nodes);
        Assert.Equal(2, node.Outputs.Count);
        Assert.Equal(Run(graph, keepIntermediates: true), Run(graph, keepIntermediates: false));
    }

    [Fact]
    public void Of_two_signs_of_one_layer_one_stays()
    {
        Graph graph = Build(DataType.Float32, 16, true, true, twice: true);
        Assert.Equal(2, GraphFusion.Fuse(graph).Nodes.Count);
        Assert.Equal(Run(graph, keepIntermediates: true), Run(graph, keepIntermediates: false));
    }

    [Fact]
    public void Channels_that_do_not_fill_blocks_stay() => Assert.Equal(2, GraphFusion.Fuse(Build(DataType.Float32, 12, true, true, twice: false)).Nodes.Count);

    private static Graph Build(DataType type, int filters, bool thresholds, bool directions, bool twice)
    {
        var b = new CaseBuilder(new Random(7));
        var shape = new Shape(1, 5, 6, filters);
        int x = b.Input(DataType.Bit, new Shape(1, 5, 6, 40), null);
        int y = b.Output(type, shape, type == DataType.Int8 ? new Quantization(0.03f, 5) : null);
        b.Node(OperatorKind.BinaryConv2D, [x, b.Bits(new Shape(filters, 3, 3, 40)), b.Float32Constant(new Shape(filters), 0.05f)], [y], new BinaryConv2DOptions { Padding = Padding2D.Same });
        for (int i = 0; i < (twice ? 2 : 1); i++)
        {
            int t = !thresholds ? -1 : type == DataType.Int8 ? b.Int32Bias(filters, 60) : b.Float32Constant(new Shape(filters));
            b.Node(OperatorKind.Binarize, [y, t, directions ? b.Bits(new Shape(filters)) : -1], [b.Output(DataType.Bit, shape)]);
        }

        return b.Graph.Build();
    }

    private static byte[] Run(Graph graph, bool keepIntermediates)
    {
        using var model = new EdgeModel(graph, new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { KeepIntermediates = keepIntermediates });
        using Session session = prepared.CreateSession();
        CaseBuilder.RandomBytes(new Random(3), DataType.Bit, graph.Tensors[graph.Inputs[0]].Shape).CopyTo(session.Input<byte>());
        session.Run();
        return [.. Enumerable.Range(0, graph.Outputs.Count).SelectMany(o => session.Output<byte>(o).ToArray())];
    }
}
