using System.Runtime.CompilerServices;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Output pixels of a row, of <see cref="DepthwiseBlocks.Narrow"/> channels, whose windows lie wholly in memory. A tile computes four at a time.</summary>
internal unsafe struct DepthwisePixels
{
    /// <summary>Pixels of a tile.</summary>
    public const int Tile = 4;

    /// <summary>First column of the first window, in its first row. The windows of a whole tile may be read.</summary>
    public byte* Window;

    /// <summary>Bytes between rows of a window.</summary>
    public nint Pitch;

    /// <summary>Bytes between columns of a window, and between outputs of neighbouring pixels.</summary>
    public nint Channels;

    /// <summary>Pixels, 1 or more.</summary>
    public int Count;

    /// <summary>Constants of the channels: bias, multipliers, shifts (int32), then weights.</summary>
    public byte* Constants;

    /// <summary>First output.</summary>
    public sbyte* Output;

    /// <summary>Zero point and limits of the output.</summary>
    public OutputLimits Limits;

    /// <summary>Outputs of a row that is shorter than a tile, on their way to <see cref="StoreParts"/>.</summary>
    public fixed sbyte Parts[Tile * DepthwiseBlocks.Narrow];

    /// <summary>Stores the pixels that exist of a row shorter than a tile. Not inlined, so that a tile keeps its vectors in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StoreParts(DepthwisePixels* pixels)
    {
        for (int i = 0; i < pixels->Count; i++)
            *(long*)(pixels->Output + (i * pixels->Channels)) = ((long*)pixels->Parts)[i];
    }
}
