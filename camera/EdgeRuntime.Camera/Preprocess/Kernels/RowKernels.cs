using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Camera;

/// <summary>
/// The steps that rows go through, one subclass per instruction set, all equal to <see cref="ReferenceResampler"/> to the bit.
/// Buffers other than the frame's rows are padded: a kernel may read and write up to a vector beyond the count.
/// </summary>
internal abstract unsafe class RowKernels
{
    /// <summary>Elements that a kernel may touch beyond the count of a padded buffer.</summary>
    public const int Slack = 16;

    /// <summary>The kernels for this processor; null where only the reference runs.</summary>
    public static RowKernels? Best { get; } = AdvSimd.Arm64.IsSupported ? new AdvSimdRowKernels() : Sse41.IsSupported ? new Sse41RowKernels() : null;

    /// <summary><c>d[i] = sum over j of weights[j] * rows[j * stride + i]</c>: a vertical filter of bytes, exact in 16 bits as the weights sum to 256.</summary>
    /// <param name="rows">First row; nothing beyond <paramref name="count"/> bytes of each row is read.</param>
    /// <param name="stride">Bytes from a row to the next.</param>
    /// <param name="weights">Weights of 1..255; not read for a single one, which is 256.</param>
    /// <param name="taps">Number of weights.</param>
    /// <param name="d">Destination, padded.</param>
    /// <param name="count">Bytes per row.</param>
    public void Blend(byte* rows, nint stride, byte* weights, int taps, ushort* d, int count)
    {
        if (count >= 16)
        {
            if (taps == 1)
                WidenRow(rows, d, count);
            else
                BlendRows(rows, stride, weights, taps, d, count);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            int sum = 0;
            for (int j = 0; j < taps; j++)
                sum += (taps == 1 ? 256 : weights[j]) * rows[(j * stride) + i];
            d[i] = (ushort)sum;
        }
    }

    /// <summary><c>even[i] = s[2i], odd[i] = s[2i + 1]</c>.</summary>
    public abstract void Unzip2(ushort* s, ushort* even, ushort* odd, int count);

    /// <summary><c>a[i] = s[3i], b[i] = s[3i + 1], c[i] = s[3i + 2]</c>.</summary>
    public abstract void Unzip3(ushort* s, ushort* a, ushort* b, ushort* c, int count);

    /// <summary><c>d[i] = (sum over k of weights[i * taps + k] * s[offset[i] / 2 + k] + 2^15) >> 16</c>: a horizontal filter.</summary>
    /// <param name="s">Values of 8 fraction bits, padded by <paramref name="taps"/>.</param>
    /// <param name="offset">Byte offset of each output's first sample, padded.</param>
    /// <param name="weights">Weights of 14 fraction bits, filled up with zeros, padded.</param>
    /// <param name="taps">4, or a multiple of 8.</param>
    /// <param name="d">Values of 6 fraction bits, padded.</param>
    /// <param name="count">Outputs.</param>
    public abstract void Filter(ushort* s, uint* offset, ushort* weights, int taps, short* d, int count);

    /// <summary><c>d[i] = clamp((s[i] + 32) >> 6, 0, 255)</c>.</summary>
    public abstract void Round(short* s, byte* d, int count);

    /// <summary><c>d[i] = clamp((m.A * a[i] + m.B * b[i] + m.C * c[i] + m.Bias) >> 16, 0, 255)</c>.</summary>
    public abstract void Mix(short* a, short* b, short* c, in MixCoefficients m, byte* d, int count);

    /// <summary><c>d[i] = clamp((s[i] * code.Multiplier + code.Offset) >> 14, -128, 127)</c>; the destination is not padded.</summary>
    /// <returns>How many of the first elements were written; the caller looks up the rest.</returns>
    public virtual int Quantize(byte* s, AffineCode code, sbyte* d, int count) => 0;

    /// <summary>As <see cref="Quantize"/> for three channels, <paramref name="stride"/> bytes apart, written interleaved.</summary>
    /// <returns>How many of the first pixels were written; the caller looks up the rest.</returns>
    public virtual int Quantize3(byte* s, nint stride, AffineCode first, AffineCode second, AffineCode third, sbyte* d, int count) => 0;

    /// <summary><c>d[i] = 256 * row[i]</c>, for 16 bytes and more.</summary>
    protected abstract void WidenRow(byte* row, ushort* d, int count);

    /// <summary><see cref="Blend"/> for at least two weights and 16 bytes.</summary>
    protected abstract void BlendRows(byte* rows, nint stride, byte* weights, int taps, ushort* d, int count);
}

/// <summary>One row of a <see cref="ColourMatrix"/>.</summary>
internal readonly record struct MixCoefficients(short A, short B, short C, int Bias);
