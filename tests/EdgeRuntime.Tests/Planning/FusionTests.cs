using System.Runtime.InteropServices;
using EdgeRuntime.Model;
using EdgeRuntime.Planning;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Planning;

/// <summary>What each fusion takes away, and that results stay: to the bit for int8, within rounding for float32.</summary>
public class FusionTests
{
    [Theory]
    [InlineData(OperatorKind.Relu, Activation.Relu)]
    [InlineData(OperatorKind.Relu6, Activation.Relu6)]
    [InlineData(OperatorKind.ReluN1To1, Activation.ReluN1To1)]
    public void An_int8_activation_goes_into_the_convolution_before_it(OperatorKind kind, Activation activation)
    {
        var c = new Chain(DataType.Int8);
        Graph graph = c.Convolution(new Conv2DOptions { Padding = Padding2D.Same }).Same(kind).Build();
        Node node = Assert.Single(FuseAndCompare(graph, tolerance: 0).Nodes);
        Assert.Equal(activation, ((Conv2DOptions)node.Options).Activation);
    }

    [Fact]
    public void An_activation_to_another_scale_stays()
    {
        var c = new Chain(DataType.Int8);
        Graph graph = c.Convolution(new Conv2DOptions()).Next(OperatorKind.Relu, NoOptions.Instance, c.Shape, new Quantization(0.031f, -128)).Build();
        Assert.Equal(2, FuseAndCompare(graph, tolerance: 0).Nodes.Count);
    }

    [Fact]
    public void An_activation_stays_where_another_operator_reads_what_was_before_it()
    {
        var c = new Chain(DataType.Int8);
        c.Convolution(new Conv2DOptions());
        int before = c.Current;
        c.Same(OperatorKind.Relu);
        c.Builder.AddOutput(before);
        Assert.Equal(2, FuseAndCompare(c.Build(), tolerance: 0).Nodes.Count);
    }

    [Theory]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.Float32)]
    public void Padding_goes_into_the_convolution_after_it(DataType type)
    {
        var c = new Chain(type);
        Graph graph = c.Pad(0, 1, 2, 0).Convolution(new Conv2DOptions { StrideHeight = 2, StrideWidth = 2 }).Build();
        Node node = Assert.Single(FuseAndCompare(graph, tolerance: 0).Nodes);
        Assert.Equal(Padding2D.Of(0, 1, 2, 0), ((Conv2DOptions)node.Options).Padding);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_int8_depthwise_convolution_of_one_channel_becomes_a_convolution(bool perChannel)
    {
        var cases = new CaseBuilder(new Random(3));
        int x = cases.Int8Input(new Shape(2, 9, 7, 1));
        int w = cases.Int8Weights(new Shape(1, 3, 5, 6), perChannel ? 3 : -1, 0.01f);
        int y = cases.Output(DataType.Int8, new Shape(2, 5, 4, 6), new Quantization(0.05f, 4));
        cases.Node(OperatorKind.DepthwiseConv2D, [x, w, cases.Int32Bias(6, 3000)], [y], new Conv2DOptions { StrideHeight = 2, StrideWidth = 2, Padding = Padding2D.Same });
        Node node = Assert.Single(FuseAndCompare(cases.Graph.Build(), tolerance: 0).Nodes);
        Assert.Equal(OperatorKind.Conv2D, node.Kind);
    }

    [Fact]
    public void A_depthwise_convolution_of_several_channels_or_of_floats_stays()
    {
        Assert.Equal(OperatorKind.DepthwiseConv2D, Assert.Single(FuseAndCompare(new Chain(DataType.Float32).Depthwise().Build(), tolerance: 1e-5f).Nodes).Kind);
        var cases = new CaseBuilder(new Random(4));
        int x = cases.Int8Input(new Shape(1, 4, 4, 2));
        int w = cases.Int8Weights(new Shape(1, 3, 3, 6), 3, 0.01f);
        int y = cases.Output(DataType.Int8, new Shape(1, 2, 2, 6), new Quantization(0.05f, 4));
        cases.Node(OperatorKind.DepthwiseConv2D, [x, w, -1], [y], new Conv2DOptions());
        Assert.Equal(OperatorKind.DepthwiseConv2D, Assert.Single(FuseAndCompare(cases.Graph.Build(), tolerance: 0).Nodes).Kind);
    }

    [Fact]
    public void Padding_wider_than_the_window_stays()
    {
        Graph graph = new Chain(DataType.Int8).Pad(3, 0, 0, 0).Convolution(new Conv2DOptions()).Build();
        Assert.Equal(2, FuseAndCompare(graph, tolerance: 0).Nodes.Count);
    }

    [Fact]
    public void Batch_normalization_bias_and_activation_go_into_a_float_convolution()
    {
        var c = new Chain(DataType.Float32);
        Graph graph = c.Convolution(new Conv2DOptions { Padding = Padding2D.Same }).BatchNorm()
            .WithConstant(OperatorKind.Mul, Activation.None, first: true).WithConstant(OperatorKind.Add, Activation.None, first: false)
            .WithConstant(OperatorKind.Sub, Activation.None, first: false).Same(OperatorKind.Relu6).Build();
        Node node = Assert.Single(FuseAndCompare(graph, tolerance: 1e-5f).Nodes);
        Assert.Equal(Activation.Relu6, ((Conv2DOptions)node.Options).Activation);
    }

    [Fact]
    public void Batch_normalization_goes_into_a_float_depthwise_convolution()
    {
        Graph graph = new Chain(DataType.Float32).Depthwise().BatchNorm().Build();
        Assert.Single(FuseAndCompare(graph, tolerance: 1e-5f).Nodes);
    }

    [Fact]
    public void Moves_and_requantizations_that_change_nothing_disappear()
    {
        var c = new Chain(DataType.Int8);
        Graph graph = c.Same(OperatorKind.Requantize).Next(OperatorKind.Transpose, new TransposeOptions([0, 1, 2, 3]), c.Shape, c.Quantization)
            .Convolution(new Conv2DOptions()).Pad(0, 0, 0, 0).Build();
        Graph fused = FuseAndCompare(graph, tolerance: 0);
        Assert.Equal(OperatorKind.Conv2D, Assert.Single(fused.Nodes).Kind);
        Assert.Equal(graph.Tensors[graph.Outputs[0]].Name, fused.Tensors[fused.Outputs[0]].Name);
    }

    [Fact]
    public void Quantization_of_what_was_just_dequantized_disappears()
    {
        var b = new CaseBuilder(new Random(7));
        var shape = new Shape(1, 256);
        var q = new Quantization(0.0371f, -17);
        int x = b.Int8Input(shape, q);
        int real = b.Graph.AddActivation("real", DataType.Float32, shape);
        int again = b.Graph.AddActivation("again", DataType.Int8, shape, q);
        b.Node(OperatorKind.Dequantize, [x], [real]);
        b.Node(OperatorKind.Quantize, [real], [again]);
        b.Node(OperatorKind.Relu, [again], [b.Output(DataType.Int8, shape, q)]);
        Assert.Single(FuseAndCompare(b.Graph.Build(), tolerance: 0).Nodes);
    }

    [Fact]
    public void Operators_and_tensors_that_nobody_reads_disappear()
    {
        var b = new CaseBuilder(new Random(7));
        var shape = new Shape(1, 8);
        int x = b.Float32Input(shape);
        int unused = b.Graph.AddActivation("unused", DataType.Float32, shape);
        int dead = b.Graph.AddActivation("dead", DataType.Float32, shape);
        b.Float32Constant(new Shape(100));
        b.Node(OperatorKind.Tanh, [x], [unused]);
        b.Node(OperatorKind.Tanh, [unused], [dead]);
        b.Node(OperatorKind.Logistic, [x], [b.Output(DataType.Float32, shape)]);
        Graph fused = FuseAndCompare(b.Graph.Build(), tolerance: 0);
        Assert.Single(fused.Nodes);
        Assert.Equal(2, fused.Tensors.Count);
    }

    [Fact]
    public void Every_operator_case_computes_the_same_after_fusion()
    {
        foreach (OperatorCase c in OperatorCases.All)
            FuseAndCompare(c.Build(3), tolerance: 0);
    }

    /// <summary>Runs a graph as it is and fused; the results must agree.</summary>
    private static Graph FuseAndCompare(Graph graph, float tolerance)
    {
        Graph fused = GraphFusion.Fuse(graph);
        GraphStructure.Check(fused);
        OperatorChecks.Check(fused);
        byte[][] inputs = OperatorCase.InputBytes(graph, 5);
        byte[][] expected = Run(graph, inputs, keep: true);
        byte[][] actual = Run(graph, inputs, keep: false);
        for (int i = 0; i < expected.Length; i++)
        {
            if (tolerance == 0)
            {
                Assert.Equal(expected[i], actual[i]);
                continue;
            }

            float[] e = MemoryMarshal.Cast<byte, float>(expected[i]).ToArray();
            float[] a = MemoryMarshal.Cast<byte, float>(actual[i]).ToArray();
            float limit = tolerance * e.Max(Math.Abs);
            Assert.All(e.Zip(a), p => Assert.InRange(p.Second, p.First - limit, p.First + limit));
        }

        return fused;
    }

    private static byte[][] Run(Graph graph, byte[][] inputs, bool keep)
    {
        using var model = new EdgeModel(graph, new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true, KeepIntermediates = keep });
        using Session session = prepared.CreateSession();
        for (int i = 0; i < inputs.Length; i++)
            inputs[i].CopyTo(session.Input<byte>(i));
        session.Run();
        return [.. Enumerable.Range(0, graph.Outputs.Count).Select(o => session.Output<byte>(o).ToArray())];
    }
}
