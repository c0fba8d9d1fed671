using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Float32;

/// <summary>Rows of activations times one panel of weights.</summary>
internal unsafe struct Float32Block
{
    /// <summary>First row.</summary>
    public float* A;

    /// <summary>Elements between rows.</summary>
    public nint AStride;

    /// <summary>Rows, 1 or more.</summary>
    public int Rows;

    /// <summary>Elements of a row.</summary>
    public int Depth;

    /// <summary>The panel.</summary>
    public float* Panel;

    /// <summary>First output of the panel in the first row.</summary>
    public float* Output;

    /// <summary>Elements between rows of outputs.</summary>
    public nint OutputStride;

    /// <summary>Channels of the panel that are stored.</summary>
    public int Columns;

    /// <summary>Least output.</summary>
    public float Low;

    /// <summary>Largest output.</summary>
    public float High;
}

/// <summary>
/// The inner kernel of float32 matrix products: 6 rows by two vectors of channels, 12 sums. Each sum takes its products in the order of the depths, beginning with the bias, and
/// rounds once for each; the reference rounds products and sums, and adds the bias last.
/// </summary>
internal static unsafe class Float32GemmTile<TLanes, TVector>
    where TLanes : struct, IFloat32Lanes<TVector>
    where TVector : unmanaged
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>Channels of a panel.</summary>
    public static int Width => 2 * TLanes.Count;

    /// <summary>Computes all rows of a block. Panels with missing channels go to a buffer first.</summary>
    public static void Multiply(Float32Block* block)
    {
        float* a = block->A;
        float* y = block->Output;
        bool full = block->Columns == Width;
        float* whole = stackalloc float[Rows * Width];
        for (int rows = block->Rows; rows > 0; rows -= Rows, a += Rows * block->AStride, y += Rows * block->OutputStride)
        {
            float* output = full ? y : whole;
            nint step = full ? block->OutputStride : Width;
            if (rows == 1)
                OneRow(block, a, output);
            else if (AdvSimd.Arm64.IsSupported)
                NeonRows(block, a, output, step, rows);
            else
                SixRows(block, a, output, step, rows);
            if (full)
                continue;
            for (int r = 0; r < Math.Min(rows, Rows); r++)
                new Span<float>(whole + (r * Width), block->Columns).CopyTo(new Span<float>(y + (r * block->OutputStride), block->Columns));
        }
    }

    private static void NeonRows(Float32Block* block, float* a, float* y, nint step, int rows)
    {
        float** addresses = stackalloc float*[Rows];
        for (int r = 0; r < Rows; r++)
            addresses[r] = a + (Math.Min(r, rows - 1) * block->AStride);
        float* sums = stackalloc float[Rows * Width];
        NeonFloat32GemmTile.SixRows(addresses, block->Panel, block->Depth, sums);
        TVector low = TLanes.Create(block->Low), high = TLanes.Create(block->High);
        for (int r = 0; r < Math.Min(rows, Rows); r++, sums += Width, y += step)
            Finish(TLanes.Load(sums), TLanes.Load(sums + TLanes.Count), low, high, y);
    }

    // Rows past the last one repeat it, and store the same to the same place.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SixRows(Float32Block* block, float* a, float* y, nint step, int rows)
    {
        nint stride = block->AStride;
        float* a0 = a;
        float* a1 = rows > 1 ? a0 + stride : a0;
        float* a2 = rows > 2 ? a1 + stride : a1;
        float* a3 = rows > 3 ? a2 + stride : a2;
        float* a4 = rows > 4 ? a3 + stride : a3;
        float* a5 = rows > 5 ? a4 + stride : a4;
        float* w = block->Panel;
        TVector c00 = TLanes.Load(w), c01 = TLanes.Load(w + TLanes.Count);
        TVector c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01, c40 = c00, c41 = c01, c50 = c00, c51 = c01;
        nint depth = block->Depth;
        for (nint k = 0; k != depth; k++)
        {
            w += 2 * TLanes.Count;
            TVector w0 = TLanes.Load(w), w1 = TLanes.Load(w + TLanes.Count);
            TVector x = TLanes.Create(a0[k]);
            c00 = TLanes.MultiplyAdd(c00, x, w0);
            c01 = TLanes.MultiplyAdd(c01, x, w1);
            x = TLanes.Create(a1[k]);
            c10 = TLanes.MultiplyAdd(c10, x, w0);
            c11 = TLanes.MultiplyAdd(c11, x, w1);
            x = TLanes.Create(a2[k]);
            c20 = TLanes.MultiplyAdd(c20, x, w0);
            c21 = TLanes.MultiplyAdd(c21, x, w1);
            x = TLanes.Create(a3[k]);
            c30 = TLanes.MultiplyAdd(c30, x, w0);
            c31 = TLanes.MultiplyAdd(c31, x, w1);
            x = TLanes.Create(a4[k]);
            c40 = TLanes.MultiplyAdd(c40, x, w0);
            c41 = TLanes.MultiplyAdd(c41, x, w1);
            x = TLanes.Create(a5[k]);
            c50 = TLanes.MultiplyAdd(c50, x, w0);
            c51 = TLanes.MultiplyAdd(c51, x, w1);
        }

        TVector low = TLanes.Create(block->Low), high = TLanes.Create(block->High);
        Finish(c00, c01, low, high, y);
        y += rows > 1 ? step : 0;
        Finish(c10, c11, low, high, y);
        y += rows > 2 ? step : 0;
        Finish(c20, c21, low, high, y);
        y += rows > 3 ? step : 0;
        Finish(c30, c31, low, high, y);
        y += rows > 4 ? step : 0;
        Finish(c40, c41, low, high, y);
        y += rows > 5 ? step : 0;
        Finish(c50, c51, low, high, y);
    }

    // Four depths a step in sums of their own, so that the latency of the additions is hidden.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneRow(Float32Block* block, float* a, float* y)
    {
        float* w = block->Panel;
        TVector c0 = TLanes.Load(w), c1 = TLanes.Load(w + TLanes.Count);
        TVector zero = TLanes.Create(0);
        TVector d0 = zero, d1 = zero, e0 = zero, e1 = zero, f0 = zero, f1 = zero;
        int depth = block->Depth;
        int width = 2 * TLanes.Count;
        w += width;
        for (; depth >= 4; depth -= 4, a += 4, w += 4 * width)
        {
            TVector x = TLanes.Create(a[0]);
            c0 = TLanes.MultiplyAdd(c0, x, TLanes.Load(w));
            c1 = TLanes.MultiplyAdd(c1, x, TLanes.Load(w + TLanes.Count));
            x = TLanes.Create(a[1]);
            d0 = TLanes.MultiplyAdd(d0, x, TLanes.Load(w + width));
            d1 = TLanes.MultiplyAdd(d1, x, TLanes.Load(w + width + TLanes.Count));
            x = TLanes.Create(a[2]);
            e0 = TLanes.MultiplyAdd(e0, x, TLanes.Load(w + (2 * width)));
            e1 = TLanes.MultiplyAdd(e1, x, TLanes.Load(w + (2 * width) + TLanes.Count));
            x = TLanes.Create(a[3]);
            f0 = TLanes.MultiplyAdd(f0, x, TLanes.Load(w + (3 * width)));
            f1 = TLanes.MultiplyAdd(f1, x, TLanes.Load(w + (3 * width) + TLanes.Count));
        }

        for (; depth != 0; depth--, a++, w += width)
        {
            TVector x = TLanes.Create(*a);
            c0 = TLanes.MultiplyAdd(c0, x, TLanes.Load(w));
            c1 = TLanes.MultiplyAdd(c1, x, TLanes.Load(w + TLanes.Count));
        }

        c0 = TLanes.Add(TLanes.Add(c0, d0), TLanes.Add(e0, f0));
        c1 = TLanes.Add(TLanes.Add(c1, d1), TLanes.Add(e1, f1));
        Finish(c0, c1, TLanes.Create(block->Low), TLanes.Create(block->High), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(TVector first, TVector second, TVector low, TVector high, float* y)
    {
        TLanes.Store(TLanes.Min(TLanes.Max(first, low), high), y);
        TLanes.Store(TLanes.Min(TLanes.Max(second, low), high), y + TLanes.Count);
    }
}
