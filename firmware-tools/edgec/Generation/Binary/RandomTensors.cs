using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Binary;

/// <summary>Adds constants with random values to a graph.</summary>
internal sealed class RandomTensors(GraphBuilder builder, RandomValues random)
{
    /// <summary>Root mean square of int8 weights that are uniform in -127..127.</summary>
    private const float WeightDeviation = 73.3f;

    public GraphBuilder Builder => builder;

    /// <summary>Signs, unused bits 0; with scales where they are weights of real activations.</summary>
    public int Bits(string name, Shape shape, Quantization? scales = null)
    {
        uint[] words = new uint[DataTypes.ByteSize(DataType.Bit, shape) / 4];
        int perRow = DataTypes.WordsFor(shape[^1]);
        for (int i = 0; i < words.Length; i++)
        {
            int used = Math.Min(shape[^1] - (i % perRow * DataTypes.BitsPerWord), DataTypes.BitsPerWord);
            words[i] = (uint)(random.NextBits() >> (64 - used));
        }

        return builder.AddConstant(name, DataType.Bit, shape, MemoryMarshal.AsBytes<uint>(words).ToArray(), scales);
    }

    /// <summary>Values around a centre, within a tenth of it.</summary>
    public int Around(string name, int count, float centre) => Floats(name, [.. random.Uniform(count, 0.1f).Select(v => centre * (1 + v))]);

    /// <summary>Values up to a limit in magnitude.</summary>
    public int Within(string name, int count, float limit) => Floats(name, random.Uniform(count, limit));

    /// <summary>Integers up to a limit in magnitude.</summary>
    public int Integers(string name, int count, int limit)
    {
        int[] values = [.. random.Uniform(count, limit).Select(v => (int)v)];
        return builder.AddConstant(name, DataType.Int32, new Shape(count), MemoryMarshal.AsBytes<int>(values).ToArray());
    }

    /// <summary>int8 weights of variance 1 / terms, so that sums of products have the scale of the inputs; and their scale.</summary>
    public (int Tensor, float Scale) Weights(string name, Shape shape, int channelAxis, int terms)
    {
        sbyte[] values = [.. random.Uniform((int)shape.ElementCount, 127.5f).Select(v => (sbyte)Math.Clamp(MathF.Round(v), -127, 127))];
        float scale = 1 / (WeightDeviation * MathF.Sqrt(terms));
        float[] scales = [.. Enumerable.Repeat(scale, shape[channelAxis])];
        return (builder.AddConstant(name, DataType.Int8, shape, MemoryMarshal.AsBytes<sbyte>(values).ToArray(), new Quantization(scales, new int[scales.Length], channelAxis)), scale);
    }

    private int Floats(string name, float[] values) =>
        builder.AddConstant(name, DataType.Float32, new Shape(values.Length), MemoryMarshal.AsBytes<float>(values).ToArray());
}
