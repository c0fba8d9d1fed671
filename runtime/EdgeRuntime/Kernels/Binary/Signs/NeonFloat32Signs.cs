using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>
/// float32: 32 channels of four rows a step, in 67 operations for 128 elements. A mask has four lanes; of eight masks one vector takes half-bytes: byte k of lane j
/// holds channel 8 k + j in its lower and channel 8 k + 4 + j in its upper half. Of both one bit is kept, another in each lane, so that the sum of the lanes is the row's word.
/// The end of a row stands between the loads of the next one, since an in-order core would wait for each of its operations.
/// </summary>
internal readonly unsafe struct NeonFloat32Signs : ISignSource
{
    public static int ElementBytes => 4;

    public static int BlockChannels => 32;

    public static int BlockRows => 4;

    public static int WriteThreshold(SignRule rule, int channel, byte* to)
    {
        *(float*)to = rule.FloatThresholds[channel];
        return rule.Directions[channel];
    }

    public static void WriteNothing(byte* to) => *(float*)to = float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Below(byte* x, byte* limits) => AdvSimd.Arm64.UnzipEven(
        AdvSimd.Arm64.UnzipEven(Compare(x, limits), Compare(x + 16, limits + 16)).AsByte(),
        AdvSimd.Arm64.UnzipEven(Compare(x + 32, limits + 32), Compare(x + 48, limits + 48)).AsByte());

    public static void Block(byte* x, nint stride, byte* y, nint outStride, nint rows, byte* limits, byte* directions)
    {
        Vector128<float> t0 = AdvSimd.LoadVector128((float*)limits);
        Vector128<float> t1 = AdvSimd.LoadVector128((float*)limits + 4);
        Vector128<float> t2 = AdvSimd.LoadVector128((float*)limits + 8);
        Vector128<float> t3 = AdvSimd.LoadVector128((float*)limits + 12);
        Vector128<float> t4 = AdvSimd.LoadVector128((float*)limits + 16);
        Vector128<float> t5 = AdvSimd.LoadVector128((float*)limits + 20);
        Vector128<float> t6 = AdvSimd.LoadVector128((float*)limits + 24);
        Vector128<float> t7 = AdvSimd.LoadVector128((float*)limits + 28);
        var turned = Vector128.Create(*(uint*)directions);
        nint last = rows - 4;
        nint row = 0;
        while (true)
        {
            byte* from = x + row * stride;
            Masks((float*)from, t0, t1, t2, t3, t4, t5, t6, t7, out var a0, out var a1, out var a2, out var a3, out var a4, out var a5, out var a6, out var a7);
            Vector128<uint> r0 = Row((float*)(from + stride), t0, t1, t2, t3, t4, t5, t6, t7, a0, a1, a2, a3, a4, a5, a6, a7, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
            from += 2 * stride;
            Vector128<uint> r1 = Row((float*)from, t0, t1, t2, t3, t4, t5, t6, t7, b0, b1, b2, b3, b4, b5, b6, b7, out var c0, out var c1, out var c2, out var c3, out var c4, out var c5, out var c6, out var c7);
            Vector128<uint> r2 = Row((float*)(from + stride), t0, t1, t2, t3, t4, t5, t6, t7, c0, c1, c2, c3, c4, c5, c6, c7, out var d0, out var d1, out var d2, out var d3, out var d4, out var d5, out var d6, out var d7);
            r0 = AdvSimd.Arm64.AddPairwise(r0, r1);
            r2 = AdvSimd.Arm64.AddPairwise(r2, Lanes(d0, d1, d2, d3, d4, d5, d6, d7));
            Store(y + row * outStride, outStride, AdvSimd.Xor(AdvSimd.Arm64.AddPairwise(r0, r2), turned));
            if (row == last)
                return;
            row = Math.Min(row + 4, last);
        }
    }

    /// <summary>The masks m of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Masks(
        float* x, Vector128<float> t0, Vector128<float> t1, Vector128<float> t2, Vector128<float> t3, Vector128<float> t4, Vector128<float> t5,
        Vector128<float> t6, Vector128<float> t7, out Vector128<byte> m0, out Vector128<byte> m1, out Vector128<byte> m2,
        out Vector128<byte> m3, out Vector128<byte> m4, out Vector128<byte> m5, out Vector128<byte> m6, out Vector128<byte> m7)
    {
        m0 = AdvSimd.CompareLessThan(AdvSimd.LoadVector128(x), t0).AsByte();
        m1 = AdvSimd.CompareLessThan(AdvSimd.LoadVector128(x + 4), t1).AsByte();
        m2 = AdvSimd.CompareLessThan(AdvSimd.LoadVector128(x + 8), t2).AsByte();
        m3 = AdvSimd.CompareLessThan(AdvSimd.LoadVector128(x + 12), t3).AsByte();
        m4 = AdvSimd.CompareLessThan(AdvSimd.LoadVector128(x + 16), t4).AsByte();
        m5 = AdvSimd.CompareLessThan(AdvSimd.LoadVector128(x + 20), t5).AsByte();
        m6 = AdvSimd.CompareLessThan(AdvSimd.LoadVector128(x + 24), t6).AsByte();
        m7 = AdvSimd.CompareLessThan(AdvSimd.LoadVector128(x + 28), t7).AsByte();
    }

    /// <summary>The lanes of a row with masks p; their sum is its word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Lanes(
        Vector128<byte> p0, Vector128<byte> p1, Vector128<byte> p2, Vector128<byte> p3, Vector128<byte> p4, Vector128<byte> p5, Vector128<byte> p6, Vector128<byte> p7)
    {
        Vector128<byte> q0 = AdvSimd.ShiftLeftAndInsert(p0, p1, 4);
        Vector128<byte> q1 = AdvSimd.ShiftLeftAndInsert(p2, p3, 4);
        Vector128<byte> q2 = AdvSimd.ShiftLeftAndInsert(p4, p5, 4);
        Vector128<byte> q3 = AdvSimd.ShiftLeftAndInsert(p6, p7, 4);
        Vector128<ushort> lower = AdvSimd.ShiftLeftAndInsert(q0.AsUInt16(), q1.AsUInt16(), 8);
        Vector128<ushort> upper = AdvSimd.ShiftLeftAndInsert(q2.AsUInt16(), q3.AsUInt16(), 8);
        Vector128<uint> lanes = AdvSimd.ShiftLeftAndInsert(lower.AsUInt32(), upper.AsUInt32(), 16);
        return AdvSimd.And(lanes, Vector128.Create(0x11111111u, 0x22222222, 0x44444444, 0x88888888));
    }

    /// <summary>The masks m of one row, and between its loads what is left of the row before, whose masks are p: its lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Row(
        float* x, Vector128<float> t0, Vector128<float> t1, Vector128<float> t2, Vector128<float> t3, Vector128<float> t4, Vector128<float> t5,
        Vector128<float> t6, Vector128<float> t7, Vector128<byte> p0, Vector128<byte> p1, Vector128<byte> p2, Vector128<byte> p3, Vector128<byte> p4,
        Vector128<byte> p5, Vector128<byte> p6, Vector128<byte> p7, out Vector128<byte> m0, out Vector128<byte> m1, out Vector128<byte> m2,
        out Vector128<byte> m3, out Vector128<byte> m4, out Vector128<byte> m5, out Vector128<byte> m6, out Vector128<byte> m7)
    {
        Vector128<float> x0 = AdvSimd.LoadVector128(x);
        Vector128<byte> q0 = AdvSimd.ShiftLeftAndInsert(p0, p1, 4);
        Vector128<float> x3 = AdvSimd.LoadVector128(x + 12);
        Vector128<byte> q1 = AdvSimd.ShiftLeftAndInsert(p2, p3, 4);
        Vector128<float> x6 = AdvSimd.LoadVector128(x + 24);
        Vector128<byte> q2 = AdvSimd.ShiftLeftAndInsert(p4, p5, 4);
        Vector128<float> x1 = AdvSimd.LoadVector128(x + 4);
        Vector128<byte> q3 = AdvSimd.ShiftLeftAndInsert(p6, p7, 4);
        Vector128<float> x4 = AdvSimd.LoadVector128(x + 16);
        m0 = AdvSimd.CompareLessThan(x0, t0).AsByte();
        Vector128<float> x7 = AdvSimd.LoadVector128(x + 28);
        m3 = AdvSimd.CompareLessThan(x3, t3).AsByte();
        Vector128<float> x2 = AdvSimd.LoadVector128(x + 8);
        Vector128<ushort> lower = AdvSimd.ShiftLeftAndInsert(q0.AsUInt16(), q1.AsUInt16(), 8);
        Vector128<float> x5 = AdvSimd.LoadVector128(x + 20);
        Vector128<ushort> upper = AdvSimd.ShiftLeftAndInsert(q2.AsUInt16(), q3.AsUInt16(), 8);
        m6 = AdvSimd.CompareLessThan(x6, t6).AsByte();
        m1 = AdvSimd.CompareLessThan(x1, t1).AsByte();
        m4 = AdvSimd.CompareLessThan(x4, t4).AsByte();
        m7 = AdvSimd.CompareLessThan(x7, t7).AsByte();
        Vector128<uint> lanes = AdvSimd.ShiftLeftAndInsert(lower.AsUInt32(), upper.AsUInt32(), 16);
        m2 = AdvSimd.CompareLessThan(x2, t2).AsByte();
        m5 = AdvSimd.CompareLessThan(x5, t5).AsByte();
        return AdvSimd.And(lanes, Vector128.Create(0x11111111u, 0x22222222, 0x44444444, 0x88888888));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(byte* to, nint stride, Vector128<uint> words)
    {
        if (stride == 4)
        {
            AdvSimd.Store((uint*)to, words);
            return;
        }

        ulong lower = words.AsUInt64().ToScalar(), upper = AdvSimd.Extract(words.AsUInt64(), 1);
        *(uint*)to = (uint)lower;
        *(uint*)(to + stride) = (uint)(lower >> 32);
        to += 2 * stride;
        *(uint*)to = (uint)upper;
        *(uint*)(to + stride) = (uint)(upper >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Compare(byte* x, byte* limits) =>
        AdvSimd.CompareLessThan(AdvSimd.LoadVector128((float*)x), AdvSimd.LoadVector128((float*)limits)).AsInt16();
}
