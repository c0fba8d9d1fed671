using EdgeRuntime.Model;

namespace EdgeRuntime.Tests;

public class SessionTests
{
    [Fact]
    public void A_graph_built_in_memory_runs()
    {
        var builder = new GraphBuilder();
        int x = builder.AddActivation("x", DataType.Float32, new Shape(1, 3));
        int y = builder.AddActivation("y", DataType.Float32, new Shape(1, 3));
        builder.AddNode(OperatorKind.Relu, "relu", [x], [y]);
        builder.AddInput(x);
        builder.AddOutput(y);
        using var model = new EdgeModel(builder.Build(), new ModelMetadata());
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        new float[] { -1, 0, 2 }.CopyTo(session.Input<float>());
        session.Run();
        Assert.Equal([0f, 0f, 2f], session.Output<float>().ToArray());
        Assert.Throws<ArgumentException>(() => session.Output<int>());
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using EdgeModel model = new(Network(), new ModelMetadata());
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        session.Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            session.Input<sbyte>().Fill((sbyte)i);
            session.Run();
            _ = session.Output<sbyte>()[0];
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_second_thread_inside_a_session_is_told_to_use_its_own()
    {
        using EdgeModel model = new(Large(), new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true });
        using Session session = prepared.CreateSession();
        using var start = new Barrier(2);
        int refused = 0;
        void RunMany()
        {
            start.SignalAndWait();
            for (int i = 0; i < 200 && Volatile.Read(ref refused) == 0; i++)
            {
                try
                {
                    session.Run();
                }
                catch (InvalidOperationException e) when (e.Message.Contains("another thread", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }

        var second = new Thread(RunMany);
        second.Start();
        RunMany();
        second.Join();
        Assert.True(refused > 0);
        session.Run();
    }

    [Fact]
    public void Sessions_of_one_model_run_side_by_side()
    {
        using EdgeModel model = new(Large(), new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true });
        float[][] results = new float[2][];
        Parallel.For(0, 2, i =>
        {
            using Session session = prepared.CreateSession();
            for (int k = 0; k < 10; k++)
            {
                session.Input<float>().Fill(i + 1);
                session.Run();
            }

            results[i] = session.Output<float>().ToArray();
        });
        Assert.All(results[0], v => Assert.Equal(MathF.Tanh(MathF.Tanh(1)), v, 1e-6f));
        Assert.All(results[1], v => Assert.Equal(MathF.Tanh(MathF.Tanh(2)), v, 1e-6f));
    }

    [Fact]
    public void Intermediate_tensors_can_be_read_only_where_they_were_kept()
    {
        Graph graph = Network();
        using EdgeModel model = new(graph, new ModelMetadata());
        using (PreparedModel prepared = model.Prepare())
        using (Session session = prepared.CreateSession())
            Assert.Throws<InvalidOperationException>(() => session.Tensor(0).Length);

        using PreparedModel kept = model.Prepare(new PrepareOptions { KeepIntermediates = true });
        using Session all = kept.CreateSession();
        all.Input<sbyte>().Fill(-50);
        all.Run();
        Assert.Equal(graph.Nodes.Count, kept.Steps.Count);
        for (int t = 0; t < graph.Tensors.Count; t++)
            Assert.Equal(graph.Tensors[t].ByteSize, all.Tensor(t).Length);
        Assert.All(all.Tensor(graph.Nodes[0].Outputs[0]).ToArray(), b => Assert.Equal(0, (sbyte)b));
        Assert.All(all.Tensor(0).ToArray(), b => Assert.Equal(-50, (sbyte)b));
    }

    [Fact]
    public void A_reshape_shares_the_memory_of_its_input()
    {
        Graph graph = Network();
        using EdgeModel model = new(graph, new ModelMetadata());
        using PreparedModel prepared = model.Prepare();
        int reshape = prepared.Graph.Nodes.ToList().FindIndex(n => n.Kind == OperatorKind.Reshape);
        Node node = prepared.Graph.Nodes[reshape];
        Dictionary<int, long> offsets = prepared.ArenaSlots.ToDictionary(s => s.Tensor, s => s.Offset);
        Assert.Equal(offsets[node.Inputs[0]], offsets[node.Outputs[0]]);
    }

    /// <summary>int8: relu, average pool, reshape, softmax.</summary>
    private static Graph Network()
    {
        var builder = new GraphBuilder();
        var q = new Quantization(0.1f, 0);
        int x = builder.AddActivation("x", DataType.Int8, new Shape(1, 4, 4, 6), q);
        int r = builder.AddActivation("r", DataType.Int8, new Shape(1, 4, 4, 6), q);
        int p = builder.AddActivation("p", DataType.Int8, new Shape(1, 2, 2, 6), q);
        int f = builder.AddActivation("f", DataType.Int8, new Shape(1, 24), q);
        int y = builder.AddActivation("y", DataType.Int8, new Shape(1, 24), new Quantization(1f / 256, -128));
        builder.AddNode(OperatorKind.Relu, "relu", [x], [r]);
        builder.AddNode(OperatorKind.AveragePool2D, "pool", [r], [p], new Pool2DOptions { FilterHeight = 2, FilterWidth = 2, StrideHeight = 2, StrideWidth = 2 });
        builder.AddNode(OperatorKind.Reshape, "flatten", [p], [f]);
        builder.AddNode(OperatorKind.Softmax, "softmax", [f], [y], new SoftmaxOptions());
        builder.AddInput(x);
        builder.AddOutput(y);
        return builder.Build();
    }

    /// <summary>float32: tanh of tanh of 200,000 values, long enough for two threads to meet.</summary>
    private static Graph Large()
    {
        var builder = new GraphBuilder();
        int[] t = [.. Enumerable.Range(0, 3).Select(i => builder.AddActivation($"t{i}", DataType.Float32, new Shape(1, 200_000)))];
        builder.AddNode(OperatorKind.Tanh, "first", [t[0]], [t[1]]);
        builder.AddNode(OperatorKind.Tanh, "second", [t[1]], [t[2]]);
        builder.AddInput(t[0]);
        builder.AddOutput(t[2]);
        return builder.Build();
    }
}
