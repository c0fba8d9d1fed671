using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>Where the popcounts of a tile start.</summary>
internal unsafe interface IBlockStart
{
    static abstract void Load(
        BlockArguments* block, nint pixel, out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3);
}

/// <summary>At 0: padding with ones, or none.</summary>
internal readonly unsafe struct StartAtZero : IBlockStart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(
        BlockArguments* block, nint pixel, out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3) =>
        p0 = p1 = p2 = p3 = Vector128<ushort>.Zero;
}

/// <summary>At <see cref="BinaryBorder"/>'s corrections: padding with zeros.</summary>
internal readonly unsafe struct StartAtBorder : IBlockStart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(
        BlockArguments* block, nint pixel, out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3)
    {
        int* offsets = block->StartOffsets + pixel;
        byte* starts = block->Starts;
        p0 = Vector128.Load((ushort*)(starts + offsets[0]));
        p1 = Vector128.Load((ushort*)(starts + offsets[1]));
        p2 = Vector128.Load((ushort*)(starts + offsets[2]));
        p3 = Vector128.Load((ushort*)(starts + offsets[3]));
    }
}
