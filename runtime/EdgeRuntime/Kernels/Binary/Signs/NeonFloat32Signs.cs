using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>
/// float32: 32 channels of four rows a step, in 68 operations for 128 elements. A mask has four lanes; of eight masks one vector takes half-bytes: byte k of lane j
/// holds channel 8 k + j in its lower and channel 8 k + 4 + j in its upper half. Of both one bit is kept, another in each lane, so that the sum of the lanes is the row's word.
/// A row's loads stand together, before what is left of the rows before it: an in-order core waits for each operation, and once more where a load follows one.
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
        Vector128<uint> bits = Vector128.Create(0x11111111u, 0x22222222, 0x44444444, 0x88888888);
        var turned = Vector128.Create(*(uint*)directions);
        Vector128<byte> q0 = Vector128<byte>.Zero, q1 = q0, q2 = q0, q3 = q0;
        Vector128<uint> firstTwo = q0.AsUInt32(), third = firstTwo;
        nint last = rows - 4;
        nint row = 0;
        // The first turn stores nothing of use where the second will put the first result; the last four rows may overlap those before.
        byte* to = y;
        while (true)
        {
            byte* from = x + row * stride;
            Step((float*)from, t0, t1, t2, t3, t4, t5, t6, t7, bits, q0, q1, q2, q3, out var a0, out var a1, out var a2, out var a3, out var fourth);
            from += stride;
            fourth = AdvSimd.Arm64.AddPairwise(third, fourth);
            Step((float*)from, t0, t1, t2, t3, t4, t5, t6, t7, bits, a0, a1, a2, a3, out var b0, out var b1, out var b2, out var b3, out var first);
            from += stride;
            fourth = AdvSimd.Arm64.AddPairwise(firstTwo, fourth);
            Step((float*)from, t0, t1, t2, t3, t4, t5, t6, t7, bits, b0, b1, b2, b3, out var c0, out var c1, out var c2, out var c3, out var second);
            from += stride;
            fourth = AdvSimd.Xor(fourth, turned);
            Step((float*)from, t0, t1, t2, t3, t4, t5, t6, t7, bits, c0, c1, c2, c3, out q0, out q1, out q2, out q3, out third);
            firstTwo = AdvSimd.Arm64.AddPairwise(first, second);
            Store(to, outStride, fourth);
            to = y + row * outStride;
            if (row == last)
                break;
            row = Math.Min(row + 4, last);
        }

        third = AdvSimd.Arm64.AddPairwise(third, AdvSimd.And(Lanes(q0, q1, q2, q3), bits));
        Store(to, outStride, AdvSimd.Xor(AdvSimd.Arm64.AddPairwise(firstTwo, third), turned));
    }

    /// <summary>Takes a row in (q: pairs of half-bytes of its masks) and puts the row before (p) together (kept: the bits to add up).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        float* x, Vector128<float> t0, Vector128<float> t1, Vector128<float> t2, Vector128<float> t3, Vector128<float> t4, Vector128<float> t5,
        Vector128<float> t6, Vector128<float> t7, Vector128<uint> bits, Vector128<byte> p0, Vector128<byte> p1, Vector128<byte> p2, Vector128<byte> p3,
        out Vector128<byte> q0, out Vector128<byte> q1, out Vector128<byte> q2, out Vector128<byte> q3, out Vector128<uint> kept)
    {
        // Not in the order of addresses: the compiler would make pairs of these loads, which Cortex-A72 splits into three operations.
        Vector128<float> x0 = AdvSimd.LoadVector128(x);
        Vector128<float> x3 = AdvSimd.LoadVector128(x + 12);
        Vector128<float> x6 = AdvSimd.LoadVector128(x + 24);
        Vector128<float> x1 = AdvSimd.LoadVector128(x + 4);
        Vector128<float> x4 = AdvSimd.LoadVector128(x + 16);
        Vector128<float> x7 = AdvSimd.LoadVector128(x + 28);
        Vector128<float> x2 = AdvSimd.LoadVector128(x + 8);
        Vector128<float> x5 = AdvSimd.LoadVector128(x + 20);
        Vector128<ushort> lower = AdvSimd.ShiftLeftAndInsert(p0.AsUInt16(), p1.AsUInt16(), 8);
        Vector128<ushort> upper = AdvSimd.ShiftLeftAndInsert(p2.AsUInt16(), p3.AsUInt16(), 8);
        Vector128<byte> m0 = AdvSimd.CompareLessThan(x0, t0).AsByte();
        Vector128<byte> m1 = AdvSimd.CompareLessThan(x1, t1).AsByte();
        Vector128<byte> m2 = AdvSimd.CompareLessThan(x2, t2).AsByte();
        Vector128<byte> m3 = AdvSimd.CompareLessThan(x3, t3).AsByte();
        Vector128<byte> m4 = AdvSimd.CompareLessThan(x4, t4).AsByte();
        Vector128<byte> m5 = AdvSimd.CompareLessThan(x5, t5).AsByte();
        Vector128<byte> m6 = AdvSimd.CompareLessThan(x6, t6).AsByte();
        Vector128<byte> m7 = AdvSimd.CompareLessThan(x7, t7).AsByte();
        Vector128<uint> lanes = AdvSimd.ShiftLeftAndInsert(lower.AsUInt32(), upper.AsUInt32(), 16);
        q0 = AdvSimd.ShiftLeftAndInsert(m0, m1, 4);
        q1 = AdvSimd.ShiftLeftAndInsert(m2, m3, 4);
        q2 = AdvSimd.ShiftLeftAndInsert(m4, m5, 4);
        q3 = AdvSimd.ShiftLeftAndInsert(m6, m7, 4);
        kept = AdvSimd.And(lanes, bits);
    }

    /// <summary>Pairs of half-bytes of a row's masks to a lane of four pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Lanes(Vector128<byte> q0, Vector128<byte> q1, Vector128<byte> q2, Vector128<byte> q3)
    {
        Vector128<ushort> lower = AdvSimd.ShiftLeftAndInsert(q0.AsUInt16(), q1.AsUInt16(), 8);
        Vector128<ushort> upper = AdvSimd.ShiftLeftAndInsert(q2.AsUInt16(), q3.AsUInt16(), 8);
        return AdvSimd.ShiftLeftAndInsert(lower.AsUInt32(), upper.AsUInt32(), 16);
    }

    /// <summary>A word for each of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(byte* to, nint stride, Vector128<uint> words)
    {
        AdvSimd.StoreSelectedScalar((uint*)to, words, 0);
        AdvSimd.StoreSelectedScalar((uint*)(to + stride), words, 1);
        to += 2 * stride;
        AdvSimd.StoreSelectedScalar((uint*)to, words, 2);
        AdvSimd.StoreSelectedScalar((uint*)(to + stride), words, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Compare(byte* x, byte* limits) =>
        AdvSimd.CompareLessThan(AdvSimd.LoadVector128((float*)x), AdvSimd.LoadVector128((float*)limits)).AsInt16();
}
