using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Int8 output of residual networks: clamped popcounts, scaled as in <see cref="NeonInt8Output"/>, plus the residual brought to the same unit of 2^-16 steps, and the
/// signs of the result as a packed second output.
/// </summary>
internal readonly unsafe struct NeonInt8ResidualOutput<TResidual, TSigns> : INeonOutput
    where TResidual : struct, IPart
    where TSigns : struct, IPart
{
    public static IBlockConstants Constants => new Int8Constants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, nint pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
    {
        byte* constants = block->Constants;
        var offsets = (int*)(constants + Int8Constants.Offsets);
        Vector128<ushort> limit = AdvSimd.LoadVector128((ushort*)(constants + Int8Constants.Limit));
        Vector128<short> shift = AdvSimd.LoadVector128((short*)(constants + Int8Constants.Shift));
        nint stride = block->OutputStride;
        nint at = pixel * stride;
        byte* y = block->Output + at;
        byte* r = block->Residual + at;
        Vector128<short> s0 = AdvSimd.ShiftLogical(AdvSimd.Min(p0, limit).AsInt16(), shift);
        Vector128<short> s1 = AdvSimd.ShiftLogical(AdvSimd.Min(p1, limit).AsInt16(), shift);
        Vector128<short> s2 = AdvSimd.ShiftLogical(AdvSimd.Min(p2, limit).AsInt16(), shift);
        Vector128<short> s3 = AdvSimd.ShiftLogical(AdvSimd.Min(p3, limit).AsInt16(), shift);
        bool adds = TResidual.IsIn(block->Residual);
        Vector128<sbyte> q01 = AdvSimd.ExtractNarrowingSaturateUpper(
            AdvSimd.ExtractNarrowingSaturateLower(Scale(s0, constants, offsets, adds, r)), Scale(s1, constants, offsets + 8, adds, r + stride));
        Vector128<sbyte> q23 = AdvSimd.ExtractNarrowingSaturateUpper(
            AdvSimd.ExtractNarrowingSaturateLower(Scale(s2, constants, offsets + 16, adds, r + 2 * stride)), Scale(s3, constants, offsets + 24, adds, r + 3 * stride));
        Vector128<sbyte> least = AdvSimd.LoadVector128((sbyte*)(constants + Int8Constants.Low));
        Vector128<sbyte> most = AdvSimd.LoadVector128((sbyte*)(constants + Int8Constants.High));
        q01 = AdvSimd.Min(AdvSimd.Max(q01, least), most);
        q23 = AdvSimd.Min(AdvSimd.Max(q23, least), most);
        AdvSimd.StoreSelectedScalar((ulong*)y, q01.AsUInt64(), 0);
        AdvSimd.StoreSelectedScalar((ulong*)(y + stride), q01.AsUInt64(), 1);
        y += 2 * stride;
        AdvSimd.StoreSelectedScalar((ulong*)y, q23.AsUInt64(), 0);
        AdvSimd.StoreSelectedScalar((ulong*)(y + stride), q23.AsUInt64(), 1);
        if (!TSigns.IsIn(block->Signs))
            return;

        // Eight bytes a pixel, each 1 << f or 0; three pairwise additions leave pixel i's byte in lane i.
        Vector128<sbyte> limits = AdvSimd.LoadVector128((sbyte*)(constants + Int8Constants.SignLimits));
        Vector128<byte> bits = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        Vector128<byte> m01 = AdvSimd.And(AdvSimd.CompareGreaterThan(limits, q01).AsByte(), bits);
        Vector128<byte> m23 = AdvSimd.And(AdvSimd.CompareGreaterThan(limits, q23).AsByte(), bits);
        m01 = AdvSimd.Arm64.AddPairwise(m01, m23);
        m01 = AdvSimd.Arm64.AddPairwise(m01, m01);
        m01 = AdvSimd.Arm64.AddPairwise(m01, m01);
        uint bytes = m01.AsUInt32().ToScalar() ^ *(uint*)(constants + Int8Constants.Directions);
        nint signStride = block->SignStride;
        byte* s = block->Signs + pixel * signStride;
        *s = (byte)bytes;
        *(s + signStride) = (byte)(bytes >> 8);
        s += 2 * signStride;
        *s = (byte)(bytes >> 16);
        *(s + signStride) = (byte)(bytes >> 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Scale(Vector128<short> s, byte* constants, int* offsets, bool adds, byte* r)
    {
        Vector128<short> m = AdvSimd.LoadVector128((short*)constants);
        Vector128<int> h = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.LoadVector128(offsets + 4), s, m);
        Vector128<int> l = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.LoadVector128(offsets), s.GetLower(), m.GetLower());
        if (adds)
        {
            Vector128<short> factor = AdvSimd.LoadVector128((short*)(constants + Int8Constants.ResidualMultiplier));
            Vector128<short> t = AdvSimd.ShiftLogical(
                AdvSimd.SignExtendWideningLower(AdvSimd.LoadVector64((sbyte*)r)), AdvSimd.LoadVector128((short*)(constants + Int8Constants.ResidualShift)));
            h = AdvSimd.MultiplyWideningUpperAndAdd(h, t, factor);
            l = AdvSimd.MultiplyWideningLowerAndAdd(l, t.GetLower(), factor.GetLower());
        }

        return AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(l, 16), h, 16);
    }
}

/// <summary>
/// Float output of residual networks: clamped popcounts, scaled as in <see cref="NeonFloatOutput"/>, activation or slopes, residual, activation or slopes, and the signs of
/// the result as a packed second output.
/// </summary>
internal readonly unsafe struct NeonFloatResidualOutput<TResidual, TSigns, TActivation> : INeonOutput
    where TResidual : struct, IPart
    where TSigns : struct, IPart
    where TActivation : struct, IPart
{
    public static IBlockConstants Constants => new FloatConstants();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        BlockArguments* block, nint pixel, Vector128<ushort> p0, Vector128<ushort> p1, Vector128<ushort> p2, Vector128<ushort> p3)
    {
        byte* constants = block->Constants;
        Vector128<ushort> limit = AdvSimd.LoadVector128((ushort*)(constants + FloatConstants.Limit));
        nint stride = block->OutputStride;
        nint at = pixel * stride;
        Vector128<short> m0 = StorePixel(block, at, constants, 0, AdvSimd.Min(p0, limit));
        Vector128<short> m1 = StorePixel(block, at + stride, constants, 8, AdvSimd.Min(p1, limit));
        at += 2 * stride;
        Vector128<short> m2 = StorePixel(block, at, constants, 16, AdvSimd.Min(p2, limit));
        Vector128<short> m3 = StorePixel(block, at + stride, constants, 24, AdvSimd.Min(p3, limit));
        if (!TSigns.IsIn(block->Signs))
            return;
        nint signStride = block->SignStride;
        NeonSigns.Store(block->Signs + pixel * signStride, signStride, m0, m1, m2, m3, *(ulong*)(constants + FloatConstants.Directions));
    }

    /// <summary>Stores the eight values of a pixel; returns masks of those below their threshold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> StorePixel(BlockArguments* block, nint at, byte* constants, int copy, Vector128<ushort> p)
    {
        Vector128<ushort> exponent = Vector128.Create((ushort)0x4B00);
        var multipliers = (float*)constants;
        float* offsets = (float*)(constants + FloatConstants.Offsets) + copy;
        Vector128<float> l = NeonFloatOutput.Scale(AdvSimd.Arm64.ZipLow(p, exponent), AdvSimd.LoadVector128(multipliers), offsets);
        Vector128<float> h = NeonFloatOutput.Scale(AdvSimd.Arm64.ZipHigh(p, exponent), AdvSimd.LoadVector128(multipliers + 4), offsets + 4);
        bool isLast = TActivation.IsIn(constants) && *(int*)(constants + FloatConstants.ActivationLast) != 0;
        if (TActivation.IsIn(constants) && !isLast)
        {
            l = Activate(l, constants, 0);
            h = Activate(h, constants, 16);
        }

        if (TResidual.IsIn(block->Residual))
        {
            l = AdvSimd.Add(l, AdvSimd.LoadVector128((float*)(block->Residual + at)));
            h = AdvSimd.Add(h, AdvSimd.LoadVector128((float*)(block->Residual + at + 16)));
        }

        if (TActivation.IsIn(constants) && isLast)
        {
            l = Activate(l, constants, 0);
            h = Activate(h, constants, 16);
        }

        AdvSimd.Arm64.StorePair((float*)(block->Output + at), l, h);
        if (!TSigns.IsIn(block->Signs))
            return default;
        var thresholds = (float*)(constants + FloatConstants.Thresholds);
        l = AdvSimd.CompareLessThan(l, AdvSimd.LoadVector128(thresholds));
        h = AdvSimd.CompareLessThan(h, AdvSimd.LoadVector128(thresholds + 4));
        return AdvSimd.ExtractNarrowingUpper(AdvSimd.ExtractNarrowingLower(l.AsInt32()), h.AsInt32());
    }

    /// <summary>y &lt; 0 ? y * slope : y, then limits by comparison, so that NaN stays what it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Activate(Vector128<float> y, byte* constants, int half)
    {
        Vector128<float> slopes = AdvSimd.LoadVector128((float*)(constants + FloatConstants.Slopes + half));
        Vector128<float> low = AdvSimd.LoadVector128((float*)(constants + FloatConstants.Low));
        Vector128<float> high = AdvSimd.LoadVector128((float*)(constants + FloatConstants.High));
        y = AdvSimd.BitwiseSelect(AdvSimd.CompareLessThan(y, Vector128<float>.Zero), AdvSimd.Multiply(y, slopes), y);
        y = AdvSimd.BitwiseSelect(AdvSimd.CompareLessThan(y, low), low, y);
        return AdvSimd.BitwiseSelect(AdvSimd.CompareGreaterThan(y, high), high, y);
    }
}
