using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>How 16 int8 become float32: in two ways, since cores differ in which of their pipes permute and convert.</summary>
internal unsafe interface ISumFloats
{
    /// <summary>Whether values come with an origin added (<see cref="FusedSumScaling.Origin"/>).</summary>
    static abstract bool HasOrigin { get; }

    /// <summary>Twice 16 values as floats, the origin added. Both together, so that an in-order core need not wait for results.</summary>
    /// <param name="a">Values of the first input.</param>
    /// <param name="b">Values of the second input.</param>
    /// <param name="origins">Eight vectors of origins, less 128: the byte of the value is 0 in their bits.</param>
    /// <param name="a0">Values 0..3 of the first input; the others follow.</param>
    /// <param name="a1">Values 4..7.</param>
    /// <param name="a2">Values 8..11.</param>
    /// <param name="a3">Values 12..15.</param>
    /// <param name="b0">Values 0..3 of the second input; the others follow.</param>
    /// <param name="b1">Values 4..7.</param>
    /// <param name="b2">Values 8..11.</param>
    /// <param name="b3">Values 12..15.</param>
    static abstract void Convert(
        Vector128<sbyte> a,
        Vector128<sbyte> b,
        float* origins,
        out Vector128<float> a0,
        out Vector128<float> a1,
        out Vector128<float> a2,
        out Vector128<float> a3,
        out Vector128<float> b0,
        out Vector128<float> b1,
        out Vector128<float> b2,
        out Vector128<float> b3);
}

/// <summary>
/// A permutation puts each value, moved by 128, into the second byte of a float between 2^15 and 2^16, whose last bit is worth 2^-8: a quarter of an instruction for a value.
/// For Cortex-A76, where permutations run in both pipes.
/// </summary>
internal readonly unsafe struct PermutedFloats : ISumFloats
{
    public static bool HasOrigin => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(
        Vector128<sbyte> a,
        Vector128<sbyte> b,
        float* origins,
        out Vector128<float> a0,
        out Vector128<float> a1,
        out Vector128<float> a2,
        out Vector128<float> a3,
        out Vector128<float> b0,
        out Vector128<float> b1,
        out Vector128<float> b2,
        out Vector128<float> b3)
    {
        a ^= Vector128.Create(sbyte.MinValue);
        b ^= Vector128.Create(sbyte.MinValue);
        Vector128<byte> places0 = Vector128.Create((byte)16, 0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3, 16, 16);
        Vector128<byte> places1 = Vector128.Create((byte)16, 4, 16, 16, 16, 5, 16, 16, 16, 6, 16, 16, 16, 7, 16, 16);
        Vector128<byte> places2 = Vector128.Create((byte)16, 8, 16, 16, 16, 9, 16, 16, 16, 10, 16, 16, 16, 11, 16, 16);
        Vector128<byte> places3 = Vector128.Create((byte)16, 12, 16, 16, 16, 13, 16, 16, 16, 14, 16, 16, 16, 15, 16, 16);
        b0 = Place(b, origins, places0);
        b1 = Place(b, origins + 4, places1);
        b2 = Place(b, origins + 8, places2);
        b3 = Place(b, origins + 12, places3);
        a0 = Place(a, origins + 16, places0);
        a1 = Place(a, origins + 20, places1);
        a2 = Place(a, origins + 24, places2);
        a3 = Place(a, origins + 28, places3);
    }

    /// <summary>Bytes whose place is 16, beyond the table, remain those of the origin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Place(Vector128<sbyte> x, float* origin, Vector128<byte> places) =>
        AdvSimd.Arm64.VectorTableLookupExtension(AdvSimd.LoadVector128((byte*)origin), x.AsByte(), places).AsSingle();
}

/// <summary>Values are widened twice and converted, without an origin.</summary>
internal readonly unsafe struct ConvertedFloats : ISumFloats
{
    public static bool HasOrigin => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(
        Vector128<sbyte> a,
        Vector128<sbyte> b,
        float* origins,
        out Vector128<float> a0,
        out Vector128<float> a1,
        out Vector128<float> a2,
        out Vector128<float> a3,
        out Vector128<float> b0,
        out Vector128<float> b1,
        out Vector128<float> b2,
        out Vector128<float> b3)
    {
        Vector128<short> highB = AdvSimd.SignExtendWideningUpper(b);
        Vector128<short> highA = AdvSimd.SignExtendWideningUpper(a);
        Vector128<short> lowB = AdvSimd.SignExtendWideningLower(b.GetLower());
        Vector128<short> lowA = AdvSimd.SignExtendWideningLower(a.GetLower());
        Vector128<int> wideB3 = AdvSimd.SignExtendWideningUpper(highB);
        Vector128<int> wideA3 = AdvSimd.SignExtendWideningUpper(highA);
        Vector128<int> wideB1 = AdvSimd.SignExtendWideningUpper(lowB);
        Vector128<int> wideA1 = AdvSimd.SignExtendWideningUpper(lowA);
        Vector128<int> wideB2 = AdvSimd.SignExtendWideningLower(highB.GetLower());
        Vector128<int> wideA2 = AdvSimd.SignExtendWideningLower(highA.GetLower());
        Vector128<int> wideB0 = AdvSimd.SignExtendWideningLower(lowB.GetLower());
        Vector128<int> wideA0 = AdvSimd.SignExtendWideningLower(lowA.GetLower());
        b3 = AdvSimd.ConvertToSingle(wideB3);
        a3 = AdvSimd.ConvertToSingle(wideA3);
        b1 = AdvSimd.ConvertToSingle(wideB1);
        a1 = AdvSimd.ConvertToSingle(wideA1);
        b2 = AdvSimd.ConvertToSingle(wideB2);
        a2 = AdvSimd.ConvertToSingle(wideA2);
        b0 = AdvSimd.ConvertToSingle(wideB0);
        a0 = AdvSimd.ConvertToSingle(wideA0);
    }
}
