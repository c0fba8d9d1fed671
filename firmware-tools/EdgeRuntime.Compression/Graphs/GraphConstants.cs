using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>Constants of a graph as typed arrays, and back.</summary>
internal static class GraphConstants
{
    /// <summary>The values of a float32 constant.</summary>
    /// <exception cref="CompressionException">The tensor is no float32 constant, or holds a value that is not finite.</exception>
    public static float[] Floats(TensorInfo tensor)
    {
        if (tensor.Data is not { } data || tensor.Type != DataType.Float32)
            throw new CompressionException($"tensor '{tensor.Name}' is {(tensor.IsConstant ? tensor.Type : "an activation")}; a Float32 constant is needed");
        float[] values = MemoryMarshal.Cast<byte, float>(data.Span).ToArray();
        foreach (float v in values)
        {
            if (!float.IsFinite(v))
                throw new CompressionException($"constant '{tensor.Name}' holds {v}; weights must be finite");
        }

        return values;
    }

    /// <summary>The real values that a quantized int8 or int32 constant stands for, as a float32 constant.</summary>
    public static TensorInfo Dequantized(TensorInfo constant)
    {
        Quantization q = constant.Quantization ?? throw new CompressionException($"constant '{constant.Name}' is {constant.Type} without quantization");
        ReadOnlySpan<byte> data = constant.Data!.Value.Span;
        float[] real = new float[constant.Shape.ElementCount];
        int inner = q.IsPerChannel ? constant.Shape.Dimensions[(q.Axis + 1)..].ToArray().Aggregate(1, (p, d) => p * d) : real.Length;
        for (int i = 0; i < real.Length; i++)
        {
            int slice = i / inner % q.Scales.Length;
            int value = constant.Type == DataType.Int8 ? (sbyte)data[i] : MemoryMarshal.Cast<byte, int>(data)[i];
            real[i] = q.Scales[slice] * (value - q.ZeroPoints[slice]);
        }

        return new TensorInfo(constant.Name, DataType.Float32, constant.Shape, null, Bytes<float>(real));
    }

    /// <summary>The little-endian bytes of values.</summary>
    public static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();
}
