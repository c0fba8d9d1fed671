using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// How x64 multiplies int8: activations and weights come in groups of 32 bits, each the consecutive depths that one instruction sums. Drivers are generic over
/// it, so that each is compiled on its own.
/// </summary>
internal unsafe interface IX64Products
{
    /// <summary>Depths of a group.</summary>
    static abstract int Depth { get; }

    /// <summary>Bytes of an element: 4 / <see cref="Depth"/>.</summary>
    static abstract int ElementBytes { get; }

    /// <summary>What <see cref="Convert"/> adds to every activation; the bias makes up for it.</summary>
    static abstract int InputOffset { get; }

    /// <summary>Brings activations into the form that <see cref="Add"/> takes, in steps of 32 bytes: up to 31 bytes too many are read and written.</summary>
    /// <param name="source">int8 activations.</param>
    /// <param name="destination">May be the source where elements are bytes.</param>
    /// <param name="count">Elements.</param>
    static abstract void Convert(byte* source, byte* destination, int count);

    /// <summary>Writes element <paramref name="index"/> of a group of weights.</summary>
    static abstract void WriteWeight(byte* group, int index, sbyte weight);

    /// <summary>Adds to each of 8 sums the products of its group of activations and weights, exactly.</summary>
    static abstract Vector256<int> Add(Vector256<int> sum, Vector256<int> inputs, Vector256<int> weights);
}

/// <summary>AVX-VNNI: vpdpbusd sums four products of an unsigned and a signed byte; activations are shifted by 128 to be unsigned.</summary>
internal readonly unsafe struct VnniProducts : IX64Products
{
    public static int Depth => 4;

    public static int ElementBytes => 1;

    public static int InputOffset => 128;

    public static void Convert(byte* source, byte* destination, int count)
    {
        Vector256<byte> sign = Vector256.Create((byte)0x80);
        for (int i = 0; i < count; i += 32)
            Vector256.Store(Vector256.Load(source + i) ^ sign, destination + i);
    }

    public static void WriteWeight(byte* group, int index, sbyte weight) => group[index] = (byte)weight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<int> inputs, Vector256<int> weights) =>
        AvxVnni.MultiplyWideningAndAdd(sum, inputs.AsByte(), weights.AsSByte());
}

/// <summary>AVX2: vpmaddwd sums two products of 16-bit numbers. The byte form, vpmaddubsw, saturates at 16 bits and is of no use for exact sums.</summary>
internal readonly unsafe struct Avx2Products : IX64Products
{
    public static int Depth => 2;

    public static int ElementBytes => 2;

    public static int InputOffset => 0;

    public static void Convert(byte* source, byte* destination, int count)
    {
        for (int i = 0; i < count; i += 16)
            Vector256.Store(Avx2.ConvertToVector256Int16((sbyte*)source + i), (short*)destination + i);
    }

    public static void WriteWeight(byte* group, int index, sbyte weight) => ((short*)group)[index] = weight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<int> inputs, Vector256<int> weights) =>
        sum + Avx2.MultiplyAddAdjacent(inputs.AsInt16(), weights.AsInt16());
}
