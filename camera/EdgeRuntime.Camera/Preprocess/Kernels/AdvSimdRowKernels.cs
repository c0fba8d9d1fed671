using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Camera;

/// <summary>NEON: 16 bytes per step when blending rows, four outputs per step when filtering, eight pixels per step when mixing colours.</summary>
internal sealed unsafe class AdvSimdRowKernels : RowKernels
{
    public override void Unzip2(ushort* s, ushort* even, ushort* odd, int count)
    {
        for (int i = 0; i < count; i += 8)
        {
            Vector128<ushort> low = AdvSimd.LoadVector128(s), high = AdvSimd.LoadVector128(s + 8);
            AdvSimd.Store(even, AdvSimd.Arm64.UnzipEven(low, high));
            AdvSimd.Store(odd, AdvSimd.Arm64.UnzipOdd(low, high));
            s += 16;
            even += 8;
            odd += 8;
        }
    }

    public override void Unzip3(ushort* s, ushort* a, ushort* b, ushort* c, int count)
    {
        for (int i = 0; i < count; i += 8)
        {
            (Vector128<ushort> first, Vector128<ushort> second, Vector128<ushort> third) = AdvSimd.Arm64.Load3xVector128AndUnzip(s);
            AdvSimd.Store(a, first);
            AdvSimd.Store(b, second);
            AdvSimd.Store(c, third);
            s += 24;
            a += 8;
            b += 8;
            c += 8;
        }
    }

    // One accumulator of four partial sums per output; pairwise additions bring the sums of four outputs into one vector,
    // rshrn #16 rounds halves up.
    public override void Filter(ushort* s, int* first, ushort* weights, int taps, short* d, int count)
    {
        for (int i = 0; i < count; i += 4)
        {
            Vector128<uint> p0, p1, p2, p3;
            if (taps == 4)
            {
                p0 = Four(s + first[0], weights);
                p1 = Four(s + first[1], weights + 4);
                p2 = Four(s + first[2], weights + 8);
                p3 = Four(s + first[3], weights + 12);
                weights += 16;
            }
            else if (taps == 8)
            {
                p0 = Eight(s + first[0], weights);
                p1 = Eight(s + first[1], weights + 8);
                p2 = Eight(s + first[2], weights + 16);
                p3 = Eight(s + first[3], weights + 24);
                weights += 32;
            }
            else
            {
                p0 = Many(s + first[0], weights, taps);
                p1 = Many(s + first[1], weights + taps, taps);
                p2 = Many(s + first[2], weights + (2 * taps), taps);
                p3 = Many(s + first[3], weights + (3 * taps), taps);
                weights += 4 * taps;
            }

            Vector128<uint> sums = AdvSimd.Arm64.AddPairwise(AdvSimd.Arm64.AddPairwise(p0, p1), AdvSimd.Arm64.AddPairwise(p2, p3));
            AdvSimd.Store(d, AdvSimd.ShiftRightLogicalRoundedNarrowingLower(sums, 16).AsInt16());
            first += 4;
            d += 4;
        }
    }

    public override void Round(short* s, byte* d, int count)
    {
        for (int i = 0; i < count; i += 8)
            AdvSimd.Store(d + i, AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUnsignedLower(AdvSimd.LoadVector128(s + i), 6));
    }

    public override void Mix(short* a, short* b, short* c, in MixCoefficients m, byte* d, int count)
    {
        Vector128<int> bias = Vector128.Create(m.Bias);
        Vector128<short> ma = Vector128.Create(m.A), mb = Vector128.Create(m.B), mc = Vector128.Create(m.C);
        Vector64<short> la = Vector64.Create(m.A), lb = Vector64.Create(m.B), lc = Vector64.Create(m.C);
        for (int i = 0; i < count; i += 8)
        {
            Vector128<short> va = AdvSimd.LoadVector128(a + i), vb = AdvSimd.LoadVector128(b + i), vc = AdvSimd.LoadVector128(c + i);
            Vector128<int> high = AdvSimd.MultiplyWideningUpperAndAdd(bias, va, ma);
            Vector128<int> low = AdvSimd.MultiplyWideningLowerAndAdd(bias, va.GetLower(), la);
            high = AdvSimd.MultiplyWideningUpperAndAdd(high, vb, mb);
            low = AdvSimd.MultiplyWideningLowerAndAdd(low, vb.GetLower(), lb);
            high = AdvSimd.MultiplyWideningUpperAndAdd(high, vc, mc);
            low = AdvSimd.MultiplyWideningLowerAndAdd(low, vc.GetLower(), lc);

            // sqshrun clamps to 0..65535, uqxtn to 255.
            Vector64<ushort> narrow = AdvSimd.ShiftRightArithmeticNarrowingSaturateUnsignedLower(low, 16);
            Vector128<ushort> both = AdvSimd.ShiftRightArithmeticNarrowingSaturateUnsignedUpper(narrow, high, 16);
            AdvSimd.Store(d + i, AdvSimd.ExtractNarrowingSaturateLower(both));
        }
    }

    protected override void WidenRow(byte* row, ushort* d, int count)
    {
        for (int i = 0; ; i += 16)
        {
            i = Math.Min(i, count - 16);
            Vector128<byte> v = AdvSimd.LoadVector128(row + i);
            AdvSimd.Store(d + i, AdvSimd.ShiftLeftLogical(AdvSimd.ZeroExtendWideningLower(v.GetLower()), 8));
            AdvSimd.Store(d + i + 8, AdvSimd.ShiftLeftLogical(AdvSimd.ZeroExtendWideningUpper(v), 8));
            if (i == count - 16)
                return;
        }
    }

    // The last step overlaps the one before it, so that no byte beyond the row is read.
    protected override void BlendRows(byte* rows, nint stride, ushort* weights, int taps, ushort* d, int count)
    {
        for (int i = 0; ; i += 16)
        {
            i = Math.Min(i, count - 16);
            byte* row = rows + i;
            Vector128<byte> v = AdvSimd.LoadVector128(row), w = Vector128.Create((byte)weights[0]);
            Vector128<ushort> high = AdvSimd.MultiplyWideningUpper(v, w);
            Vector128<ushort> low = AdvSimd.MultiplyWideningLower(v.GetLower(), w.GetLower());
            for (int j = 1; j < taps; j++)
            {
                row += stride;
                v = AdvSimd.LoadVector128(row);
                w = Vector128.Create((byte)weights[j]);
                high = AdvSimd.MultiplyWideningUpperAndAdd(high, v, w);
                low = AdvSimd.MultiplyWideningLowerAndAdd(low, v.GetLower(), w.GetLower());
            }

            AdvSimd.Store(d + i, low);
            AdvSimd.Store(d + i + 8, high);
            if (i == count - 16)
                return;
        }
    }

    private static Vector128<uint> Four(ushort* s, ushort* w) => AdvSimd.MultiplyWideningLower(AdvSimd.LoadVector64(s), AdvSimd.LoadVector64(w));

    private static Vector128<uint> Eight(ushort* s, ushort* w)
    {
        Vector128<ushort> v = AdvSimd.LoadVector128(s), u = AdvSimd.LoadVector128(w);
        return AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.MultiplyWideningUpper(v, u), v.GetLower(), u.GetLower());
    }

    private static Vector128<uint> Many(ushort* s, ushort* w, int taps)
    {
        Vector128<uint> sum = Eight(s, w);
        for (int k = 8; k < taps; k += 8)
        {
            Vector128<ushort> v = AdvSimd.LoadVector128(s + k), u = AdvSimd.LoadVector128(w + k);
            sum = AdvSimd.MultiplyWideningUpperAndAdd(sum, v, u);
            sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, v.GetLower(), u.GetLower());
        }

        return sum;
    }
}
