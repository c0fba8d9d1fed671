using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>Graphs of one float32 operator with weights and bias.</summary>
internal static class LayerGraph
{
    /// <summary>y = operator(x, weights, bias).</summary>
    public static Graph Of(OperatorKind kind, Shape input, Shape weights, float[] weightValues, float[] bias, Shape output, OperatorOptions options)
    {
        var builder = new GraphBuilder();
        int x = builder.AddActivation("input", DataType.Float32, input);
        int w = builder.AddConstant("weights", DataType.Float32, weights, Bytes(weightValues));
        int b = builder.AddConstant("bias", DataType.Float32, new Shape(bias.Length), Bytes(bias));
        int y = builder.AddActivation("output", DataType.Float32, output);
        builder.AddNode(kind, "layer", [x, w, b], [y], options);
        builder.AddInput(x);
        builder.AddOutput(y);
        return builder.Build();
    }

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}
