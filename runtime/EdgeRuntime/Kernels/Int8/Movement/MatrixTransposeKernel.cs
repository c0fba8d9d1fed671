using System.Runtime.Intrinsics.Arm;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Transpose of int8 that swaps two neighbouring groups of dimensions, [outer, rows, columns] to [outer, columns, rows]: planes to pixels and pixels to planes.
/// Three planes of a colour picture are interleaved by the store instruction that does so (st3). A unit is one of the outer positions.
/// </summary>
internal sealed unsafe class MatrixTransposeKernel : Kernel
{
    /// <summary>Side of the squares that are transposed at a time: reads and writes of a square stay in a few cache lines each.</summary>
    private const int Side = 32;

    private readonly int outer;
    private readonly int rows;
    private readonly int columns;

    public MatrixTransposeKernel(KernelRequest request) => (outer, rows, columns) = Split(request);

    public override int Units => outer;

    /// <summary>Whether the permutation swaps two groups.</summary>
    public static bool Supports(KernelRequest request) => Split(request).Outer > 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        nint bytes = (nint)rows * columns;
        for (int unit = begin; unit < end; unit++)
        {
            byte* x = arguments.Inputs[0] + (unit * bytes);
            byte* y = arguments.Outputs[0] + (unit * bytes);
            int done = rows == 3 && AdvSimd.IsSupported ? Interleave(x, y) : 0;
            for (int r = 0; r < rows; r += Side)
            {
                for (int c = done; c < columns; c += Side)
                    Square(x, y, r, Math.Min(r + Side, rows), c, Math.Min(c + Side, columns));
            }
        }
    }

    /// <summary>Dimensions before, in the first and in the second group; none where the permutation is no swap of two groups that end with the last dimension.</summary>
    private static (int Outer, int Rows, int Columns) Split(KernelRequest request)
    {
        int[] dims = request.Input(0).Shape.Dimensions.ToArray();
        int[] to = [.. request.Options<TransposeOptions>().Permutation];
        int start = 0;
        while (start < to.Length && to[start] == start)
            start++;
        if (start == to.Length)
            return (0, 0, 0);
        int middle = to[start];
        for (int d = start; d < to.Length; d++)
        {
            int expected = d - start < to.Length - middle ? middle + d - start : start + (d - start - (to.Length - middle));
            if (to[d] != expected)
                return (0, 0, 0);
        }

        return (Product(dims[..start]), Product(dims[start..middle]), Product(dims[middle..]));
    }

    private static int Product(int[] dims) => dims.Aggregate(1, (p, d) => p * d);

    /// <summary>Three rows side by side, 16 columns at a time; returns the columns that are done.</summary>
    private int Interleave(byte* x, byte* y)
    {
        byte* x1 = x + columns;
        byte* x2 = x1 + columns;
        int c = 0;
        for (; c + 16 <= columns; c += 16, y += 48)
            AdvSimd.Arm64.StoreVectorAndZip(y, (AdvSimd.LoadVector128(x + c), AdvSimd.LoadVector128(x1 + c), AdvSimd.LoadVector128(x2 + c)));
        return c;
    }

    private void Square(byte* x, byte* y, int firstRow, int endRow, int firstColumn, int endColumn)
    {
        for (int r = firstRow; r < endRow; r++)
        {
            byte* source = x + ((nint)r * columns);
            byte* target = y + ((nint)firstColumn * rows) + r;
            for (int c = firstColumn; c < endColumn; c++, target += rows)
                *target = source[c];
        }
    }
}
