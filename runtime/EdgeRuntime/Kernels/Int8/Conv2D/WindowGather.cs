using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Copies the windows of consecutive output pixels into rows of a small scratch buffer, so that a convolution becomes a matrix product: row by row of
/// the filter, the taps' channels side by side; positions outside the picture hold the zero point. The buffer takes a few rows at a time, never the
/// whole picture.
/// </summary>
internal readonly unsafe struct WindowGather
{
    /// <summary>Bytes past the last row that are overwritten.</summary>
    public const int Slack = 16;

    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int channels;
    private readonly byte zeroPoint;
    private readonly int segment;

    public WindowGather(Shape x, Shape weights, Conv2DOptions options, int zeroPoint)
    {
        (rows, columns) = WindowAxis.Of(x, weights, options);
        channels = x[3];
        segment = columns.Filter * channels;
        Stride = ((rows.Filter * segment) + 15) & ~15;
        this.zeroPoint = (byte)zeroPoint;
    }

    /// <summary>Bytes between rows of the scratch buffer, a multiple of 16.</summary>
    public int Stride { get; }

    /// <summary>Whether windows are single pixels next to each other, so that the picture itself is the matrix.</summary>
    public bool IsIdentity => rows is { Filter: 1, Stride: 1, PadBefore: 0 } && columns is { Filter: 1, Stride: 1, PadBefore: 0 }
        && rows.Output == rows.Input && columns.Output == columns.Input;

    /// <summary>Gathers output pixels begin..end-1, counted over all pictures of the batch.</summary>
    public void Gather(byte* x, byte* destination, int begin, int end)
    {
        int picture = Math.DivRem(begin, rows.Output * columns.Output, out int pixel);
        int oy = Math.DivRem(pixel, columns.Output, out int ox);
        byte* origin = x + ((nint)picture * rows.Input * columns.Input * channels);
        for (int i = begin; i < end; i++, destination += Stride)
        {
            int ix = (ox * columns.Stride) - columns.PadBefore;
            bool inside = columns.Dilation == 1 && ix >= 0 && ix + columns.Filter <= columns.Input;
            byte* row = destination;
            for (int fy = 0; fy < rows.Filter; fy++, row += segment)
            {
                int iy = (oy * rows.Stride) - rows.PadBefore + (fy * rows.Dilation);
                if ((uint)iy >= (uint)rows.Input)
                    Fill(row, segment);
                else if (inside)
                    Copy(row, origin + ((((nint)iy * columns.Input) + ix) * channels), segment);
                else
                    CopyTaps(row, origin + ((nint)iy * columns.Input * channels), ix);
            }

            if (++ox < columns.Output)
                continue;
            ox = 0;
            if (++oy < rows.Output)
                continue;
            oy = 0;
            origin += (nint)rows.Input * columns.Input * channels;
        }
    }

    /// <summary>Copies in steps of 16 bytes: up to 15 bytes too many, which the next copy overwrites or nobody reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* destination, byte* source, int count)
    {
        do
        {
            Vector128.Store(Vector128.Load(source), destination);
            source += 16;
            destination += 16;
            count -= 16;
        }
        while (count > 0);
    }

    private void Fill(byte* destination, int count)
    {
        Vector128<byte> zero = Vector128.Create(zeroPoint);
        for (int i = 0; i < count; i += 16)
            Vector128.Store(zero, destination + i);
    }

    private void CopyTaps(byte* destination, byte* row, int ix)
    {
        for (int fx = 0; fx < columns.Filter; fx++, ix += columns.Dilation, destination += channels)
        {
            if ((uint)ix < (uint)columns.Input)
                Copy(destination, row + ((nint)ix * channels), channels);
            else
                Fill(destination, channels);
        }
    }
}
