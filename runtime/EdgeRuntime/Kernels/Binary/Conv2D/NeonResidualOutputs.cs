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
        Vector128<ushort> limit = AdvSimd.LoadVector128((ushort*)(constants + Int8Constants.Limit));
        Vector128<short> shift = AdvSimd.LoadVector128((short*)(constants + Int8Constants.Shift));
        nint stride = block->OutputStride;
        nint at = pixel * stride;
        p0 = AdvSimd.Min(p0, limit);
        p1 = AdvSimd.Min(p1, limit);
        p2 = AdvSimd.Min(p2, limit);
        p3 = AdvSimd.Min(p3, limit);
        NeonInt8Scaling.Multiply(
            constants,
            AdvSimd.ShiftLogical(p0.AsInt16(), shift),
            AdvSimd.ShiftLogical(p1.AsInt16(), shift),
            AdvSimd.ShiftLogical(p2.AsInt16(), shift),
            AdvSimd.ShiftLogical(p3.AsInt16(), shift),
            out var l0, out var h0, out var l1, out var h1, out var l2, out var h2, out var l3, out var h3);
        if (TResidual.IsIn(block->Residual))
        {
            byte* r = block->Residual + at;
            Vector128<short> more = AdvSimd.LoadVector128((short*)(constants + Int8Constants.ResidualShift));
            Vector128<short> t0 = AdvSimd.SignExtendWideningLower(AdvSimd.LoadVector64((sbyte*)r));
            Vector128<short> t1 = AdvSimd.SignExtendWideningLower(AdvSimd.LoadVector64((sbyte*)(r + stride)));
            Vector128<short> t2 = AdvSimd.SignExtendWideningLower(AdvSimd.LoadVector64((sbyte*)(r + 2 * stride)));
            Vector128<short> t3 = AdvSimd.SignExtendWideningLower(AdvSimd.LoadVector64((sbyte*)(r + 3 * stride)));
            t0 = AdvSimd.ShiftLogical(t0, more);
            t1 = AdvSimd.ShiftLogical(t1, more);
            t2 = AdvSimd.ShiftLogical(t2, more);
            t3 = AdvSimd.ShiftLogical(t3, more);
            Vector128<short> factor = AdvSimd.LoadVector128((short*)(constants + Int8Constants.ResidualMultiplier));
            Vector64<short> lower = AdvSimd.LoadVector64((short*)(constants + Int8Constants.ResidualMultiplier));
            h0 = AdvSimd.MultiplyWideningUpperAndAdd(h0, t0, factor);
            h1 = AdvSimd.MultiplyWideningUpperAndAdd(h1, t1, factor);
            h2 = AdvSimd.MultiplyWideningUpperAndAdd(h2, t2, factor);
            h3 = AdvSimd.MultiplyWideningUpperAndAdd(h3, t3, factor);
            l0 = AdvSimd.MultiplyWideningLowerAndAdd(l0, t0.GetLower(), lower);
            l1 = AdvSimd.MultiplyWideningLowerAndAdd(l1, t1.GetLower(), lower);
            l2 = AdvSimd.MultiplyWideningLowerAndAdd(l2, t2.GetLower(), lower);
            l3 = AdvSimd.MultiplyWideningLowerAndAdd(l3, t3.GetLower(), lower);
        }

        NeonInt8Scaling.Narrow(constants, l0, h0, l1, h1, l2, h2, l3, h3, out Vector128<sbyte> q01, out Vector128<sbyte> q23);
        NeonInt8Scaling.Store(block->Output + at, stride, q01, q23);
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
}

/// <summary>
/// Float output of residual networks: clamped popcounts, scaled as in <see cref="NeonFloatOutput{TConversion}"/>, activation or slopes, residual, activation or slopes, and
/// the signs of the result as a packed second output.
/// </summary>
internal readonly unsafe struct NeonFloatResidualOutput<TConversion, TResidual, TSigns, TActivation> : INeonOutput
    where TConversion : struct, IPopcountToFloat
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
        p0 = AdvSimd.Min(p0, limit);
        p1 = AdvSimd.Min(p1, limit);
        p2 = AdvSimd.Min(p2, limit);
        p3 = AdvSimd.Min(p3, limit);
        NeonFloatOutput<TConversion>.Scale(
            constants, p0, p1, p2, p3, out var l0, out var h0, out var l1, out var h1, out var l2, out var h2, out var l3, out var h3);
        nint stride = block->OutputStride;
        nint at = pixel * stride;
        bool isLast = TActivation.IsIn(constants) && *(int*)(constants + FloatConstants.ActivationLast) != 0;
        if (TActivation.IsIn(constants) && !isLast)
            Activate(constants, ref l0, ref h0, ref l1, ref h1, ref l2, ref h2, ref l3, ref h3);
        if (TResidual.IsIn(block->Residual))
        {
            byte* r = block->Residual + at;
            l0 = AdvSimd.Add(l0, AdvSimd.LoadVector128((float*)r));
            h0 = AdvSimd.Add(h0, AdvSimd.LoadVector128((float*)(r + 16)));
            r += stride;
            l1 = AdvSimd.Add(l1, AdvSimd.LoadVector128((float*)r));
            h1 = AdvSimd.Add(h1, AdvSimd.LoadVector128((float*)(r + 16)));
            r += stride;
            l2 = AdvSimd.Add(l2, AdvSimd.LoadVector128((float*)r));
            h2 = AdvSimd.Add(h2, AdvSimd.LoadVector128((float*)(r + 16)));
            r += stride;
            l3 = AdvSimd.Add(l3, AdvSimd.LoadVector128((float*)r));
            h3 = AdvSimd.Add(h3, AdvSimd.LoadVector128((float*)(r + 16)));
        }

        if (TActivation.IsIn(constants) && isLast)
            Activate(constants, ref l0, ref h0, ref l1, ref h1, ref l2, ref h2, ref l3, ref h3);
        byte* y = block->Output + at;
        AdvSimd.Arm64.StorePair((float*)y, l0, h0);
        AdvSimd.Arm64.StorePair((float*)(y + stride), l1, h1);
        y += 2 * stride;
        AdvSimd.Arm64.StorePair((float*)y, l2, h2);
        AdvSimd.Arm64.StorePair((float*)(y + stride), l3, h3);
        if (!TSigns.IsIn(block->Signs))
            return;
        Vector128<float> low = AdvSimd.LoadVector128((float*)(constants + FloatConstants.Thresholds));
        Vector128<float> high = AdvSimd.LoadVector128((float*)(constants + FloatConstants.Thresholds + 16));
        nint signStride = block->SignStride;
        NeonSigns.Store(
            block->Signs + pixel * signStride,
            signStride,
            Below(l0, h0, low, high),
            Below(l1, h1, low, high),
            Below(l2, h2, low, high),
            Below(l3, h3, low, high),
            AdvSimd.LoadVector128(constants + FloatConstants.Directions));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Below(Vector128<float> l, Vector128<float> h, Vector128<float> low, Vector128<float> high) =>
        AdvSimd.Arm64.UnzipEven(AdvSimd.CompareLessThan(l, low).AsInt16(), AdvSimd.CompareLessThan(h, high).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Activate(
        byte* constants, ref Vector128<float> l0, ref Vector128<float> h0, ref Vector128<float> l1, ref Vector128<float> h1,
        ref Vector128<float> l2, ref Vector128<float> h2, ref Vector128<float> l3, ref Vector128<float> h3)
    {
        l0 = Activate(l0, constants, 0);
        h0 = Activate(h0, constants, 16);
        l1 = Activate(l1, constants, 0);
        h1 = Activate(h1, constants, 16);
        l2 = Activate(l2, constants, 0);
        h2 = Activate(h2, constants, 16);
        l3 = Activate(l3, constants, 0);
        h3 = Activate(h3, constants, 16);
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
