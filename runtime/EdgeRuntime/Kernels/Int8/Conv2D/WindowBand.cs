using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Input rows under a band of output pixels, so that each pixel's window is a few contiguous segments, one for each row of the filter, at equal distances.
/// A picture without padding is used where it lies; otherwise the rows are copied, with their padding, into a scratch buffer that holds
/// <see cref="Rows"/> by <see cref="Columns"/> output pixels: each input byte is copied once, not once for each tap. For filters without dilation.
/// </summary>
internal readonly unsafe struct WindowBand
{
    private const int MinColumns = 8;
    private const int MinRows = 2;
    private const int MinBands = 8;

    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int channels;
    private readonly byte zeroPoint;

    /// <param name="x">Input shape.</param>
    /// <param name="weights">Shape of the weights.</param>
    /// <param name="options">Validated options, without dilation.</param>
    /// <param name="zeroPoint">Zero point of the input: what padding holds.</param>
    /// <param name="limit">Bytes that the buffer should not exceed; one output row of a few pixels may.</param>
    public WindowBand(Shape x, Shape weights, Conv2DOptions options, int zeroPoint, int limit)
    {
        (rows, columns) = WindowAxis.Of(x, weights, options);
        channels = x[3];
        this.zeroPoint = (byte)zeroPoint;
        Segment = columns.Filter * channels;
        IsInPlace = IsInside(rows) && IsInside(columns);
        if (IsInPlace)
        {
            (Rows, Columns) = (1, columns.Output);
            Pitch = (nint)columns.Input * channels;
            return;
        }

        Columns = columns.Output;
        while (Columns > MinColumns && RowBytes(Columns) * rows.Filter > limit)
            Columns = (((Columns + 1) / 2) + MinColumns - 1) & -MinColumns;
        Pitch = (nint)RowBytes(Columns);
        long fit = ((limit / Pitch) - rows.Filter) / rows.Stride;
        Rows = (int)Math.Clamp(fit + 1, 1, Math.Max(MinRows, rows.Output / MinBands));

        // Bands of equal height, several of them, so that threads can share the work.
        int bands = (rows.Output + Rows - 1) / Rows;
        Rows = (rows.Output + bands - 1) / bands;
    }

    /// <summary>Whether windows are read from the picture itself.</summary>
    public bool IsInPlace { get; }

    /// <summary>Output rows of a band.</summary>
    public int Rows { get; }

    /// <summary>Output columns of a band.</summary>
    public int Columns { get; }

    /// <summary>Bytes of a segment: the filter's width times channels.</summary>
    public int Segment { get; }

    /// <summary>Bytes between rows of a band.</summary>
    public nint Pitch { get; }

    /// <summary>Bytes between the windows of neighbouring pixels.</summary>
    public nint PixelStep => (nint)columns.Stride * channels;

    /// <summary>Bytes between the windows of output rows.</summary>
    public nint RowStep => rows.Stride * Pitch;

    /// <summary>Bytes of the buffer.</summary>
    public int Bytes => IsInPlace ? 0 : checked((int)(Pitch * InputRows(Rows))) + Slack;

    /// <summary>Bands across the picture and down the picture.</summary>
    public (int Across, int Down) Count => ((columns.Output + Columns - 1) / Columns, (rows.Output + Rows - 1) / Rows);

    /// <summary>Bytes past the last row that are overwritten.</summary>
    private static int Slack => 16;

    /// <summary>
    /// The window of an output pixel of one picture, and room for <paramref name="count"/> rows of outputs below it: where it lies, or copied into the buffer.
    /// </summary>
    public byte* Load(byte* picture, byte* buffer, int row, int count, int column)
    {
        int iy = (row * rows.Stride) - rows.PadBefore;
        int ix = (column * columns.Stride) - columns.PadBefore;
        if (IsInPlace)
            return picture + (iy * Pitch) + ((nint)ix * channels);

        int width = ((Math.Min(Columns, columns.Output - column) - 1) * columns.Stride) + columns.Filter;
        int first = Math.Max(ix, 0);
        int inside = Math.Max(Math.Min(ix + width, columns.Input) - first, 0);
        int before = inside == 0 ? width : first - ix;
        byte* target = buffer;
        byte* source = picture + ((((nint)iy * columns.Input) + first) * channels);
        for (int r = InputRows(count); r != 0; r--, iy++, target += Pitch, source += (nint)columns.Input * channels)
        {
            if ((uint)iy >= (uint)rows.Input)
            {
                Fill(target, width * channels);
                continue;
            }

            // Each piece may run over into the next, which is written after it.
            byte* p = target;
            Fill(p, before * channels);
            p += before * channels;
            Copy(p, source, inside * channels);
            p += inside * channels;
            Fill(p, (width - before - inside) * channels);
        }

        return buffer;
    }

    /// <summary>Puts the segments of neighbouring windows side by side: <paramref name="count"/> rows of a matrix, <paramref name="stride"/> bytes apart.</summary>
    public void Gather(byte* window, byte* matrix, int count, int stride)
    {
        nint step = PixelStep;
        if (Segment <= 16 && rows.Filter == 3)
        {
            // The first layer of most networks: three colours under 3 rows of 3 pixels.
            byte* window1 = window + Pitch;
            byte* window2 = window1 + Pitch;
            byte* matrix1 = matrix + Segment;
            byte* matrix2 = matrix1 + Segment;
            for (nint from = 0, to = 0; count != 0; count--, from += step, to += stride)
            {
                Vector128<byte> row0 = Vector128.Load(window + from);
                Vector128<byte> row1 = Vector128.Load(window1 + from);
                Vector128<byte> row2 = Vector128.Load(window2 + from);
                Vector128.Store(row0, matrix + to);
                Vector128.Store(row1, matrix1 + to);
                Vector128.Store(row2, matrix2 + to);
            }

            return;
        }

        if (Segment <= 16)
        {
            for (; count != 0; count--, window += step, matrix += stride)
            {
                byte* source = window;
                byte* target = matrix;
                for (int f = rows.Filter; f != 0; f--, source += Pitch, target += Segment)
                    Vector128.Store(Vector128.Load(source), target);
            }

            return;
        }

        for (; count != 0; count--, window += step, matrix += stride)
        {
            byte* source = window;
            byte* target = matrix;
            for (int f = rows.Filter; f != 0; f--, source += Pitch, target += Segment)
                Copy(target, source, Segment);
        }
    }

    private static bool IsInside(WindowAxis axis) =>
        axis.PadBefore == 0 && ((long)(axis.Output - 1) * axis.Stride) + axis.Filter <= axis.Input;

    private int InputRows(int outputRows) => ((outputRows - 1) * rows.Stride) + rows.Filter;

    private long RowBytes(int outputColumns) => ((((outputColumns - 1L) * columns.Stride) + columns.Filter) * channels + 15) & ~15L;

    /// <summary>Copies in steps of 16 bytes: up to 15 bytes too many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* destination, byte* source, int count)
    {
        for (; count > 16; count -= 32, source += 32, destination += 32)
        {
            Vector128<byte> low = Vector128.Load(source);
            Vector128<byte> high = Vector128.Load(source + 16);
            Vector128.Store(low, destination);
            Vector128.Store(high, destination + 16);
        }

        if (count > 0)
            Vector128.Store(Vector128.Load(source), destination);
    }

    private void Fill(byte* destination, int count)
    {
        Vector128<byte> zero = Vector128.Create(zeroPoint);
        for (int i = 0; i < count; i += 16)
            Vector128.Store(zero, destination + i);
    }
}
