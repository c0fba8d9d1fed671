using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>
/// int8: 128 channels of two rows a step, in 42 operations for 256 elements. a and b are the masks of 16 channels in the one row and in the other; each byte of their
/// union keeps one bit of a and one of b, another in each of four lanes, so that two pairwise additions make a byte of four lanes:
/// <code>
///   lane         0          1          2          3
///   kept     0001 0001  0010 0010  0100 0100  1000 1000      sum: a3 a2 a1 a0 b3 b2 b1 b0
/// </code>
/// Bytes of channels 0..3 and of 4..7 then follow each other; unzipped, half of each is put into the other: one vector is the first row's, one the second's.
/// The end of a step stands between the loads of the next one, and loads stand beside operations: an in-order core issues one of each at a time.
/// </summary>
internal readonly unsafe struct NeonInt8Signs : ISignSource
{
    public static int ElementBytes => 1;

    public static int BlockChannels => 128;

    public static int BlockRows => 2;

    public static int WriteThreshold(SignRule rule, int channel, byte* to)
    {
        (sbyte limit, int direction) = Int8SignLimit.Of(rule.IntThresholds[channel], rule.Directions[channel]);
        *(sbyte*)to = limit;
        return direction;
    }

    public static void WriteNothing(byte* to) => *(sbyte*)to = sbyte.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Below(byte* x, byte* limits) =>
        AdvSimd.CompareGreaterThan(AdvSimd.LoadVector128((sbyte*)limits), AdvSimd.LoadVector128((sbyte*)x)).AsByte();

    public static void Block(byte* x, nint stride, byte* y, nint outStride, nint rows, byte* limits, byte* directions)
    {
        Vector128<sbyte> t0 = AdvSimd.LoadVector128((sbyte*)limits);
        Vector128<sbyte> t1 = AdvSimd.LoadVector128((sbyte*)limits + 16);
        Vector128<sbyte> t2 = AdvSimd.LoadVector128((sbyte*)limits + 32);
        Vector128<sbyte> t3 = AdvSimd.LoadVector128((sbyte*)limits + 48);
        Vector128<sbyte> t4 = AdvSimd.LoadVector128((sbyte*)limits + 64);
        Vector128<sbyte> t5 = AdvSimd.LoadVector128((sbyte*)limits + 80);
        Vector128<sbyte> t6 = AdvSimd.LoadVector128((sbyte*)limits + 96);
        Vector128<sbyte> t7 = AdvSimd.LoadVector128((sbyte*)limits + 112);
        Vector128<byte> turned = AdvSimd.LoadVector128(directions);
        Vector128<sbyte> bits = Vector128.Create(0x88442211).AsSByte();
        // An odd row is left: the second pair begins one row behind the first.
        nint pairs = (rows + 1) / 2;
        nint step = rows % 2 == 0 ? 2 * stride : stride;
        nint outStep = rows % 2 == 0 ? 2 * outStride : outStride;
        // The first turn stores nothing of use where the second will put the first result.
        byte* to = y;
        byte* next = y;
        Vector128<byte> c0 = Vector128<byte>.Zero, c1 = c0, c2 = c0, c3 = c0;
        var a = (sbyte*)x;
        Vector128<sbyte> b0 = AdvSimd.LoadVector128(a + stride);
        Vector128<sbyte> b1 = AdvSimd.LoadVector128(a + stride + 16);
        Vector128<sbyte> b2 = AdvSimd.LoadVector128(a + stride + 32);
        Vector128<sbyte> b3 = AdvSimd.LoadVector128(a + stride + 48);
        Vector128<sbyte> b4 = AdvSimd.LoadVector128(a + stride + 64);
        Vector128<sbyte> b5 = AdvSimd.LoadVector128(a + stride + 80);
        Vector128<sbyte> b6 = AdvSimd.LoadVector128(a + stride + 96);
        Vector128<sbyte> b7 = AdvSimd.LoadVector128(a + stride + 112);
        while (true)
        {
            sbyte* b = a + stride;
            Vector128<sbyte> a0 = AdvSimd.LoadVector128(a);
            c0 = AdvSimd.Arm64.AddPairwise(c0, c1);
            Vector128<sbyte> a3 = AdvSimd.LoadVector128(a + 48);
            c2 = AdvSimd.Arm64.AddPairwise(c2, c3);
            Vector128<sbyte> a6 = AdvSimd.LoadVector128(a + 96);
            b0 = AdvSimd.CompareGreaterThan(t0, b0).AsSByte();
            Vector128<sbyte> a1 = AdvSimd.LoadVector128(a + 16);
            b1 = AdvSimd.CompareGreaterThan(t1, b1).AsSByte();
            Vector128<sbyte> a4 = AdvSimd.LoadVector128(a + 64);
            b2 = AdvSimd.CompareGreaterThan(t2, b2).AsSByte();
            Vector128<sbyte> a7 = AdvSimd.LoadVector128(a + 112);
            b3 = AdvSimd.CompareGreaterThan(t3, b3).AsSByte();
            Vector128<sbyte> a2 = AdvSimd.LoadVector128(a + 32);
            Vector128<byte> low = AdvSimd.Arm64.UnzipEven(c0, c2);
            Vector128<sbyte> a5 = AdvSimd.LoadVector128(a + 80);
            Vector128<byte> high = AdvSimd.Arm64.UnzipOdd(c0, c2);
            b4 = AdvSimd.CompareGreaterThan(t4, b4).AsSByte();
            b5 = AdvSimd.CompareGreaterThan(t5, b5).AsSByte();
            b6 = AdvSimd.CompareGreaterThan(t6, b6).AsSByte();
            b7 = AdvSimd.CompareGreaterThan(t7, b7).AsSByte();
            Vector128<byte> first = AdvSimd.ShiftRightAndInsert(high, low, 4);
            Vector128<byte> second = AdvSimd.ShiftLeftAndInsert(low, high, 4);
            a0 = AdvSimd.CompareGreaterThan(t0, a0).AsSByte();
            a3 = AdvSimd.CompareGreaterThan(t3, a3).AsSByte();
            a6 = AdvSimd.CompareGreaterThan(t6, a6).AsSByte();
            a1 = AdvSimd.CompareGreaterThan(t1, a1).AsSByte();
            first = AdvSimd.Xor(first, turned);
            second = AdvSimd.Xor(second, turned);
            a4 = AdvSimd.CompareGreaterThan(t4, a4).AsSByte();
            a7 = AdvSimd.CompareGreaterThan(t7, a7).AsSByte();
            a2 = AdvSimd.CompareGreaterThan(t2, a2).AsSByte();
            a5 = AdvSimd.CompareGreaterThan(t5, a5).AsSByte();
            AdvSimd.Store(to, first);
            AdvSimd.Store(to + outStride, second);
            to = next;
            // The last turn loads its own second row again; no branch, which would part the loads from what stands beside them.
            pairs--;
            a += step & (-pairs >> 63);
            next += outStep;
            step = 2 * stride;
            outStep = 2 * outStride;
            b = a + stride;
            a0 = AdvSimd.ShiftRightAndInsert(a0, b0, 4);
            b0 = AdvSimd.LoadVector128(b);
            a3 = AdvSimd.ShiftRightAndInsert(a3, b3, 4);
            b3 = AdvSimd.LoadVector128(b + 48);
            a6 = AdvSimd.ShiftRightAndInsert(a6, b6, 4);
            b6 = AdvSimd.LoadVector128(b + 96);
            a1 = AdvSimd.ShiftRightAndInsert(a1, b1, 4);
            b1 = AdvSimd.LoadVector128(b + 16);
            a4 = AdvSimd.ShiftRightAndInsert(a4, b4, 4);
            b4 = AdvSimd.LoadVector128(b + 64);
            a7 = AdvSimd.ShiftRightAndInsert(a7, b7, 4);
            b7 = AdvSimd.LoadVector128(b + 112);
            a2 = AdvSimd.ShiftRightAndInsert(a2, b2, 4);
            b2 = AdvSimd.LoadVector128(b + 32);
            a5 = AdvSimd.ShiftRightAndInsert(a5, b5, 4);
            b5 = AdvSimd.LoadVector128(b + 80);
            a0 = AdvSimd.And(a0, bits);
            a3 = AdvSimd.And(a3, bits);
            a6 = AdvSimd.And(a6, bits);
            a1 = AdvSimd.And(a1, bits);
            a4 = AdvSimd.And(a4, bits);
            a7 = AdvSimd.And(a7, bits);
            a2 = AdvSimd.And(a2, bits);
            a5 = AdvSimd.And(a5, bits);
            c0 = AdvSimd.Arm64.AddPairwise(a0, a1).AsByte();
            c1 = AdvSimd.Arm64.AddPairwise(a2, a3).AsByte();
            c2 = AdvSimd.Arm64.AddPairwise(a4, a5).AsByte();
            c3 = AdvSimd.Arm64.AddPairwise(a6, a7).AsByte();
            if (pairs == 0)
                break;
        }

        c0 = AdvSimd.Arm64.AddPairwise(c0, c1);
        c2 = AdvSimd.Arm64.AddPairwise(c2, c3);
        Vector128<byte> even = AdvSimd.Arm64.UnzipEven(c0, c2);
        Vector128<byte> odd = AdvSimd.Arm64.UnzipOdd(c0, c2);
        AdvSimd.Store(to, AdvSimd.Xor(AdvSimd.ShiftRightAndInsert(odd, even, 4), turned));
        AdvSimd.Store(to + outStride, AdvSimd.Xor(AdvSimd.ShiftLeftAndInsert(even, odd, 4), turned));
    }
}
