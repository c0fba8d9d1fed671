using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Kernels;

/// <summary>64-byte aligned native memory, zeroed, with <see cref="Slack"/> readable bytes past its end.</summary>
internal sealed unsafe class NativeBuffer : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Alignment of the first byte: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    /// <summary>Bytes past the end that may be read.</summary>
    public const int Slack = 64;

    public NativeBuffer(long length)
        : base(true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        void* p = NativeMemory.AlignedAlloc((nuint)(length + Slack), Alignment);
        NativeMemory.Clear(p, (nuint)(length + Slack));
        SetHandle((nint)p);
        Length = length;
    }

    public long Length { get; }

    public byte* Pointer => (byte*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
