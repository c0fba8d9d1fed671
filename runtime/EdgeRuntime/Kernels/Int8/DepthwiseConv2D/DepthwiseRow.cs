namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// One output row of a 3x3 depthwise convolution for <see cref="Depthwise3x3Kernel{TTile, TRounding}.Width"/> channels. Three input rows are read column by column;
/// columns outside of the picture, at most one on each side, and rows outside of it hold the zero point.
/// </summary>
internal unsafe struct DepthwiseRow
{
    /// <summary>First column of the first window inside the picture, of each input row.</summary>
    public byte* Row0;

    /// <inheritdoc cref="Row0"/>
    public byte* Row1;

    /// <inheritdoc cref="Row0"/>
    public byte* Row2;

    /// <summary>Bytes between columns of each input row; 0 for a row outside of the picture.</summary>
    public nint Step0;

    /// <inheritdoc cref="Step0"/>
    public nint Step1;

    /// <inheritdoc cref="Step0"/>
    public nint Step2;

    /// <summary>A column outside of the picture: zero points.</summary>
    public byte* Outside;

    /// <summary>Whether the first window's first column is outside.</summary>
    public bool LeftOutside;

    /// <summary>Whether the last window's last column is outside.</summary>
    public bool RightOutside;

    /// <summary>Output pixels, 1 or more.</summary>
    public int Count;

    /// <summary>Constants of the channels: bias, multipliers, shifts (int32), then weights.</summary>
    public byte* Constants;

    /// <summary>First output.</summary>
    public sbyte* Output;

    /// <summary>Bytes between outputs of neighbouring pixels.</summary>
    public nint OutputStep;

    /// <summary>Zero point and limits of the output.</summary>
    public OutputLimits Limits;
}
