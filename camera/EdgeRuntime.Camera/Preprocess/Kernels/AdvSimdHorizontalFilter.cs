using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Camera;

/// <summary>
/// The horizontal filter with NEON. Each output has one vector of four partial sums; pairwise additions bring the sums of four outputs
/// into one vector, and rshrn #16 rounds halves up. Loads of several outputs stand before their products, for cores that execute in order.
/// </summary>
internal static unsafe class AdvSimdHorizontalFilter
{
    public static void Run(byte* s, uint* offset, ushort* weights, int taps, short* d, int count)
    {
        short* end = d + count;
        if (taps == 4)
            Four(s, offset, weights, d, end);
        else if (taps == 8)
            Eight(s, offset, weights, d, end);
        else
            Many(s, offset, weights, taps, d, end);
    }

    private static void Four(byte* s, uint* offset, ushort* w, short* d, short* end)
    {
        do
        {
            Vector64<ushort> a0 = Load64(s, offset[0]), a1 = Load64(s, offset[1]), a2 = Load64(s, offset[2]), a3 = Load64(s, offset[3]);
            Vector64<ushort> w0 = AdvSimd.LoadVector64(w), w1 = AdvSimd.LoadVector64(w + 4), w2 = AdvSimd.LoadVector64(w + 8), w3 = AdvSimd.LoadVector64(w + 12);
            Vector64<ushort> b0 = Load64(s, offset[4]), b1 = Load64(s, offset[5]), b2 = Load64(s, offset[6]), b3 = Load64(s, offset[7]);
            Vector128<uint> p0 = AdvSimd.MultiplyWideningLower(a0, w0), p1 = AdvSimd.MultiplyWideningLower(a1, w1);
            Vector128<uint> p2 = AdvSimd.MultiplyWideningLower(a2, w2), p3 = AdvSimd.MultiplyWideningLower(a3, w3);
            Vector64<ushort> w4 = AdvSimd.LoadVector64(w + 16), w5 = AdvSimd.LoadVector64(w + 20), w6 = AdvSimd.LoadVector64(w + 24), w7 = AdvSimd.LoadVector64(w + 28);
            Vector128<uint> q0 = AdvSimd.MultiplyWideningLower(b0, w4), q1 = AdvSimd.MultiplyWideningLower(b1, w5);
            Vector128<uint> q2 = AdvSimd.MultiplyWideningLower(b2, w6), q3 = AdvSimd.MultiplyWideningLower(b3, w7);
            Store(d, p0, p1, p2, p3, q0, q1, q2, q3);
            offset += 8;
            w += 32;
            d += 8;
        }
        while (d < end);
    }

    private static void Eight(byte* s, uint* offset, ushort* w, short* d, short* end)
    {
        do
        {
            Vector128<ushort> a0 = Load128(s, offset[0]), a1 = Load128(s, offset[1]), a2 = Load128(s, offset[2]), a3 = Load128(s, offset[3]);
            Vector128<ushort> w0 = AdvSimd.LoadVector128(w), w1 = AdvSimd.LoadVector128(w + 8), w2 = AdvSimd.LoadVector128(w + 16), w3 = AdvSimd.LoadVector128(w + 24);
            Vector128<uint> p0 = AdvSimd.MultiplyWideningUpper(a0, w0), p1 = AdvSimd.MultiplyWideningUpper(a1, w1);
            Vector128<uint> p2 = AdvSimd.MultiplyWideningUpper(a2, w2), p3 = AdvSimd.MultiplyWideningUpper(a3, w3);
            Vector128<ushort> b0 = Load128(s, offset[4]), b1 = Load128(s, offset[5]), b2 = Load128(s, offset[6]), b3 = Load128(s, offset[7]);
            p0 = AdvSimd.MultiplyWideningLowerAndAdd(p0, a0.GetLower(), w0.GetLower());
            p1 = AdvSimd.MultiplyWideningLowerAndAdd(p1, a1.GetLower(), w1.GetLower());
            p2 = AdvSimd.MultiplyWideningLowerAndAdd(p2, a2.GetLower(), w2.GetLower());
            p3 = AdvSimd.MultiplyWideningLowerAndAdd(p3, a3.GetLower(), w3.GetLower());
            w0 = AdvSimd.LoadVector128(w + 32);
            w1 = AdvSimd.LoadVector128(w + 40);
            w2 = AdvSimd.LoadVector128(w + 48);
            w3 = AdvSimd.LoadVector128(w + 56);
            Vector128<uint> q0 = AdvSimd.MultiplyWideningUpper(b0, w0), q1 = AdvSimd.MultiplyWideningUpper(b1, w1);
            Vector128<uint> q2 = AdvSimd.MultiplyWideningUpper(b2, w2), q3 = AdvSimd.MultiplyWideningUpper(b3, w3);
            q0 = AdvSimd.MultiplyWideningLowerAndAdd(q0, b0.GetLower(), w0.GetLower());
            q1 = AdvSimd.MultiplyWideningLowerAndAdd(q1, b1.GetLower(), w1.GetLower());
            q2 = AdvSimd.MultiplyWideningLowerAndAdd(q2, b2.GetLower(), w2.GetLower());
            q3 = AdvSimd.MultiplyWideningLowerAndAdd(q3, b3.GetLower(), w3.GetLower());
            Store(d, p0, p1, p2, p3, q0, q1, q2, q3);
            offset += 8;
            w += 64;
            d += 8;
        }
        while (d < end);
    }

    private static void Many(byte* s, uint* offset, ushort* w, int taps, short* d, short* end)
    {
        do
        {
            Vector128<uint> p0 = default, p1 = default, p2 = default, p3 = default;
            for (int k = 0; k < taps; k += 8)
            {
                byte* at = s + (k * sizeof(ushort));
                p0 = Eight(p0, at + offset[0], w + k);
                p1 = Eight(p1, at + offset[1], w + taps + k);
                p2 = Eight(p2, at + offset[2], w + (2 * taps) + k);
                p3 = Eight(p3, at + offset[3], w + (3 * taps) + k);
            }

            Vector128<uint> sums = AdvSimd.Arm64.AddPairwise(AdvSimd.Arm64.AddPairwise(p0, p1), AdvSimd.Arm64.AddPairwise(p2, p3));
            AdvSimd.Store(d, AdvSimd.ShiftRightLogicalRoundedNarrowingLower(sums, 16).AsInt16());
            offset += 4;
            w += 4 * taps;
            d += 4;
        }
        while (d < end);
    }

    private static Vector128<uint> Eight(Vector128<uint> sum, byte* s, ushort* w)
    {
        Vector128<ushort> v = AdvSimd.LoadVector128((ushort*)s), u = AdvSimd.LoadVector128(w);
        sum = AdvSimd.MultiplyWideningUpperAndAdd(sum, v, u);
        return AdvSimd.MultiplyWideningLowerAndAdd(sum, v.GetLower(), u.GetLower());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(short* d, Vector128<uint> p0, Vector128<uint> p1, Vector128<uint> p2, Vector128<uint> p3,
        Vector128<uint> q0, Vector128<uint> q1, Vector128<uint> q2, Vector128<uint> q3)
    {
        p0 = AdvSimd.Arm64.AddPairwise(p0, p1);
        p2 = AdvSimd.Arm64.AddPairwise(p2, p3);
        q0 = AdvSimd.Arm64.AddPairwise(q0, q1);
        q2 = AdvSimd.Arm64.AddPairwise(q2, q3);
        p0 = AdvSimd.Arm64.AddPairwise(p0, p2);
        q0 = AdvSimd.Arm64.AddPairwise(q0, q2);
        AdvSimd.Store((ushort*)d, AdvSimd.ShiftRightLogicalRoundedNarrowingLower(p0, 16));
        AdvSimd.Store((ushort*)d + 4, AdvSimd.ShiftRightLogicalRoundedNarrowingLower(q0, 16));
    }

    private static Vector64<ushort> Load64(byte* s, uint offset) => AdvSimd.LoadVector64((ushort*)(s + offset));

    private static Vector128<ushort> Load128(byte* s, uint offset) => AdvSimd.LoadVector128((ushort*)(s + offset));
}
