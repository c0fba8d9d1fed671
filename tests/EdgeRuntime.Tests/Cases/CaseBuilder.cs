using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Adds the tensors and the node of a case to a graph; random values come from the case's seed.</summary>
public sealed class CaseBuilder(Random random)
{
    /// <summary>Zero points that have gone wrong before: the ends of the range, 0 and its neighbour, and anything.</summary>
    private static readonly int[] zeroPoints = [-128, -1, 0, 7, 127];

    public GraphBuilder Graph { get; } = new();

    public Random Random => random;

    public Quantization AnyQuantization(float scale) =>
        new(scale * (0.75f + 0.5f * random.NextSingle()), zeroPoints[random.Next(zeroPoints.Length)]);

    /// <summary>An int8 input of the network; scale 0.05 or so and some zero point unless given.</summary>
    public int Int8Input(Shape shape, Quantization? quantization = null) =>
        Input(DataType.Int8, shape, quantization ?? AnyQuantization(0.05f));

    public int Float32Input(Shape shape) => Input(DataType.Float32, shape, null);

    public int Input(DataType type, Shape shape, Quantization? quantization)
    {
        int tensor = Graph.AddActivation($"x{random.Next(1000)}", type, shape, quantization);
        Graph.AddInput(tensor);
        return tensor;
    }

    /// <summary>Symmetric int8 weights, one scale per slice along an axis, or one for all where it is -1; values in -128..127.</summary>
    public int Int8Weights(Shape shape, int axis, float scale)
    {
        int count = axis < 0 ? 1 : shape[axis];
        float[] scales = [.. Enumerable.Range(0, count).Select(_ => scale * (0.5f + random.NextSingle()))];
        byte[] weights = RandomBytes(random, DataType.Int8, shape);
        // Most quantizers leave out -128, and kernels may be faster without it, or without pairs of it: a third of the cases has many all the same, a third a few.
        int kind = random.Next(3);
        for (int i = 0; kind != 0 && i < weights.Length; i++)
        {
            bool keep = kind == 1 && i % 5 == 0 && i / shape[^1] % 9 == 0;
            if (weights[i] == unchecked((byte)sbyte.MinValue) && !keep)
                weights[i]++;
        }

        return Graph.AddConstant("weights", DataType.Int8, shape, weights, new Quantization(scales, new int[count], axis));
    }

    /// <summary>An int32 bias with values up to a magnitude.</summary>
    public int Int32Bias(int channels, int magnitude) =>
        Constant("bias", DataType.Int32, new Shape(channels), [.. Enumerable.Range(0, channels).Select(_ => random.Next(-magnitude, magnitude + 1))]);

    /// <summary>Random signs.</summary>
    public int Bits(Shape shape, Quantization? scales = null) =>
        Graph.AddConstant("bits", DataType.Bit, shape, RandomBytes(random, DataType.Bit, shape), scales);

    public int Float32Constant(Shape shape, float magnitude = 1) => Constant(
        "constant", DataType.Float32, shape, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (random.NextSingle() * 2 - 1) * magnitude)]);

    public int Constant<T>(string name, DataType type, Shape shape, T[] values, Quantization? quantization = null)
        where T : unmanaged => Graph.AddConstant(name, type, shape, MemoryMarshal.AsBytes<T>(values).ToArray(), quantization);

    /// <summary>Adds an output tensor of the network.</summary>
    public int Output(DataType type, Shape shape, Quantization? quantization = null)
    {
        int tensor = Graph.AddActivation("y", type, shape, quantization);
        Graph.AddOutput(tensor);
        return tensor;
    }

    public void Node(OperatorKind kind, int[] inputs, int[] outputs, OperatorOptions? options = null) =>
        Graph.AddNode(kind, "case", inputs, outputs, options);

    /// <summary>
    /// Bytes of a tensor: int8 over the full range with many -128 and 127; floats in -4..4 with zeros; packed bits with unused ones 0;
    /// int32 over the full range.
    /// </summary>
    public static byte[] RandomBytes(Random random, DataType type, Shape shape)
    {
        byte[] bytes = new byte[DataTypes.ByteSize(type, shape)];
        switch (type)
        {
            case DataType.Int8:
                random.NextBytes(bytes);
                for (int i = 0; i < bytes.Length; i++)
                {
                    if (random.Next(6) == 0)
                        bytes[i] = random.Next(2) == 0 ? (byte)0x80 : (byte)0x7F;
                }

                break;
            case DataType.Float32:
                foreach (ref float f in MemoryMarshal.Cast<byte, float>(bytes.AsSpan()))
                    f = random.Next(16) == 0 ? 0 : random.NextSingle() * 8 - 4;
                break;
            case DataType.Bit:
                random.NextBytes(bytes);
                ClearUnusedBits(MemoryMarshal.Cast<byte, uint>(bytes.AsSpan()), shape.Rank == 0 ? 1 : shape[^1]);
                break;
            default:
                random.NextBytes(bytes);
                break;
        }

        return bytes;
    }

    private static void ClearUnusedBits(Span<uint> words, int channels)
    {
        int perRow = DataTypes.WordsFor(channels);
        int rest = channels % DataTypes.BitsPerWord;
        if (rest == 0)
            return;
        for (int i = perRow - 1; i < words.Length; i += perRow)
            words[i] &= (1u << rest) - 1;
    }
}
