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
}
