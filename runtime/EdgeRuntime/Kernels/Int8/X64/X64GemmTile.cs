using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>Rows of converted activations times one panel of weights.</summary>
internal unsafe struct X64Block
{
    /// <summary>First row.</summary>
    public byte* A;

    /// <summary>Bytes between rows.</summary>
    public nint AStride;

    /// <summary>Rows, 1 or more.</summary>
    public int Rows;

    /// <summary>Groups of 32 bits in a row.</summary>
    public int Groups;

    /// <summary>The panel.</summary>
    public byte* Panel;

    /// <summary>First output of the panel in the first row.</summary>
    public sbyte* Output;

    /// <summary>Bytes between rows of outputs.</summary>
    public nint OutputStride;

    /// <summary>Channels of the panel that are stored.</summary>
    public int Columns;

    /// <summary>Constants of the panel's requantization, a value of the tile's type of output.</summary>
    public void* Scale;
}

/// <summary>
/// The inner kernel of int8 matrix products on x64: 6 rows by 16 channels, which with two vectors of weights and a broadcast group of activations fill the 16
/// registers of AVX2. Vector j of row i sums channels 8 j .. 8 j + 7.
/// </summary>
internal static unsafe class X64GemmTile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>
    /// Computes all rows of a block. Tiles always store whole vectors: those of a panel with missing channels go to a buffer first. A call between
    /// the sums and their stores would keep the sums in memory instead of registers.
    /// </summary>
    public static void Multiply<TProducts, TOutput>(X64Block* block)
        where TProducts : struct, IX64Products
        where TOutput : unmanaged, IX64Output<TOutput>
    {
        byte* a = block->A;
        sbyte* y = block->Output;
        if (block->Columns == X64Panels.Width)
        {
            for (int rows = block->Rows; rows > 0; rows -= Rows, a += Rows * block->AStride, y += Rows * block->OutputStride)
                Tile<TProducts, TOutput>(block, a, y, block->OutputStride, rows);
            return;
        }

        sbyte* whole = stackalloc sbyte[Rows * X64Panels.Width];
        for (int rows = block->Rows; rows > 0; rows -= Rows, a += Rows * block->AStride)
        {
            Tile<TProducts, TOutput>(block, a, whole, X64Panels.Width, rows);
            for (int r = 0; r < Math.Min(rows, Rows); r++, y += block->OutputStride)
                CopyPart(whole + (r * X64Panels.Width), y, block->Columns);
        }
    }

    private static void Tile<TProducts, TOutput>(X64Block* block, byte* a, sbyte* y, nint step, int rows)
        where TProducts : struct, IX64Products
        where TOutput : unmanaged, IX64Output<TOutput>
    {
        if (rows == 1)
            OneRow<TProducts, TOutput>(block, a, y);
        else
            SixRows<TProducts, TOutput>(block, a, y, step, rows);
    }

    // Rows past the last one repeat it, and store the same bytes to the same place.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SixRows<TProducts, TOutput>(X64Block* block, byte* a, sbyte* y, nint step, int rows)
        where TProducts : struct, IX64Products
        where TOutput : unmanaged, IX64Output<TOutput>
    {
        nint stride = block->AStride;
        byte* a0 = a;
        byte* a1 = rows > 1 ? a0 + stride : a0;
        byte* a2 = rows > 2 ? a1 + stride : a1;
        byte* a3 = rows > 3 ? a2 + stride : a2;
        byte* a4 = rows > 4 ? a3 + stride : a3;
        byte* a5 = rows > 5 ? a4 + stride : a4;
        int* constants = (int*)block->Panel;
        Vector256<int> c00 = Vector256.Load(constants), c01 = Vector256.Load(constants + 8);
        Vector256<int> c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01, c40 = c00, c41 = c01, c50 = c00, c51 = c01;
        int* w = constants + X64Panels.Constants;
        nint end = (nint)block->Groups * sizeof(int);
        for (nint k = 0; k != end; k += sizeof(int), w += X64Panels.Width)
        {
            Vector256<int> w0 = Vector256.Load(w), w1 = Vector256.Load(w + 8);
            Vector256<int> x = Avx2.BroadcastScalarToVector256((int*)(a0 + k));
            c00 = TProducts.Add(c00, x, w0);
            c01 = TProducts.Add(c01, x, w1);
            x = Avx2.BroadcastScalarToVector256((int*)(a1 + k));
            c10 = TProducts.Add(c10, x, w0);
            c11 = TProducts.Add(c11, x, w1);
            x = Avx2.BroadcastScalarToVector256((int*)(a2 + k));
            c20 = TProducts.Add(c20, x, w0);
            c21 = TProducts.Add(c21, x, w1);
            x = Avx2.BroadcastScalarToVector256((int*)(a3 + k));
            c30 = TProducts.Add(c30, x, w0);
            c31 = TProducts.Add(c31, x, w1);
            x = Avx2.BroadcastScalarToVector256((int*)(a4 + k));
            c40 = TProducts.Add(c40, x, w0);
            c41 = TProducts.Add(c41, x, w1);
            x = Avx2.BroadcastScalarToVector256((int*)(a5 + k));
            c50 = TProducts.Add(c50, x, w0);
            c51 = TProducts.Add(c51, x, w1);
        }

        TOutput output = *(TOutput*)block->Scale;
        Vector128.Store(output.Finish(c00, c01), y);
        y += rows > 1 ? step : 0;
        Vector128.Store(output.Finish(c10, c11), y);
        y += rows > 2 ? step : 0;
        Vector128.Store(output.Finish(c20, c21), y);
        y += rows > 3 ? step : 0;
        Vector128.Store(output.Finish(c30, c31), y);
        y += rows > 4 ? step : 0;
        Vector128.Store(output.Finish(c40, c41), y);
        y += rows > 5 ? step : 0;
        Vector128.Store(output.Finish(c50, c51), y);
    }

    // Two groups a step, so that the latency of the sums is hidden.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneRow<TProducts, TOutput>(X64Block* block, byte* a, sbyte* y)
        where TProducts : struct, IX64Products
        where TOutput : unmanaged, IX64Output<TOutput>
    {
        int* constants = (int*)block->Panel;
        Vector256<int> c0 = Vector256.Load(constants), c1 = Vector256.Load(constants + 8);
        Vector256<int> d0 = Vector256<int>.Zero, d1 = Vector256<int>.Zero;
        int* w = constants + X64Panels.Constants;
        int groups = block->Groups;
        for (; groups > 1; groups -= 2, a += 2 * sizeof(int), w += 2 * X64Panels.Width)
        {
            Vector256<int> x = Avx2.BroadcastScalarToVector256((int*)a);
            Vector256<int> z = Avx2.BroadcastScalarToVector256((int*)a + 1);
            c0 = TProducts.Add(c0, x, Vector256.Load(w));
            c1 = TProducts.Add(c1, x, Vector256.Load(w + 8));
            d0 = TProducts.Add(d0, z, Vector256.Load(w + 16));
            d1 = TProducts.Add(d1, z, Vector256.Load(w + 24));
        }

        if (groups == 1)
        {
            Vector256<int> x = Avx2.BroadcastScalarToVector256((int*)a);
            c0 = TProducts.Add(c0, x, Vector256.Load(w));
            c1 = TProducts.Add(c1, x, Vector256.Load(w + 8));
        }

        Vector128.Store(((TOutput*)block->Scale)->Finish(c0 + d0, c1 + d1), y);
    }

    private static void CopyPart(sbyte* source, sbyte* destination, int count)
    {
        if (count >= 8)
        {
            *(long*)destination = *(long*)source;
            source += 8;
            destination += 8;
            count -= 8;
        }

        for (int i = 0; i < count; i++)
            destination[i] = source[i];
    }
}
