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

    /// <summary>The little-endian bytes of values.</summary>
    public static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();
}
