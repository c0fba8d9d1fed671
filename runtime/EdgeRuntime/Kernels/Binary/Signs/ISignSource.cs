using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>How an element type is compared with thresholds.</summary>
internal unsafe interface ISignSource
{
    /// <summary>Bytes of an element, and of a threshold.</summary>
    static abstract int ElementBytes { get; }

    /// <summary>Channels of a <see cref="Block"/>.</summary>
    static abstract int BlockChannels { get; }

    /// <summary>Rows that a <see cref="Block"/> has at least.</summary>
    static abstract int BlockRows { get; }

    /// <summary>Writes the thresholds and directions of a channel as this comparison takes them.</summary>
    static abstract int WriteThreshold(SignRule rule, int channel, byte* to);

    /// <summary>Writes a threshold that nothing is below.</summary>
    static abstract void WriteNothing(byte* to);

    /// <summary>Byte lane i all ones where x[i] is below limits[i], for 16 channels.</summary>
    static abstract Vector128<byte> Below(byte* x, byte* limits);

    /// <summary>The same channels of many rows, with their thresholds in registers.</summary>
    /// <param name="x">The channels in the first row.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="y">Their bits in the first row.</param>
    /// <param name="outStride">Bytes from row to row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="limits">Thresholds of the block.</param>
    /// <param name="directions">Directions of the block, a bit each.</param>
    static abstract void Block(byte* x, nint stride, byte* y, nint outStride, nint rows, byte* limits, byte* directions);
}
