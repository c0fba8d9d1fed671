using EdgeRuntime.Model;

namespace EdgeRuntime.Tests;

/// <summary>Whatever is disposed first: a session never computes with memory that is gone.</summary>
public sealed class SessionLifetimeTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.edge");

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_session_outlives_the_disposal_of_the_model_and_its_file()
    {
        byte[] expected;
        using (var model = new EdgeModel(Network(), new ModelMetadata()))
        {
            model.Save(path);
            using PreparedModel prepared = model.Prepare();
            using Session session = prepared.CreateSession();
            expected = Run(session);
        }

        using Session late = CreateAndDisposeTheRest();
        File.Delete(path);
        Assert.Equal(expected, Run(late));
    }

    [Fact]
    public void The_last_session_frees_a_disposed_model()
    {
        using var model = new EdgeModel(Network(), new ModelMetadata());
        PreparedModel prepared = model.Prepare();
        Session first = prepared.CreateSession();
        Session second = prepared.CreateSession();
        prepared.Dispose();
        prepared.Dispose();
        Assert.Throws<ObjectDisposedException>(() => prepared.CreateSession());
        byte[] expected = Run(first);
        first.Dispose();
        first.Dispose();
        Assert.Equal(expected, Run(second));
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(second.Run);
        Assert.Throws<ObjectDisposedException>(() => second.Input<sbyte>());
    }

    [Fact]
    public void A_running_session_is_not_disposed()
    {
        using var model = new EdgeModel(Slow(), new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true });
        Session session = prepared.CreateSession(measure: true);
        bool stop = false;
        // Run after run, with next to no time between two.
        var runner = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
                session.Run();
        });
        runner.Start();
        SpinWait.SpinUntil(() => session.StepTicks[0] > 0);
        Assert.Throws<InvalidOperationException>(session.Dispose);
        Volatile.Write(ref stop, true);
        runner.Join();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(session.Run);
    }

    private Session CreateAndDisposeTheRest()
    {
        using EdgeModel model = EdgeModel.Load(path);
        using PreparedModel prepared = model.Prepare();
        return prepared.CreateSession();
    }

    private static byte[] Run(Session session)
    {
        Span<sbyte> input = session.Input<sbyte>();
        for (int i = 0; i < input.Length; i++)
            input[i] = (sbyte)(i * 37);
        session.Run();
        return session.Output<byte>().ToArray();
    }

    /// <summary>int8: fully connected, with packed weights and constants in the file.</summary>
    private static Graph Network()
    {
        var builder = new GraphBuilder();
        byte[] weights = new byte[64 * 40];
        new Random(1).NextBytes(weights);
        int x = builder.AddActivation("x", DataType.Int8, new Shape(1, 64), new Quantization(0.1f, 3));
        int w = builder.AddConstant("w", DataType.Int8, new Shape(40, 64), weights, new Quantization(0.01f, 0));
        int y = builder.AddActivation("y", DataType.Int8, new Shape(1, 40), new Quantization(1f, 0));
        builder.AddNode(OperatorKind.FullyConnected, "dense", [x, w], [y]);
        builder.AddInput(x);
        builder.AddOutput(y);
        return builder.Build();
    }

    /// <summary>float32: ten times tanh of 400,000 values.</summary>
    private static Graph Slow()
    {
        var builder = new GraphBuilder();
        int[] t = [.. Enumerable.Range(0, 11).Select(i => builder.AddActivation($"t{i}", DataType.Float32, new Shape(1, 400_000)))];
        for (int i = 0; i < 10; i++)
            builder.AddNode(OperatorKind.Tanh, $"tanh{i}", [t[i]], [t[i + 1]]);
        builder.AddInput(t[0]);
        builder.AddOutput(t[10]);
        return builder.Build();
    }
}
