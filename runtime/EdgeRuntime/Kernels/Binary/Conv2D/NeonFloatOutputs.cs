using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>How popcounts become floats, exactly; which way is cheaper depends on the core.</summary>
internal interface IPopcountToFloat
{
    /// <summary>Eight popcounts: l for filters 0 to 3, h for 4 to 7.</summary>
    static abstract void Convert(Vector128<ushort> p, out Vector128<float> l, out Vector128<float> h);
}

/// <summary>Widened and converted: for Cortex-A72, where float additions of four lanes take both pipes.</summary>
internal readonly struct ByConversion : IPopcountToFloat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(Vector128<ushort> p, out Vector128<float> l, out Vector128<float> h)
    {
        h = AdvSimd.ConvertToSingle(AdvSimd.ZeroExtendWideningUpper(p));
        l = AdvSimd.ConvertToSingle(AdvSimd.ZeroExtendWideningLower(p.GetLower()));
    }
}

/// <summary>0x4B000000 | p is 2^23 + p in float32: for Cortex-A76, where a conversion takes four times as long as an addition.</summary>
internal readonly struct ByExponent : IPopcountToFloat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(Vector128<ushort> p, out Vector128<float> l, out Vector128<float> h)
    {
        Vector128<ushort> exponent = Vector128.Create((ushort)0x4B00);
        Vector128<float> bias = Vector128.Create(8388608f);
        l = AdvSimd.Subtract(AdvSimd.Arm64.ZipLow(p, exponent).AsSingle(), bias);
        h = AdvSimd.Subtract(AdvSimd.Arm64.ZipHigh(p, exponent).AsSingle(), bias);
    }
}

/// <summary>Float output: y = offset + popcount * multiplier, rounded once.</summary>
internal readonly unsafe struct NeonFloatOutput<TConversion> : INeonOutput
    where TConversion : struct, IPopcountToFloat
{
    public static IBlockConstants Constants => new FloatConstants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, nint pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
    {
        nint stride = block->OutputStride;
        byte* y = block->Output + pixel * stride;
        Scale(block->Constants, p0, p1, p2, p3, out var l0, out var h0, out var l1, out var h1, out var l2, out var h2, out var l3, out var h3);
        AdvSimd.Arm64.StorePair((float*)y, l0, h0);
        AdvSimd.Arm64.StorePair((float*)(y + stride), l1, h1);
        y += 2 * stride;
        AdvSimd.Arm64.StorePair((float*)y, l2, h2);
        AdvSimd.Arm64.StorePair((float*)(y + stride), l3, h3);
    }

    /// <summary>All pixels of a tile step by step, so that an in-order core finds independent operations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(
        byte* constants, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3,
        out Vector128<float> l0, out Vector128<float> h0, out Vector128<float> l1, out Vector128<float> h1,
        out Vector128<float> l2, out Vector128<float> h2, out Vector128<float> l3, out Vector128<float> h3)
    {
        var low = AdvSimd.LoadVector128((float*)constants);
        var high = AdvSimd.LoadVector128((float*)constants + 4);
        float* offsets = (float*)(constants + FloatConstants.Offsets);
        TConversion.Convert(p0, out Vector128<float> lower0, out Vector128<float> upper0);
        TConversion.Convert(p1, out Vector128<float> lower1, out Vector128<float> upper1);
        TConversion.Convert(p2, out Vector128<float> lower2, out Vector128<float> upper2);
        TConversion.Convert(p3, out Vector128<float> lower3, out Vector128<float> upper3);

        // Not in the order of addresses: the compiler would make pairs of these loads, and copies of what they load.
        l0 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets), lower0, low);
        l1 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets + 8), lower1, low);
        l2 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets + 16), lower2, low);
        l3 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets + 24), lower3, low);
        h0 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets + 4), upper0, high);
        h1 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets + 12), upper1, high);
        h2 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets + 20), upper2, high);
        h3 = AdvSimd.FusedMultiplyAdd(AdvSimd.LoadVector128(offsets + 28), upper3, high);
    }
}
