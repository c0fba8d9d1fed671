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
            *(ulong*)(constants + BitConstants.Directions));
    }
}

/// <summary>Masks of a tile to packed bits.</summary>
internal static unsafe class NeonSigns
{
    /// <summary>Lane f of mask i (all ones or 0) becomes bit f of the byte at y + i * stride, turned by <paramref name="directions"/> (16 bits a pixel).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* y, nint stride, Vector128<short> m0, Vector128<short> m1, Vector128<short> m2, Vector128<short> m3, ulong directions)
    {
        // Lane f of each pixel: 1 << f or 0. Three pairwise additions leave pixel i's byte in lane i.
        Vector128<short> bits = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128).AsInt16();
        m0 = AdvSimd.Arm64.AddPairwise(AdvSimd.And(m0, bits), AdvSimd.And(m1, bits));
        m2 = AdvSimd.Arm64.AddPairwise(AdvSimd.And(m2, bits), AdvSimd.And(m3, bits));
        m0 = AdvSimd.Arm64.AddPairwise(m0, m2);
        m0 = AdvSimd.Arm64.AddPairwise(m0, m0);
        ulong bytes = m0.AsUInt64().ToScalar() ^ directions;
        *y = (byte)bytes;
        *(y + stride) = (byte)(bytes >> 16);
        y += 2 * stride;
        *y = (byte)(bytes >> 32);
        *(y + stride) = (byte)(bytes >> 48);
    }
}

/// <summary>
/// Float output: y = offset + popcount * multiplier, rounded once. The popcount becomes a float without a conversion: 0x4B000000 | p is 2^23 + p in float32.
/// </summary>
internal readonly unsafe struct NeonFloatOutput : INeonOutput
{
    public static IBlockConstants Constants => new FloatConstants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, nint pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
    {
        var constants = (float*)block->Constants;
        Vector128<float> low = AdvSimd.LoadVector128(constants);
        Vector128<float> high = AdvSimd.LoadVector128(constants + 4);
        float* offsets = constants + FloatConstants.Offsets / 4;
        nint stride = block->OutputStride;
        byte* y = block->Output + pixel * stride;
        StorePixel((float*)y, offsets, p0, low, high);
        y += stride;
        StorePixel((float*)y, offsets + 8, p1, low, high);
        y += stride;
        StorePixel((float*)y, offsets + 16, p2, low, high);
        y += stride;
        StorePixel((float*)y, offsets + 24, p3, low, high);
    }

    /// <summary>Scaled popcounts of four filters, zipped with the exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<ushort> zipped, Vector128<float> multiplier, float* offsets) =>
        AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets), AdvSimd.Subtract(zipped.AsSingle(), Vector128.Create(8388608f)), multiplier);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePixel(float* y, float* offsets, Vector128<ushort> p, Vector128<float> low, Vector128<float> high)
    {
        Vector128<ushort> exponent = Vector128.Create((ushort)0x4B00);
        Vector128<float> l = Scale(AdvSimd.Arm64.ZipLow(p, exponent), low, offsets);
        Vector128<float> h = Scale(AdvSimd.Arm64.ZipHigh(p, exponent), high, offsets + 4);
        AdvSimd.Arm64.StorePair(y, l, h);
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
        Vector128<short> m = AdvSimd.LoadVector128((short*)constants);
        Vector128<short> shift = AdvSimd.LoadVector128((short*)(constants + Int8Constants.Shift));
        Vector128<sbyte> least = AdvSimd.LoadVector128((sbyte*)(constants + Int8Constants.Low));
        Vector128<sbyte> most = AdvSimd.LoadVector128((sbyte*)(constants + Int8Constants.High));
        var offsets = (int*)(constants + Int8Constants.Offsets);
        nint stride = block->OutputStride;
        byte* y = block->Output + pixel * stride;

        Vector128<sbyte> q = AdvSimd.ExtractNarrowingSaturateUpper(
            AdvSimd.ExtractNarrowingSaturateLower(Scale(p0, m, shift, offsets)), Scale(p1, m, shift, offsets + 8));
        q = AdvSimd.Min(AdvSimd.Max(q, least), most);
        AdvSimd.StoreSelectedScalar((ulong*)y, q.AsUInt64(), 0);
        AdvSimd.StoreSelectedScalar((ulong*)(y + stride), q.AsUInt64(), 1);
        y += 2 * stride;
        q = AdvSimd.ExtractNarrowingSaturateUpper(
            AdvSimd.ExtractNarrowingSaturateLower(Scale(p2, m, shift, offsets + 16)), Scale(p3, m, shift, offsets + 24));
        q = AdvSimd.Min(AdvSimd.Max(q, least), most);
        AdvSimd.StoreSelectedScalar((ulong*)y, q.AsUInt64(), 0);
        AdvSimd.StoreSelectedScalar((ulong*)(y + stride), q.AsUInt64(), 1);
    }

    // The upper half first: the lower one then is the last use of its register and needs no copy.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Scale(Vector128<ushort> p, Vector128<short> m, Vector128<short> shift, int* offsets)
    {
        Vector128<short> s = AdvSimd.ShiftLogical(p.AsInt16(), shift);
        Vector128<int> h = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.LoadVector128(offsets + 4), s, m);
        Vector128<int> l = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.LoadVector128(offsets), s.GetLower(), m.GetLower());
        return AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(l, 16), h, 16);
    }
}
