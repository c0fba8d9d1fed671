using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Camera;

/// <summary>x64 with SSE4.1, which every supported processor has.</summary>
internal sealed unsafe class Sse41RowKernels : RowKernels
{
    public override void Unzip2(ushort* s, ushort* even, ushort* odd, int count)
    {
        Vector128<int> mask = Vector128.Create(0xffff);
        for (int i = 0; i < count; i += 8)
        {
            Vector128<int> low = Vector128.Load(s + (2 * i)).AsInt32(), high = Vector128.Load(s + (2 * i) + 8).AsInt32();
            Sse41.PackUnsignedSaturate(low & mask, high & mask).Store(even + i);
            Sse41.PackUnsignedSaturate(low >>> 16, high >>> 16).Store(odd + i);
        }
    }

    public override void Unzip3(ushort* s, ushort* a, ushort* b, ushort* c, int count)
    {
        for (int i = 0; i < count; i++)
        {
            a[i] = s[3 * i];
            b[i] = s[(3 * i) + 1];
            c[i] = s[(3 * i) + 2];
        }
    }

    // pmaddwd multiplies signed words: samples of 0..65535 are lowered by 32768 first. As the weights sum to 2^14, that takes exactly
    // 2^29 off the sum, which goes back in together with the rounding.
    public override void Filter(ushort* s, uint* offset, ushort* weights, int taps, short* d, int count)
    {
        Vector128<int> restore = Vector128.Create((1 << 29) + (1 << 15));
        for (int i = 0; i < count; i += 4)
        {
            Vector128<int> p0 = Sum(At(s, offset[i]), weights, taps), p1 = Sum(At(s, offset[i + 1]), weights + taps, taps);
            Vector128<int> p2 = Sum(At(s, offset[i + 2]), weights + (2 * taps), taps), p3 = Sum(At(s, offset[i + 3]), weights + (3 * taps), taps);
            Vector128<int> sums = Ssse3.HorizontalAdd(Ssse3.HorizontalAdd(p0, p1), Ssse3.HorizontalAdd(p2, p3));
            Vector128<int> rounded = (sums + restore) >> 16;
            Sse2.PackSignedSaturate(rounded, rounded).GetLower().Store(d + i);
            weights += 4 * taps;
        }
    }

    public override void Round(short* s, byte* d, int count)
    {
        for (int i = 0; i < count; i += 8)
        {
            Vector128<short> v = (Vector128.Load(s + i) + Vector128.Create((short)32)) >> 6;
            Sse2.PackUnsignedSaturate(v, v).GetLower().Store(d + i);
        }
    }

    // Pairs (a, b) and (c, 0) go through pmaddwd. The sums shifted by 16 fit signed words, the packing clamps them to 0..255.
    public override void Mix(short* a, short* b, short* c, in MixCoefficients m, byte* d, int count)
    {
        Vector128<int> bias = Vector128.Create(m.Bias);
        Vector128<short> mab = Vector128.Create((m.B << 16) | (ushort)m.A).AsInt16(), mc = Vector128.Create((int)(ushort)m.C).AsInt16();
        for (int i = 0; i < count; i += 8)
        {
            Vector128<short> va = Vector128.Load(a + i), vb = Vector128.Load(b + i), vc = Vector128.Load(c + i);
            Vector128<int> low = bias + Sse2.MultiplyAddAdjacent(Sse2.UnpackLow(va, vb), mab) + Sse2.MultiplyAddAdjacent(Sse2.UnpackLow(vc, default), mc);
            Vector128<int> high = bias + Sse2.MultiplyAddAdjacent(Sse2.UnpackHigh(va, vb), mab) + Sse2.MultiplyAddAdjacent(Sse2.UnpackHigh(vc, default), mc);
            Vector128<short> narrow = Sse2.PackSignedSaturate(low >> 16, high >> 16);
            Sse2.PackUnsignedSaturate(narrow, narrow).GetLower().Store(d + i);
        }
    }

    protected override void WidenRow(byte* row, ushort* d, int count)
    {
        for (int i = 0; ; i += 16)
        {
            i = Math.Min(i, count - 16);
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(row + i));
            (low << 8).Store(d + i);
            (high << 8).Store(d + i + 8);
            if (i == count - 16)
                return;
        }
    }

    // The last step overlaps the one before it, so that no byte beyond the row is read.
    protected override void BlendRows(byte* rows, nint stride, byte* weights, int taps, ushort* d, int count)
    {
        for (int i = 0; ; i += 16)
        {
            i = Math.Min(i, count - 16);
            byte* row = rows + i;
            Vector128<ushort> low = default, high = default;
            for (int j = 0; j < taps; j++)
            {
                Vector128<ushort> w = Vector128.Create((ushort)weights[j]);
                (Vector128<ushort> l, Vector128<ushort> h) = Vector128.Widen(Vector128.Load(row));
                low += l * w;
                high += h * w;
                row += stride;
            }

            low.Store(d + i);
            high.Store(d + i + 8);
            if (i == count - 16)
                return;
        }
    }

    private static ushort* At(ushort* s, uint offset) => (ushort*)((byte*)s + offset);

    private static Vector128<int> Sum(ushort* s, ushort* w, int taps)
    {
        Vector128<ushort> lower = Vector128.Create((ushort)0x8000);
        if (taps == 4)
        {
            Vector128<ushort> four = Vector64.Load(s).ToVector128() ^ lower;
            return Sse2.MultiplyAddAdjacent(four.AsInt16(), Vector64.Load(w).ToVector128().AsInt16());
        }

        Vector128<int> sum = default;
        for (int k = 0; k < taps; k += 8)
            sum += Sse2.MultiplyAddAdjacent((Vector128.Load(s + k) ^ lower).AsInt16(), Vector128.Load(w + k).AsInt16());
        return sum;
    }
}
