using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// One output row of a 3x3 depthwise convolution, 16 channels. The three inputs of a column are put side by side for each channel, in 32 bits whose last byte meets a
/// weight of 0, so that vpdpbusd sums a column; a column is made once and stays in registers for all windows that hold it. Inputs are shifted by 128 to be unsigned; the
/// bias makes up for it.
/// </summary>
internal static unsafe class VnniDepthwise3x3Tile
{
    /// <summary>Channels of a row.</summary>
    public const int Width = 16;

    /// <summary>int32 constants of 16 channels: bias, multipliers, shifts, then the weights of three columns.</summary>
    public const int Constants = 6 * Width;

    /// <summary>The row; windows move by one column.</summary>
    /// <param name="row">Inputs, constants and outputs.</param>
    /// <param name="scale">Requantization.</param>
    public static void Stride1<TOutput>(DepthwiseRow* row, in TOutput scale)
        where TOutput : unmanaged, IX64Output<TOutput>
    {
        TOutput output = scale;
        var weights = new Weights((int*)row->Constants);
        byte* p0 = row->Row0, p1 = row->Row1, p2 = row->Row2, outside = row->Outside;
        nint d0 = row->Step0, d1 = row->Step1, d2 = row->Step2;
        sbyte* y = row->Output;
        nint step = row->OutputStep;
        int count = row->Count;
        int outsideAt = row->RightOutside ? 1 : 0;
        Vector256<byte> a0, a1, b0, b1, c0, c1;
        if (row->LeftOutside)
        {
            Column(outside, outside, outside, out a0, out a1);
        }
        else
        {
            Column(p0, p1, p2, out a0, out a1);
            p0 += d0;
            p1 += d1;
            p2 += d2;
        }

        Column(p0, p1, p2, out b0, out b1);
        p0 += d0;
        p1 += d1;
        p2 += d2;

        // Three pixels a turn: the columns change their places in the window without a move. The last pixel is left over.
        for (; count > 3; count -= 3)
        {
            Column(p0, p1, p2, out c0, out c1);
            Vector128.Store(output.Finish(weights.Sum(a0, b0, c0), weights.UpperSum(a1, b1, c1)), y);
            Column(p0 + d0, p1 + d1, p2 + d2, out a0, out a1);
            Vector128.Store(output.Finish(weights.Sum(b0, c0, a0), weights.UpperSum(b1, c1, a1)), y + step);
            Column(p0 + (2 * d0), p1 + (2 * d1), p2 + (2 * d2), out b0, out b1);
            Vector128.Store(output.Finish(weights.Sum(c0, a0, b0), weights.UpperSum(c1, a1, b1)), y + (2 * step));
            p0 += 3 * d0;
            p1 += 3 * d1;
            p2 += 3 * d2;
            y += 3 * step;
        }

        for (; count != 0; count--, y += step)
        {
            if (count == outsideAt)
                p0 = p1 = p2 = outside;
            Column(p0, p1, p2, out c0, out c1);
            Vector128.Store(output.Finish(weights.Sum(a0, b0, c0), weights.UpperSum(a1, b1, c1)), y);
            p0 += d0;
            p1 += d1;
            p2 += d2;
            (a0, a1, b0, b1) = (b0, b1, c0, c1);
        }
    }

    /// <summary>The row; windows move by two columns.</summary>
    /// <param name="row">Inputs, constants and outputs.</param>
    /// <param name="scale">Requantization.</param>
    public static void Stride2<TOutput>(DepthwiseRow* row, in TOutput scale)
        where TOutput : unmanaged, IX64Output<TOutput>
    {
        TOutput output = scale;
        var weights = new Weights((int*)row->Constants);
        byte* p0 = row->Row0, p1 = row->Row1, p2 = row->Row2, outside = row->Outside;
        nint d0 = row->Step0, d1 = row->Step1, d2 = row->Step2;
        sbyte* y = row->Output;
        nint step = row->OutputStep;
        Vector256<byte> a0, a1, b0, b1, c0, c1;
        if (row->LeftOutside)
        {
            Column(outside, outside, outside, out a0, out a1);
        }
        else
        {
            Column(p0, p1, p2, out a0, out a1);
            p0 += d0;
            p1 += d1;
            p2 += d2;
        }

        for (int count = row->Count - (row->RightOutside ? 1 : 0); count > 0; count--, y += step)
        {
            Column(p0, p1, p2, out b0, out b1);
            Column(p0 + d0, p1 + d1, p2 + d2, out c0, out c1);
            Vector128.Store(output.Finish(weights.Sum(a0, b0, c0), weights.UpperSum(a1, b1, c1)), y);
            p0 += 2 * d0;
            p1 += 2 * d1;
            p2 += 2 * d2;
            (a0, a1) = (c0, c1);
        }

        if (row->RightOutside)
        {
            Column(p0, p1, p2, out b0, out b1);
            Column(outside, outside, outside, out c0, out c1);
            Vector128.Store(output.Finish(weights.Sum(a0, b0, c0), weights.UpperSum(a1, b1, c1)), y);
        }
    }

    /// <summary>A column: byte c of each of the three inputs in lane c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(byte* x0, byte* x1, byte* x2, out Vector256<byte> lower, out Vector256<byte> upper)
    {
        Vector512<byte> x = Vector128.Load(x0).ToVector256Unsafe().WithUpper(Vector128.Load(x1)).ToVector512Unsafe();
        x = Avx512F.InsertVector128(x, Vector128.Load(x2), 2) ^ Vector512.Create((byte)0x80);
        Vector512<byte> order = Vector512.Create(
            0, 16, 32, 48, 1, 17, 33, 49, 2, 18, 34, 50, 3, 19, 35, 51, 4, 20, 36, 52, 5, 21, 37, 53, 6, 22, 38, 54, 7, 23, 39, 55,
            8, 24, 40, 56, 9, 25, 41, 57, 10, 26, 42, 58, 11, 27, 43, 59, 12, 28, 44, 60, 13, 29, 45, 61, 14, 30, 46, 62, (byte)15, 31, 47, 63);
        x = Avx512Vbmi.PermuteVar64x8(x, order);
        lower = x.GetLower();
        upper = x.GetUpper();
    }

    /// <summary>Bias and weights of 16 channels.</summary>
    private readonly struct Weights(int* constants)
    {
        private readonly Vector256<int> bias = Vector256.Load(constants), upperBias = Vector256.Load(constants + 8);
        private readonly Vector256<int> a = Vector256.Load(constants + 48), upperA = Vector256.Load(constants + 56);
        private readonly Vector256<int> b = Vector256.Load(constants + 64), upperB = Vector256.Load(constants + 72);
        private readonly Vector256<int> c = Vector256.Load(constants + 80), upperC = Vector256.Load(constants + 88);

        /// <summary>Accumulators of channels 0..7 for a window of three columns.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<int> Sum(Vector256<byte> x0, Vector256<byte> x1, Vector256<byte> x2) =>
            AvxVnni.MultiplyWideningAndAdd(
                AvxVnni.MultiplyWideningAndAdd(AvxVnni.MultiplyWideningAndAdd(bias, x0, a.AsSByte()), x1, b.AsSByte()), x2, c.AsSByte());

        /// <summary>Accumulators of channels 8..15.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<int> UpperSum(Vector256<byte> x0, Vector256<byte> x1, Vector256<byte> x2) =>
            AvxVnni.MultiplyWideningAndAdd(
                AvxVnni.MultiplyWideningAndAdd(AvxVnni.MultiplyWideningAndAdd(upperBias, x0, upperA.AsSByte()), x1, upperB.AsSByte()), x2, upperC.AsSByte());
    }
}
