using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods.Fused;

/// <summary>Rows of bfloat16 (the upper half of a float32) and the memory of tensors as spans.</summary>
internal static class BFloat16Row
{
    /// <summary>1 as bfloat16.</summary>
    public const ushort One = 0x3f80;

    /// <summary>-1 as bfloat16.</summary>
    public const ushort MinusOne = 0xbf80;

    /// <summary>Elements of a float32 tensor, which must be contiguous.</summary>
    public static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>Elements of a bfloat16 tensor, which must be contiguous.</summary>
    public static Span<ushort> Halves(Tensor tensor) => MemoryMarshal.Cast<byte, ushort>(tensor.bytes);

    /// <summary>Exact conversion.</summary>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> target)
    {
        int lanes = Vector<ushort>.Count, i = 0;
        for (; i + lanes <= source.Length; i += lanes)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            Vector.AsVectorSingle(low << 16).CopyTo(target[i..]);
            Vector.AsVectorSingle(high << 16).CopyTo(target[(i + lanes / 2)..]);
        }

        for (; i < source.Length; i++)
            target[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    /// <summary>Rounds to the nearest, ties to even; finite numbers only.</summary>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> target)
    {
        int lanes = Vector<ushort>.Count, i = 0;
        for (; i + lanes <= source.Length; i += lanes)
        {
            Vector<uint> low = Rounded(Vector.AsVectorUInt32(new Vector<float>(source[i..])));
            Vector<uint> high = Rounded(Vector.AsVectorUInt32(new Vector<float>(source[(i + lanes / 2)..])));
            Vector.Narrow(low, high).CopyTo(target[i..]);
        }

        for (; i < source.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(source[i]);
            target[i] = (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
        }
    }

    /// <summary>Signs of source + offset: 1 where it is at least 0, else -1.</summary>
    public static void Signs(ReadOnlySpan<float> source, float offset, Span<ushort> target)
    {
        int lanes = Vector<ushort>.Count, i = 0;
        var added = new Vector<float>(offset);
        for (; i + lanes <= source.Length; i += lanes)
        {
            Vector<uint> low = SignBits(new Vector<float>(source[i..]) + added), high = SignBits(new Vector<float>(source[(i + lanes / 2)..]) + added);
            Vector.Narrow(low, high).CopyTo(target[i..]);
        }

        for (; i < source.Length; i++)
            target[i] = source[i] + offset >= 0 ? One : MinusOne;
    }

    private static Vector<uint> SignBits(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.AsVectorUInt32(Vector.GreaterThanOrEqual(x, Vector<float>.Zero)), new Vector<uint>(One), new Vector<uint>(MinusOne));

    private static Vector<uint> Rounded(Vector<uint> bits) => (bits + new Vector<uint>(0x7fff) + ((bits >>> 16) & Vector<uint>.One)) >>> 16;
}
