namespace EdgeRuntime.Kernels.Int8;

/// <summary>A run of output pixels of one row, all with the same taps inside and outside the picture, for one block of channels.</summary>
internal unsafe struct DepthwiseRun
{
    /// <summary>Address of each tap's input for the first pixel and channel 0; a row of zero points for taps outside the picture.</summary>
    public byte** Taps;

    /// <summary>Taps.</summary>
    public int TapCount;

    /// <summary>First channel of the block.</summary>
    public nint Channel;

    /// <summary>Bytes from a pixel's inputs to those of the next pixel.</summary>
    public nint InputStep;

    /// <summary>Pixels, 1 or more.</summary>
    public int Count;

    /// <summary>Constants of the block: bias, multipliers, shifts (int32), then weights tap by tap.</summary>
    public byte* Constants;

    /// <summary>First output.</summary>
    public sbyte* Output;

    /// <summary>Bytes between outputs of neighbouring pixels.</summary>
    public nint OutputStep;

    /// <summary>Zero point and limits of the output.</summary>
    public OutputLimits Limits;
}
