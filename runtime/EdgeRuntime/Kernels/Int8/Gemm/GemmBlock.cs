using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// One panel of output channels for a range of rows (pixels): output[r, c] = requantize(bias[c] + sum over k of a[r, k] * weights[k, c]).
/// The inputs of a row lie in one or more segments of equal length at equal distances: the rows of a convolution's window.
/// Passed by address to a tile kernel, which walks down the rows.
/// </summary>
internal unsafe struct GemmBlock
{
    private const int MaxParts = 64;

    /// <summary>First row of activations; may be read up to 15 bytes past the last element of a segment.</summary>
    public byte* A;

    /// <summary>Bytes between rows of activations.</summary>
    public nint AStride;

    /// <summary>Rows, 1 or more.</summary>
    public int Rows;

    /// <summary>Segments of a row, 1 or more.</summary>
    public int Segments;

    /// <summary>Steps of the inner loop for each segment: its length / the tile's depth step, rounded up.</summary>
    public int Steps;

    /// <summary>Bytes from what the last step of a segment has read to the start of the row's next segment.</summary>
    public nint SegmentSkip;

    /// <summary>Bias, multipliers and shifts of the panel's channels (int32, as many each as the panel is wide), then its weights.</summary>
    public byte* Panel;

    /// <summary>First output of the panel in the first row.</summary>
    public sbyte* Output;

    /// <summary>Bytes between rows of outputs.</summary>
    public nint OutputStride;

    /// <summary>Channels of the panel that exist; the rest of its width is not stored.</summary>
    public int Columns;

    /// <summary>Zero point and limits of the output.</summary>
    public OutputLimits Limits;

    /// <summary>Where a tile stands, kept here while its registers are needed: the first row of activations after it.</summary>
    public byte* NextA;

    /// <summary>The tile's first output.</summary>
    public sbyte* Tile;

    /// <summary>Rows from the tile's first one on.</summary>
    public int RowsLeft;

    /// <summary>Outputs of a tile whose panel is not full, row by row, on their way to <see cref="StoreParts"/>.</summary>
    public fixed sbyte Parts[MaxParts];

    /// <summary>
    /// Stores the channels that exist of a tile's outputs. Not inlined, and without vectors as arguments: a call in the middle of a kernel would otherwise have
    /// its vectors put on the stack even where it is not made.
    /// </summary>
    /// <param name="block">The block, with outputs in <see cref="Parts"/>.</param>
    /// <param name="output">First output of the first row.</param>
    /// <param name="rows">Rows, those of the tile or fewer.</param>
    /// <param name="width">Bytes between rows of <see cref="Parts"/>.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StoreParts(GemmBlock* block, sbyte* output, int rows, int width)
    {
        sbyte* part = block->Parts;
        for (int r = 0; r < rows; r++, part += width, output += block->OutputStride)
        {
            for (int c = 0; c < block->Columns; c++)
                output[c] = part[c];
        }
    }
}

/// <summary>Zero point and limits of an int8 output, broadcast.</summary>
internal readonly struct OutputLimits(OutputScaling scaling)
{
    public readonly Vector128<short> ZeroPoint = Vector128.Create((short)scaling.ZeroPoint);
    public readonly Vector128<sbyte> Low = Vector128.Create((sbyte)scaling.Low);
    public readonly Vector128<sbyte> High = Vector128.Create((sbyte)scaling.High);
}
