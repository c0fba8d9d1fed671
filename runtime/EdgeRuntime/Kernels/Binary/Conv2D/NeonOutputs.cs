using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>Output transform of a tile: p_i holds the popcounts of pixel i, lane f for filter f.</summary>
internal unsafe interface INeonOutput
{
    static abstract IBlockConstants Constants { get; }

    static abstract void Store(
        BlockArguments* block, int pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3);
}

/// <summary>Packed output: lane f becomes bit f of the pixel's byte.</summary>
internal readonly unsafe struct NeonBitOutput : INeonOutput
{
    public static IBlockConstants Constants => new BitConstants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, int pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
    {
        byte* constants = block->Constants;
        Vector128<short> limits = AdvSimd.LoadVector128((short*)constants);
        Vector128<short> bits = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128).AsInt16();

        // Lane f of each pixel: 1 << f or 0. Three pairwise additions leave pixel i's byte in lane i.
        Vector128<short> m0 = AdvSimd.And(AdvSimd.CompareGreaterThan(p0.AsInt16(), limits), bits);
        Vector128<short> m1 = AdvSimd.And(AdvSimd.CompareGreaterThan(p1.AsInt16(), limits), bits);
        Vector128<short> m2 = AdvSimd.And(AdvSimd.CompareGreaterThan(p2.AsInt16(), limits), bits);
        Vector128<short> m3 = AdvSimd.And(AdvSimd.CompareGreaterThan(p3.AsInt16(), limits), bits);
        m0 = AdvSimd.Arm64.AddPairwise(m0, m1);
        m2 = AdvSimd.Arm64.AddPairwise(m2, m3);
        m0 = AdvSimd.Arm64.AddPairwise(m0, m2);
        m0 = AdvSimd.Arm64.AddPairwise(m0, m0);
        ulong bytes = m0.AsUInt64().ToScalar();
        uint directions = constants[16];
        nint stride = block->OutputStride;
        byte* y = block->Output + pixel * stride;
        *y = (byte)((uint)bytes ^ directions);
        *(y + stride) = (byte)((uint)(bytes >> 16) ^ directions);
        y += 2 * stride;
        *y = (byte)((uint)(bytes >> 32) ^ directions);
        *(y + stride) = (byte)((uint)(bytes >> 48) ^ directions);
    }
}

/// <summary>Float output: y = offset + popcount * multiplier, rounded once.</summary>
internal readonly unsafe struct NeonFloatOutput : INeonOutput
{
    public static IBlockConstants Constants => new FloatConstants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, int pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePixel(float* y, float* offsets, Vector128<ushort> p, Vector128<float> low, Vector128<float> high)
    {
        Vector128<float> l = AdvSimd.ConvertToSingle(AdvSimd.ZeroExtendWideningLower(p.GetLower()));
        Vector128<float> h = AdvSimd.ConvertToSingle(AdvSimd.ZeroExtendWideningUpper(p));
        l = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets), l, low);
        h = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets + 4), h, high);
        AdvSimd.Arm64.StorePair(y, l, h);
    }
}

/// <summary>Int8 output: y = saturate((offset + (popcount &lt;&lt; shift) * multiplier) / 2^16), rounded half up.</summary>
internal readonly unsafe struct NeonInt8Output : INeonOutput
{
    public static IBlockConstants Constants => new Int8Constants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, int pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Scale(Vector128<ushort> p, Vector128<short> m, Vector128<short> shift, int* offsets)
    {
        Vector128<short> s = AdvSimd.ShiftLogical(p.AsInt16(), shift);
        Vector128<int> l = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.LoadVector128(offsets), s.GetLower(), m.GetLower());
        Vector128<int> h = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.LoadVector128(offsets + 4), s, m);
        return AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(l, 16), h, 16);
    }
}
