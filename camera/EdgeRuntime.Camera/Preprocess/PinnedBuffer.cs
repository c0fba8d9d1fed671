using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Camera;

/// <summary>An array that never moves, with its address. The address is good as long as this object is reachable.</summary>
internal sealed unsafe class PinnedBuffer<T>
    where T : unmanaged
{
    private readonly T[] array;

    /// <summary>Allocates zeros: the length asked for, and slack for kernels that work in whole vectors.</summary>
    public PinnedBuffer(int length)
    {
        array = GC.AllocateArray<T>(length + 64, pinned: true);
        Pointer = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
    }

    public T* Pointer { get; }

    public Span<T> Span => array;
}
