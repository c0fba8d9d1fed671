using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Camera;

// Structures of linux/videodev2.h as 64-bit kernels lay them out; a test compares sizes and request numbers with the header's.

/// <summary>struct v4l2_capability</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2Capability
{
    public Bytes16 Driver;
    public Bytes32 Card;
    public Bytes32 BusInfo;
    public uint Version, Capabilities, DeviceCaps;
    public UInts3 Reserved;
}

/// <summary>struct v4l2_fmtdesc</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2FormatDescription
{
    public uint Index, Type, Flags;
    public Bytes32 Description;
    public uint PixelFormat, MbusCode;
    public UInts3 Reserved;
}

/// <summary>struct v4l2_format with v4l2_pix_format, whose union begins at byte 8.</summary>
[StructLayout(LayoutKind.Explicit, Size = 208)]
internal struct V4l2Format
{
    [FieldOffset(0)] public uint Type;
    [FieldOffset(8)] public uint Width;
    [FieldOffset(12)] public uint Height;
    [FieldOffset(16)] public uint PixelFormat;
    [FieldOffset(20)] public uint Field;
    [FieldOffset(24)] public uint BytesPerLine;
    [FieldOffset(28)] public uint SizeImage;
    [FieldOffset(32)] public uint ColourSpace;
    [FieldOffset(36)] public uint Private;
    [FieldOffset(40)] public uint Flags;
    [FieldOffset(44)] public uint YCbCrEncoding;
    [FieldOffset(48)] public uint Quantization;
    [FieldOffset(52)] public uint TransferFunction;
}

/// <summary>struct v4l2_requestbuffers</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2RequestBuffers
{
    public uint Count, Type, Memory, Capabilities, FlagsAndReserved;
}

/// <summary>struct v4l2_buffer for memory-mapped buffers; struct timeval has two 64-bit fields.</summary>
[StructLayout(LayoutKind.Explicit, Size = 88)]
internal struct V4l2Buffer
{
    [FieldOffset(0)] public uint Index;
    [FieldOffset(4)] public uint Type;
    [FieldOffset(8)] public uint BytesUsed;
    [FieldOffset(12)] public uint Flags;
    [FieldOffset(16)] public uint Field;
    [FieldOffset(24)] public long Seconds;
    [FieldOffset(32)] public long Microseconds;
    [FieldOffset(56)] public uint Sequence;
    [FieldOffset(60)] public uint Memory;
    [FieldOffset(64)] public uint Offset;
    [FieldOffset(72)] public uint Length;
}

/// <summary>struct v4l2_streamparm with v4l2_captureparm.</summary>
[StructLayout(LayoutKind.Explicit, Size = 204)]
internal struct V4l2StreamParameters
{
    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Capability;
    [FieldOffset(8)] public uint CaptureMode;
    [FieldOffset(12)] public uint Numerator;
    [FieldOffset(16)] public uint Denominator;
}

/// <summary>struct v4l2_control</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2Control
{
    public uint Id;
    public int Value;
}

/// <summary>struct v4l2_queryctrl</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2QueryControl
{
    public uint Id, Type;
    public Bytes32 Name;
    public int Minimum, Maximum, Step, Default;
    public uint Flags, Reserved0, Reserved1;
}

/// <summary>struct v4l2_frmsizeenum: type 1 gives one size in the first two, type 2 and 3 give minimum, maximum, step of width, then of height.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2FrameSize
{
    public uint Index, PixelFormat, Type;
    public uint WidthOrMinimum, HeightOrMaximumWidth, StepWidth, MinimumHeight, MaximumHeight, StepHeight;
    public uint Reserved0, Reserved1;
}

/// <summary>struct v4l2_frmivalenum: type 1 gives one interval, type 2 and 3 the shortest first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2FrameInterval
{
    public uint Index, PixelFormat, Width, Height, Type;
    public uint Numerator, Denominator, MaximumNumerator, MaximumDenominator, StepNumerator, StepDenominator;
    public uint Reserved0, Reserved1;
}

[InlineArray(16)]
internal struct Bytes16
{
    private byte first;
}

[InlineArray(32)]
internal struct Bytes32
{
    private byte first;
}

[InlineArray(3)]
internal struct UInts3
{
    private uint first;
}
