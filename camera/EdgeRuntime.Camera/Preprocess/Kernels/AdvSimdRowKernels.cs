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

    public override void Filter(ushort* s, uint* offset, ushort* weights, int taps, short* d, int count) =>
        AdvSimdHorizontalFilter.Run((byte*)s, offset, weights, taps, d, count);

    public override void Round(short* s, byte* d, int count)
    {
        for (int i = 0; i < count; i += 8)
            AdvSimd.Store(d + i, AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUnsignedLower(AdvSimd.LoadVector128(s + i), 6));
    }

    // Two chains of four pixels side by side; halves are loaded apart, as taking the lower half of a vector costs a copy.
    public override void Mix(short* a, short* b, short* c, in MixCoefficients m, byte* d, int count)
    {
        Vector128<int> bias = Vector128.Create(m.Bias);
        Vector64<short> ma = Vector64.Create(m.A), mb = Vector64.Create(m.B), mc = Vector64.Create(m.C);
        byte* end = d + count;
        do
        {
            Vector64<short> a0 = AdvSimd.LoadVector64(a), a1 = AdvSimd.LoadVector64(a + 4);
            Vector64<short> b0 = AdvSimd.LoadVector64(b), b1 = AdvSimd.LoadVector64(b + 4);
            Vector128<int> low = AdvSimd.MultiplyWideningLowerAndAdd(bias, a0, ma), high = AdvSimd.MultiplyWideningLowerAndAdd(bias, a1, ma);
            Vector64<short> c0 = AdvSimd.LoadVector64(c), c1 = AdvSimd.LoadVector64(c + 4);
            low = AdvSimd.MultiplyWideningLowerAndAdd(low, b0, mb);
            high = AdvSimd.MultiplyWideningLowerAndAdd(high, b1, mb);
            low = AdvSimd.MultiplyWideningLowerAndAdd(low, c0, mc);
            high = AdvSimd.MultiplyWideningLowerAndAdd(high, c1, mc);

            // sqshrun clamps to 0..65535, uqxtn to 255.
            Vector64<ushort> narrow = AdvSimd.ShiftRightArithmeticNarrowingSaturateUnsignedLower(low, 16);
            Vector128<ushort> both = AdvSimd.ShiftRightArithmeticNarrowingSaturateUnsignedUpper(narrow, high, 16);
            AdvSimd.Store(d, AdvSimd.ExtractNarrowingSaturateLower(both));
            a += 8;
            b += 8;
            c += 8;
            d += 8;
        }
        while (d < end);
    }

    public override int Quantize(byte* s, AffineCode code, sbyte* d, int count)
    {
        int whole = count & ~7;
        for (int i = 0; i < whole; i += 8)
            AdvSimd.Store(d + i, Encode(AdvSimd.LoadVector64(s + i), Vector128.Create(code.Offset).AsUInt32(), Vector128.Create(code.Multiplier)));
        return whole;
    }

    // st3 interleaves eight pixels of the three channels.
    public override int Quantize3(byte* s, nint stride, AffineCode first, AffineCode second, AffineCode third, sbyte* d, int count)
    {
        int whole = count & ~7;
        Vector128<uint> o0 = Vector128.Create(first.Offset).AsUInt32(), o1 = Vector128.Create(second.Offset).AsUInt32(), o2 = Vector128.Create(third.Offset).AsUInt32();
        Vector128<ushort> m0 = Vector128.Create(first.Multiplier), m1 = Vector128.Create(second.Multiplier), m2 = Vector128.Create(third.Multiplier);
        for (int i = 0; i < whole; i += 8)
        {
            Vector64<sbyte> a = Encode(AdvSimd.LoadVector64(s), o0, m0);
            Vector64<sbyte> b = Encode(AdvSimd.LoadVector64(s + stride), o1, m1);
            Vector64<sbyte> c = Encode(AdvSimd.LoadVector64(s + (2 * stride)), o2, m2);
            AdvSimd.StoreVectorAndZip(d, (a, b, c));
            s += 8;
            d += 24;
        }

        return whole;
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

    // 32 bytes per step in four chains; the last step of 16 overlaps the one before it, so that no byte beyond the row is read.
    protected override void BlendRows(byte* rows, nint stride, byte* weights, int taps, ushort* d, int count)
    {
        byte* last = weights + taps;
        int i = 0;
        for (; i <= count - 32; i += 32)
        {
            byte* row = rows + i;
            Vector128<byte> u = AdvSimd.LoadVector128(row), v = AdvSimd.LoadVector128(row + 16), w = AdvSimd.LoadAndReplicateToVector128(weights);
            Vector128<ushort> s1 = AdvSimd.MultiplyWideningUpper(u, w), s3 = AdvSimd.MultiplyWideningUpper(v, w);
            Vector128<ushort> s0 = AdvSimd.MultiplyWideningLower(u.GetLower(), w.GetLower()), s2 = AdvSimd.MultiplyWideningLower(v.GetLower(), w.GetLower());
            byte* weight = weights + 1;
            do
            {
                row += stride;
                u = AdvSimd.LoadVector128(row);
                v = AdvSimd.LoadVector128(row + 16);
                w = AdvSimd.LoadAndReplicateToVector128(weight++);
                s1 = AdvSimd.MultiplyWideningUpperAndAdd(s1, u, w);
                s3 = AdvSimd.MultiplyWideningUpperAndAdd(s3, v, w);
                s0 = AdvSimd.MultiplyWideningLowerAndAdd(s0, u.GetLower(), w.GetLower());
                s2 = AdvSimd.MultiplyWideningLowerAndAdd(s2, v.GetLower(), w.GetLower());
            }
            while (weight < last);
            AdvSimd.Store(d + i, s0);
            AdvSimd.Store(d + i + 8, s1);
            AdvSimd.Store(d + i + 16, s2);
            AdvSimd.Store(d + i + 24, s3);
        }

        while (i < count)
        {
            i = Math.Min(i, count - 16);
            byte* row = rows + i;
            Vector128<ushort> low = default, high = default;
            for (byte* weight = weights; weight < last; weight++)
            {
                Vector128<byte> v = AdvSimd.LoadVector128(row), w = AdvSimd.LoadAndReplicateToVector128(weight);
                high = AdvSimd.MultiplyWideningUpperAndAdd(high, v, w);
                low = AdvSimd.MultiplyWideningLowerAndAdd(low, v.GetLower(), w.GetLower());
                row += stride;
            }

            AdvSimd.Store(d + i, low);
            AdvSimd.Store(d + i + 8, high);
            i += 16;
        }
    }

    // Products of 8 bits by 16 bits and the offset in 32 bits; sqshrn and sqxtn clamp to int8.
    private static Vector64<sbyte> Encode(Vector64<byte> pixels, Vector128<uint> offset, Vector128<ushort> multiplier)
    {
        Vector128<ushort> wide = AdvSimd.ZeroExtendWideningLower(pixels);
        Vector128<int> high = AdvSimd.MultiplyWideningUpperAndAdd(offset, wide, multiplier).AsInt32();
        Vector128<int> low = AdvSimd.MultiplyWideningLowerAndAdd(offset, wide.GetLower(), multiplier.GetLower()).AsInt32();
        Vector64<short> narrow = AdvSimd.ShiftRightArithmeticNarrowingSaturateLower(low, AffineCode.Shift);
        return AdvSimd.ExtractNarrowingSaturateLower(AdvSimd.ShiftRightArithmeticNarrowingSaturateUpper(narrow, high, AffineCode.Shift));
    }
}
