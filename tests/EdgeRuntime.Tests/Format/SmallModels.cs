using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Format;

/// <summary>Small models that run.</summary>
internal static class SmallModels
{
    /// <summary>relu(x) + (10, 20, 30) on three floats.</summary>
    public static EdgeModel Chain()
    {
        var builder = new GraphBuilder();
        int x = builder.AddActivation("x", DataType.Float32, new Shape(1, 3));
        int positive = builder.AddActivation("positive", DataType.Float32, new Shape(1, 3));
        int y = builder.AddActivation("y", DataType.Float32, new Shape(1, 3));
        int offset = builder.AddConstant("offset", DataType.Float32, new Shape(1, 3), MemoryMarshal.AsBytes<float>([10, 20, 30]).ToArray());
        builder.AddNode(OperatorKind.Relu, "relu", [x], [positive]);
        builder.AddNode(OperatorKind.Add, "add", [positive, offset], [y], new ActivationOptions());
        builder.AddInput(x);
        builder.AddOutput(y);
        return new EdgeModel(builder.Build(), new ModelMetadata { Name = "chain", Labels = ["a", "b", "c"] });
    }
}
