using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>Output transform of a tile: p_i holds the popcounts of pixel i, lane f for filter f.</summary>
internal unsafe interface INeonOutput
{
    static abstract IBlockConstants Constants { get; }

    static abstract void Store(
        BlockArguments* block, nint pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3);
}

/// <summary>Whether a kernel does something: never, always, or where the block has an address for it.</summary>
internal unsafe interface IPart
{
    static abstract bool IsIn(byte* address);
}

/// <summary>Never.</summary>
internal readonly unsafe struct Without : IPart
{
    public static bool IsIn(byte* address) => false;
}

/// <summary>Always.</summary>
internal readonly unsafe struct With : IPart
{
    public static bool IsIn(byte* address) => true;
}

/// <summary>Where there is an address.</summary>
internal readonly unsafe struct Perhaps : IPart
{
    public static bool IsIn(byte* address) => address != null;
}

/// <summary>Packed output: lane f becomes bit f of the pixel's byte.</summary>
internal readonly unsafe struct NeonBitOutput : INeonOutput
{
    public static IBlockConstants Constants => new BitConstants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, nint pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
    {
        byte* constants = block->Constants;
        Vector128<short> limits = AdvSimd.LoadVector128((short*)constants);
        nint stride = block->OutputStride;
        NeonSigns.Store(
            block->Output + pixel * stride,
            stride,
            AdvSimd.CompareGreaterThan(p0.AsInt16(), limits),
            AdvSimd.CompareGreaterThan(p1.AsInt16(), limits),
            AdvSimd.CompareGreaterThan(p2.AsInt16(), limits),
            AdvSimd.CompareGreaterThan(p3.AsInt16(), limits),
            AdvSimd.LoadVector128(constants + BitConstants.Directions));
    }
}

/// <summary>Masks of a tile to packed bits.</summary>
internal static unsafe class NeonSigns
{
    /// <summary>Lane f of mask i (all ones or 0) becomes bit f of the byte at y + i * stride, turned by <paramref name="directions"/> (16 bits a pixel). Bytes are stored from the vector: a general register would
    /// take four shifts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* y, nint stride, Vector128<short> m0, Vector128<short> m1, Vector128<short> m2, Vector128<short> m3, Vector128<byte> directions)
    {
        // Lane f of each pixel: 1 << f or 0. Three pairwise additions leave pixel i's byte in lane i.
        Vector128<short> bits = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128).AsInt16();
        m0 = AdvSimd.Arm64.AddPairwise(AdvSimd.And(m0, bits), AdvSimd.And(m1, bits));
        m2 = AdvSimd.Arm64.AddPairwise(AdvSimd.And(m2, bits), AdvSimd.And(m3, bits));
        m0 = AdvSimd.Arm64.AddPairwise(m0, m2);
        m0 = AdvSimd.Arm64.AddPairwise(m0, m0);
        Vector128<byte> bytes = AdvSimd.Xor(m0.AsByte(), directions);
        AdvSimd.StoreSelectedScalar(y, bytes, 0);
        AdvSimd.StoreSelectedScalar(y + stride, bytes, 2);
        y += 2 * stride;
        AdvSimd.StoreSelectedScalar(y, bytes, 4);
        AdvSimd.StoreSelectedScalar(y + stride, bytes, 6);
    }
}

/// <summary>Int8 output: y = saturate((offset + (popcount &lt;&lt; shift) * multiplier) / 2^16), rounded half up.</summary>
internal readonly unsafe struct NeonInt8Output : INeonOutput
{
    public static IBlockConstants Constants => new Int8Constants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, nint pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
    {
        byte* constants = block->Constants;
        Vector128<short> shift = AdvSimd.LoadVector128((short*)(constants + Int8Constants.Shift));
        nint stride = block->OutputStride;
        byte* y = block->Output + pixel * stride;
        Vector128<short> s0 = AdvSimd.ShiftLogical(p0.AsInt16(), shift);
        Vector128<short> s1 = AdvSimd.ShiftLogical(p1.AsInt16(), shift);
        Vector128<short> s2 = AdvSimd.ShiftLogical(p2.AsInt16(), shift);
        Vector128<short> s3 = AdvSimd.ShiftLogical(p3.AsInt16(), shift);
        Vector128<short> m = AdvSimd.LoadVector128((short*)constants);
        Vector64<short> lower = AdvSimd.LoadVector64((short*)constants);
        Vector128<int> h0 = AdvSimd.MultiplyWideningUpper(s0, m);
        Vector128<int> h1 = AdvSimd.MultiplyWideningUpper(s1, m);
        Vector128<int> h2 = AdvSimd.MultiplyWideningUpper(s2, m);
        Vector128<int> h3 = AdvSimd.MultiplyWideningUpper(s3, m);
        Vector128<int> l0 = AdvSimd.MultiplyWideningLower(s0.GetLower(), lower);
        Vector128<int> l1 = AdvSimd.MultiplyWideningLower(s1.GetLower(), lower);
        Vector128<int> l2 = AdvSimd.MultiplyWideningLower(s2.GetLower(), lower);
        Vector128<int> l3 = AdvSimd.MultiplyWideningLower(s3.GetLower(), lower);

        // Offset, rounding and narrowing in one; the sum fits an int32 (BinaryOutput), so its upper half needs no saturation.
        Vector128<int> low = AdvSimd.LoadVector128((int*)(constants + Int8Constants.Offsets));
        Vector128<int> high = AdvSimd.LoadVector128((int*)(constants + Int8Constants.Offsets + 16));
        Vector128<short> w0 = AdvSimd.AddRoundedHighNarrowingUpper(AdvSimd.AddRoundedHighNarrowingLower(l0, low), h0, high);
        Vector128<short> w1 = AdvSimd.AddRoundedHighNarrowingUpper(AdvSimd.AddRoundedHighNarrowingLower(l1, low), h1, high);
        Vector128<short> w2 = AdvSimd.AddRoundedHighNarrowingUpper(AdvSimd.AddRoundedHighNarrowingLower(l2, low), h2, high);
        Vector128<short> w3 = AdvSimd.AddRoundedHighNarrowingUpper(AdvSimd.AddRoundedHighNarrowingLower(l3, low), h3, high);
        NeonInt8Scaling.Limit(constants, w0, w1, w2, w3, out Vector128<sbyte> q01, out Vector128<sbyte> q23);
        NeonInt8Scaling.Store(y, stride, q01, q23);
    }
}

/// <summary>The steps of int8 outputs, each for all pixels of a tile, so that an in-order core finds independent operations.</summary>
internal static unsafe class NeonInt8Scaling
{
    /// <summary>offset + s * multiplier; l for filters 0 to 3, h for 4 to 7. The upper half first: the lower one then is the last use of its register and needs no copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(
        byte* constants, Vector128<short> s0, Vector128<short> s1, Vector128<short> s2, Vector128<short> s3,
        out Vector128<int> l0, out Vector128<int> h0, out Vector128<int> l1, out Vector128<int> h1,
        out Vector128<int> l2, out Vector128<int> h2, out Vector128<int> l3, out Vector128<int> h3)
    {
        Vector128<short> m = AdvSimd.LoadVector128((short*)constants);
        Vector64<short> lower = AdvSimd.LoadVector64((short*)constants);
        var offsets = (int*)(constants + Int8Constants.Offsets);
        h0 = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.LoadVector128(offsets + 4), s0, m);
        h1 = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.LoadVector128(offsets + 12), s1, m);
        h2 = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.LoadVector128(offsets + 20), s2, m);
        h3 = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.LoadVector128(offsets + 28), s3, m);
        l0 = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.LoadVector128(offsets), s0.GetLower(), lower);
        l1 = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.LoadVector128(offsets + 8), s1.GetLower(), lower);
        l2 = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.LoadVector128(offsets + 16), s2.GetLower(), lower);
        l3 = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.LoadVector128(offsets + 24), s3.GetLower(), lower);
    }

    /// <summary>Rounds, saturates and limits: pixels 0 and 1 in one vector, 2 and 3 in the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(
        byte* constants, Vector128<int> l0, Vector128<int> h0, Vector128<int> l1, Vector128<int> h1,
        Vector128<int> l2, Vector128<int> h2, Vector128<int> l3, Vector128<int> h3, out Vector128<sbyte> q01, out Vector128<sbyte> q23)
    {
        Vector64<short> n0 = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(l0, 16);
        Vector64<short> n1 = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(l1, 16);
        Vector64<short> n2 = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(l2, 16);
        Vector64<short> n3 = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(l3, 16);
        Vector128<short> w0 = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(n0, h0, 16);
        Vector128<short> w1 = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(n1, h1, 16);
        Vector128<short> w2 = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(n2, h2, 16);
        Vector128<short> w3 = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(n3, h3, 16);
        Limit(constants, w0, w1, w2, w3, out q01, out q23);
    }

    /// <summary>Saturates and limits: pixels 0 and 1 in one vector, 2 and 3 in the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Limit(
        byte* constants, Vector128<short> w0, Vector128<short> w1, Vector128<short> w2, Vector128<short> w3, out Vector128<sbyte> q01, out Vector128<sbyte> q23)
    {
        Vector64<sbyte> b0 = AdvSimd.ExtractNarrowingSaturateLower(w0);
        Vector64<sbyte> b2 = AdvSimd.ExtractNarrowingSaturateLower(w2);
        q01 = AdvSimd.ExtractNarrowingSaturateUpper(b0, w1);
        q23 = AdvSimd.ExtractNarrowingSaturateUpper(b2, w3);
        Vector128<sbyte> least = AdvSimd.LoadVector128((sbyte*)(constants + Int8Constants.Low));
        Vector128<sbyte> most = AdvSimd.LoadVector128((sbyte*)(constants + Int8Constants.High));
        q01 = AdvSimd.Max(q01, least);
        q23 = AdvSimd.Max(q23, least);
        q01 = AdvSimd.Min(q01, most);
        q23 = AdvSimd.Min(q23, most);
    }

    /// <summary>Stores eight bytes for each of four pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* y, nint stride, Vector128<sbyte> q01, Vector128<sbyte> q23)
    {
        AdvSimd.StoreSelectedScalar((ulong*)y, q01.AsUInt64(), 0);
        AdvSimd.StoreSelectedScalar((ulong*)(y + stride), q01.AsUInt64(), 1);
        y += 2 * stride;
        AdvSimd.StoreSelectedScalar((ulong*)y, q23.AsUInt64(), 0);
        AdvSimd.StoreSelectedScalar((ulong*)(y + stride), q23.AsUInt64(), 1);
    }
}
