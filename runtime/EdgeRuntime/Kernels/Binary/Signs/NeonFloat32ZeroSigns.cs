using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>
/// float32 against the threshold 0 in all channels: 256 elements a step, in 136 operations of integers. As an integer, x &lt; 0 is 0x80000001 (the least negative number) up to 0xFF800000
/// (minus infinity); NaNs lie above. With 0x007FFFFF added that range ends at the last integer, NaNs wrap round, and it begins at a multiple of 2^16, so that the upper halves
/// are enough: below 0 are those from 0x8080 on. The addition narrows, where a comparison of floats would take both of Cortex-A72's vector pipes.
/// <para>
/// 32 elements make four masks p, q, r, s: lanes 0 to 3 hold channels 0 to 15 of the 32, lanes 4 to 7 the others. Of each mask half a byte is put into one vector,
/// of each half-byte one bit is kept, another in each of four lanes, so that the sum of four lanes is half a word:
/// <code>
///   lane i        s s s s r r r r q q q q p p p p
///   kept          0x1111 0x2222 0x4444 0x8888  0x1111 0x2222 0x4444 0x8888
/// </code>
/// </para>
/// A group's loads stand together, and what is left of the groups before it follows them: an in-order core waits for each operation, and once more where a load comes after one.
/// </summary>
internal readonly unsafe struct NeonFloat32ZeroSigns : ISignSource
{
    public static int ElementBytes => 4;

    public static int BlockChannels => 256;

    public static int BlockRows => 1;

    public static int WriteThreshold(SignRule rule, int channel, byte* to) => NeonFloat32Signs.WriteThreshold(rule, channel, to);

    public static void WriteNothing(byte* to) => NeonFloat32Signs.WriteNothing(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Below(byte* x, byte* limits) => NeonFloat32Signs.Below(x, limits);

    /// <summary>Rows follow each other here, since a row is what fills a block.</summary>
    public static void Block(byte* x, nint stride, byte* y, nint outStride, nint rows, byte* limits, byte* directions)
    {
        Vector128<ushort> turned = AdvSimd.LoadVector128((ushort*)directions);
        var offset = Vector128.Create(0x007FFFFFu);
        Vector128<ushort> limit = Vector128.Create((ushort)0x807F);
        Vector128<ushort> bits = Vector128.Create(0x1111, 0x2222, 0x4444, 0x8888, 0x1111, 0x2222, 0x4444, 0x8888);
        var from = (uint*)x;
        byte* end = y + rows * 32;
        for (; y != end; y += 32, from += 256)
        {
            // Every result has a name of its own, which spares copies of registers.
            Sums(from, 0, offset, out var a0, out var a1, out var a2, out var a3);
            Halves(from, 32, offset, limit, a0, a1, a2, a3, out var b0, out var b1, out var b2, out var b3, out var s0, out var s1);
            Step(from, 64, offset, limit, b0, b1, b2, b3, s0, s1, out var c0, out var c1, out var c2, out var c3, out var t0, out var t1, out var k0);
            Step(from, 96, offset, limit, c0, c1, c2, c3, t0, t1, out var d0, out var d1, out var d2, out var d3, out var u0, out var u1, out var k1);
            k0 = AdvSimd.And(k0, bits);
            k1 = AdvSimd.And(k1, bits);
            Step(from, 128, offset, limit, d0, d1, d2, d3, u0, u1, out var e0, out var e1, out var e2, out var e3, out var v0, out var v1, out var k2);
            Vector128<ushort> sum = AdvSimd.Arm64.AddPairwise(k0, k1);
            k2 = AdvSimd.And(k2, bits);
            Step(from, 160, offset, limit, e0, e1, e2, e3, v0, v1, out var f0, out var f1, out var f2, out var f3, out var w0, out var w1, out var k3);
            k3 = AdvSimd.And(k3, bits);
            Step(from, 192, offset, limit, f0, f1, f2, f3, w0, w1, out var g0, out var g1, out var g2, out var g3, out var y0, out var y1, out var k4);
            Vector128<ushort> more = AdvSimd.Arm64.AddPairwise(k2, k3);
            k4 = AdvSimd.And(k4, bits);
            Step(from, 224, offset, limit, g0, g1, g2, g3, y0, y1, out var h0, out var h1, out var h2, out var h3, out var z0, out var z1, out var k5);
            sum = AdvSimd.Arm64.AddPairwise(sum, more);
            k5 = AdvSimd.And(k5, bits);
            Masks(h0, h1, h2, h3, limit, out var m0, out var m1, out var m2, out var m3);
            Vector128<ushort> k6 = AdvSimd.ShiftLeftAndInsert(z0, z1, 8);
            more = AdvSimd.Arm64.AddPairwise(k4, k5);
            Vector128<ushort> lower = AdvSimd.ShiftLeftAndInsert(m0, m1, 4).AsUInt16();
            Vector128<ushort> upper = AdvSimd.ShiftLeftAndInsert(m2, m3, 4).AsUInt16();
            sum = AdvSimd.Xor(sum, turned);
            k6 = AdvSimd.And(k6, bits);
            Vector128<ushort> k7 = AdvSimd.And(AdvSimd.ShiftLeftAndInsert(lower, upper, 8), bits);
            more = AdvSimd.Arm64.AddPairwise(more, AdvSimd.Arm64.AddPairwise(k6, k7));
            AdvSimd.Store(y, sum.AsByte());
            AdvSimd.Store(y + 16, AdvSimd.Xor(more, turned).AsByte());
        }
    }

    /// <summary>Upper halves of the sums of 32 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sums(
        uint* x, int at, Vector128<uint> offset, out Vector128<ushort> g0, out Vector128<ushort> g1, out Vector128<ushort> g2, out Vector128<ushort> g3)
    {
        Load(x, at, out var x0, out var x1, out var x2, out var x3, out var x4, out var x5, out var x6, out var x7);
        Vector64<ushort> l0 = AdvSimd.AddHighNarrowingLower(x0, offset);
        Vector64<ushort> l1 = AdvSimd.AddHighNarrowingLower(x1, offset);
        Vector64<ushort> l2 = AdvSimd.AddHighNarrowingLower(x2, offset);
        Vector64<ushort> l3 = AdvSimd.AddHighNarrowingLower(x3, offset);
        g0 = AdvSimd.AddHighNarrowingUpper(l0, x4, offset);
        g1 = AdvSimd.AddHighNarrowingUpper(l1, x5, offset);
        g2 = AdvSimd.AddHighNarrowingUpper(l2, x6, offset);
        g3 = AdvSimd.AddHighNarrowingUpper(l3, x7, offset);
    }

    /// <summary>The same (g), and half-bytes in pairs (s) of the masks of the 32 elements before (h).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(
        uint* x, int at, Vector128<uint> offset, Vector128<ushort> limit, Vector128<ushort> h0, Vector128<ushort> h1, Vector128<ushort> h2, Vector128<ushort> h3,
        out Vector128<ushort> g0, out Vector128<ushort> g1, out Vector128<ushort> g2, out Vector128<ushort> g3, out Vector128<ushort> s0, out Vector128<ushort> s1)
    {
        Load(x, at, out var x0, out var x1, out var x2, out var x3, out var x4, out var x5, out var x6, out var x7);
        Masks(h0, h1, h2, h3, limit, out var m0, out var m1, out var m2, out var m3);
        Vector64<ushort> l0 = AdvSimd.AddHighNarrowingLower(x0, offset);
        Vector64<ushort> l1 = AdvSimd.AddHighNarrowingLower(x1, offset);
        Vector64<ushort> l2 = AdvSimd.AddHighNarrowingLower(x2, offset);
        Vector64<ushort> l3 = AdvSimd.AddHighNarrowingLower(x3, offset);
        s0 = AdvSimd.ShiftLeftAndInsert(m0, m1, 4).AsUInt16();
        s1 = AdvSimd.ShiftLeftAndInsert(m2, m3, 4).AsUInt16();
        g0 = AdvSimd.AddHighNarrowingUpper(l0, x4, offset);
        g1 = AdvSimd.AddHighNarrowingUpper(l1, x5, offset);
        g2 = AdvSimd.AddHighNarrowingUpper(l2, x6, offset);
        g3 = AdvSimd.AddHighNarrowingUpper(l3, x7, offset);
    }

    /// <summary>The same, and the half-bytes of the 32 elements before those (t) together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        uint* x, int at, Vector128<uint> offset, Vector128<ushort> limit, Vector128<ushort> h0, Vector128<ushort> h1, Vector128<ushort> h2, Vector128<ushort> h3,
        Vector128<ushort> t0, Vector128<ushort> t1, out Vector128<ushort> g0, out Vector128<ushort> g1, out Vector128<ushort> g2, out Vector128<ushort> g3,
        out Vector128<ushort> s0, out Vector128<ushort> s1, out Vector128<ushort> together)
    {
        Halves(x, at, offset, limit, h0, h1, h2, h3, out g0, out g1, out g2, out g3, out s0, out s1);
        together = AdvSimd.ShiftLeftAndInsert(t0, t1, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Masks(
        Vector128<ushort> h0, Vector128<ushort> h1, Vector128<ushort> h2, Vector128<ushort> h3, Vector128<ushort> limit,
        out Vector128<byte> m0, out Vector128<byte> m1, out Vector128<byte> m2, out Vector128<byte> m3)
    {
        m0 = AdvSimd.CompareGreaterThan(h0, limit).AsByte();
        m1 = AdvSimd.CompareGreaterThan(h1, limit).AsByte();
        m2 = AdvSimd.CompareGreaterThan(h2, limit).AsByte();
        m3 = AdvSimd.CompareGreaterThan(h3, limit).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        uint* x, int at, out Vector128<uint> x0, out Vector128<uint> x1, out Vector128<uint> x2, out Vector128<uint> x3,
        out Vector128<uint> x4, out Vector128<uint> x5, out Vector128<uint> x6, out Vector128<uint> x7)
    {
        // The place as a constant of its own becomes a part of the address.
        x0 = AdvSimd.LoadVector128(x + at);
        x2 = AdvSimd.LoadVector128(x + at + 8);
        x4 = AdvSimd.LoadVector128(x + at + 16);
        x6 = AdvSimd.LoadVector128(x + at + 24);
        x1 = AdvSimd.LoadVector128(x + at + 4);
        x3 = AdvSimd.LoadVector128(x + at + 12);
        x5 = AdvSimd.LoadVector128(x + at + 20);
        x7 = AdvSimd.LoadVector128(x + at + 28);
    }
}
