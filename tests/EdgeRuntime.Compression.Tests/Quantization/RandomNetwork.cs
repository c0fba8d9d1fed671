using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests;

/// <summary>A small float network with random weights whose channels differ much in size, as trained ones do.</summary>
internal static class RandomNetwork
{
    public static EdgeModel Build(int seed)
    {
        var random = new Random(seed);
        var b = new GraphBuilder();
        int x = b.AddActivation("x", DataType.Float32, new Shape(1, 12, 12, 3));
        b.AddInput(x);
        int a = Conv(b, random, x, "conv1", new Shape(1, 12, 12, 8), [8, 3, 3, 3], OperatorKind.Conv2D, 1);
        int d = Conv(b, random, a, "depthwise", new Shape(1, 6, 6, 8), [1, 3, 3, 8], OperatorKind.DepthwiseConv2D, 2);
        int c = Conv(b, random, d, "conv2", new Shape(1, 6, 6, 16), [16, 1, 1, 8], OperatorKind.Conv2D, 1);
        int e = Conv(b, random, c, "conv3", new Shape(1, 6, 6, 16), [16, 3, 3, 16], OperatorKind.Conv2D, 1);
        int sum = b.AddActivation("sum", DataType.Float32, new Shape(1, 6, 6, 16));
        b.AddNode(OperatorKind.Add, "add", [c, e], [sum], new ActivationOptions(Activation.Relu));
        int pool = b.AddActivation("pool", DataType.Float32, new Shape(1, 1, 1, 16));
        b.AddNode(OperatorKind.AveragePool2D, "pool", [sum], [pool], new Pool2DOptions { FilterHeight = 6, FilterWidth = 6, StrideHeight = 6, StrideWidth = 6 });
        int flat = b.AddActivation("flat", DataType.Float32, new Shape(1, 16));
        b.AddNode(OperatorKind.Reshape, "reshape", [pool], [flat]);
        int w = b.AddConstant("fc.w", DataType.Float32, new Shape(10, 16), Weights(random, 160, 16));
        int bias = b.AddConstant("fc.b", DataType.Float32, new Shape(10), Weights(random, 10, 1));
        int y = b.AddActivation("y", DataType.Float32, new Shape(1, 10));
        b.AddNode(OperatorKind.FullyConnected, "fc", [flat, w, bias], [y], new ActivationOptions());
        b.AddOutput(y);
        return new EdgeModel(b.Build(), new ModelMetadata { Name = "random" });
    }

    public static List<float[]> Inputs(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 12 * 12 * 3).Select(_ => (float)(random.NextDouble() * 2 - 1)).ToArray())];
    }

    public static float[] Run(EdgeModel model, float[] input)
    {
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        TensorInfo x = prepared.Graph.Tensors[prepared.Graph.Inputs[0]];
        TensorInfo y = prepared.Graph.Tensors[prepared.Graph.Outputs[0]];
        if (x.Type == DataType.Float32)
        {
            input.CopyTo(session.Input<float>());
            session.Run();
            return session.Output<float>().ToArray();
        }

        Span<sbyte> q = session.Input<sbyte>();
        for (int i = 0; i < q.Length; i++)
            q[i] = (sbyte)Math.Clamp(MathF.Round(input[i] / x.Quantization!.Scale) + x.Quantization.ZeroPoint, -128, 127);
        session.Run();
        return [.. session.Output<sbyte>().ToArray().Select(v => (v - y.Quantization!.ZeroPoint) * y.Quantization.Scale)];
    }

    private static int Conv(GraphBuilder b, Random random, int x, string name, Shape output, int[] weights, OperatorKind kind, int stride)
    {
        int count = weights.Aggregate(1, (p, d) => p * d);
        int fan = kind == OperatorKind.Conv2D ? count / weights[0] : 9;
        int w = b.AddConstant(name + ".w", DataType.Float32, new Shape(weights), Weights(random, count, fan));
        int bias = b.AddConstant(name + ".b", DataType.Float32, new Shape(output[^1]), Weights(random, output[^1], 4));
        int y = b.AddActivation(name, DataType.Float32, output);
        b.AddNode(kind, name, [x, w, bias], [y], new Conv2DOptions { Padding = Padding2D.Same, StrideHeight = stride, StrideWidth = stride, Activation = Activation.Relu });
        return y;
    }

    private static byte[] Weights(Random random, int count, int fan)
    {
        float[] w = [.. Enumerable.Range(0, count).Select(i => (float)((random.NextDouble() * 2 - 1) * Math.Sqrt(6.0 / fan) * (0.3 + (i * 7 % 5))))];
        return MemoryMarshal.AsBytes<float>(w).ToArray();
    }
}
