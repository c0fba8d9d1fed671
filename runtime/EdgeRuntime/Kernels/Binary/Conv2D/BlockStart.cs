using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>Where the popcounts of a tile start.</summary>
internal unsafe interface IBlockStart
{
    /// <summary>Popcounts p of the first chunk, whose byte sums are a.</summary>
    static abstract void First(
        BlockArguments* block, nint pixel, Vector128<byte> a0, Vector128<byte> a1, Vector128<byte> a2, Vector128<byte> a3,
        out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3);

    /// <summary>Where one pixel starts.</summary>
    static abstract Vector128<ushort> Load(BlockArguments* block, nint pixel);
}

/// <summary>At 0: padding with ones, or none.</summary>
internal readonly unsafe struct StartAtZero : IBlockStart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void First(
        BlockArguments* block, nint pixel, Vector128<byte> a0, Vector128<byte> a1, Vector128<byte> a2, Vector128<byte> a3,
        out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3)
    {
        p0 = AdvSimd.AddPairwiseWidening(a0);
        p1 = AdvSimd.AddPairwiseWidening(a1);
        p2 = AdvSimd.AddPairwiseWidening(a2);
        p3 = AdvSimd.AddPairwiseWidening(a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Load(BlockArguments* block, nint pixel) => Vector128<ushort>.Zero;
}

/// <summary>At <see cref="BinaryBorder"/>'s corrections: padding with zeros.</summary>
internal readonly unsafe struct StartAtBorder : IBlockStart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void First(
        BlockArguments* block, nint pixel, Vector128<byte> a0, Vector128<byte> a1, Vector128<byte> a2, Vector128<byte> a3,
        out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3)
    {
        p0 = AdvSimd.AddPairwiseWideningAndAdd(Load(block, pixel), a0);
        p1 = AdvSimd.AddPairwiseWideningAndAdd(Load(block, pixel + 1), a1);
        p2 = AdvSimd.AddPairwiseWideningAndAdd(Load(block, pixel + 2), a2);
        p3 = AdvSimd.AddPairwiseWideningAndAdd(Load(block, pixel + 3), a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Load(BlockArguments* block, nint pixel) => Vector128.Load((ushort*)(block->Starts + block->StartOffsets[pixel]));
}
