using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Binary convolution on NEON: eight filters by four pixels, chunk by chunk. The first chunk stands in one straight line with the set-up of the tile, the last with the
/// output transform, so that their loads, stores and address arithmetic fill the issue slots that the vector pipes leave free.
/// </summary>
internal sealed unsafe class NeonBinaryConv2D<TLanes, TStart, TOutput>(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output)
    : BlockedBinaryConv2D(request, plan, output, TOutput.Constants)
    where TLanes : struct, INeonLanes
    where TStart : struct, IBlockStart
    where TOutput : struct, INeonOutput
{
    protected override void RunTiles(BlockArguments* block)
    {
        // The last tile overlaps the one before it; a single pixel that is left is cheaper alone.
        int alone = block->Pixels % BinaryConv2DPlan.TilePixels == 1 && block->Chunks > 1 ? 1 : 0;
        block->Pixels -= alone;
        if (block->Chunks == 1)
            RunSingle(block);
        else if (TLanes.InPairs && block->Chunks % 2 == 1)
            RunMany<With>(block);
        else
            RunMany<Without>(block);
        if (alone == 0)
            return;
        block->Pixels++;
        NeonBinaryRow<TLanes, TStart, TOutput>.Run(block, block->Pixels - 1);
    }

    /// <summary>Two chunks and more. The first stands alone, then come pairs or single ones, and one or two (<typeparamref name="TSecond"/>) with the output transform.</summary>
    private static void RunMany<TSecond>(BlockArguments* block)
        where TSecond : struct, IPart
    {
        nint last = block->Pixels - BinaryConv2DPlan.TilePixels;
        nint* offsets = block->PixelOffsets;
        nint* end = block->ChunkOffsets + block->Chunks - (TSecond.IsIn(null) ? 2 : 1);
        byte* input = block->Input;
        nint pixel = 0;
        while (true)
        {
            nint* chunk = block->ChunkOffsets;
            byte* w = block->Weights;
            nint* at = offsets + pixel;
            byte* x0 = input + at[0];
            byte* x1 = input + at[1];
            byte* x2 = input + at[2];
            byte* x3 = input + at[3];
            nint o = *chunk++;
            TLanes.Count(w, x0 + o, x1 + o, x2 + o, x3 + o, out var a0, out var a1, out var a2, out var a3);
            TStart.First(block, pixel, a0, a1, a2, a3, out var p0, out var p1, out var p2, out var p3);
            w += TLanes.WeightBytes;
            if (chunk != end)
            {
                do
                {
                    Add(w, x0, x1, x2, x3, chunk[0], ref p0, ref p1, ref p2, ref p3);
                    if (TLanes.InPairs)
                        Add(w + TLanes.WeightBytes, x0, x1, x2, x3, chunk[1], ref p0, ref p1, ref p2, ref p3);
                    chunk += TLanes.InPairs ? 2 : 1;
                    w += (TLanes.InPairs ? 2 : 1) * TLanes.WeightBytes;
                }
                while (chunk != end);
            }

            Add(w, x0, x1, x2, x3, end[0], ref p0, ref p1, ref p2, ref p3);
            if (TSecond.IsIn(null))
                Add(w + TLanes.WeightBytes, x0, x1, x2, x3, end[1], ref p0, ref p1, ref p2, ref p3);
            TOutput.Store(block, pixel, p0, p1, p2, p3);
            if (pixel == last)
                return;
            pixel = Math.Min(pixel + BinaryConv2DPlan.TilePixels, last);
        }
    }

    private static void RunSingle(BlockArguments* block)
    {
        nint last = block->Pixels - BinaryConv2DPlan.TilePixels;
        byte* input = block->Input + *block->ChunkOffsets;
        nint pixel = 0;
        while (true)
        {
            nint* at = block->PixelOffsets + pixel;
            TLanes.Count(block->Weights, input + at[0], input + at[1], input + at[2], input + at[3], out var a0, out var a1, out var a2, out var a3);
            TStart.First(block, pixel, a0, a1, a2, a3, out var p0, out var p1, out var p2, out var p3);
            TOutput.Store(block, pixel, p0, p1, p2, p3);
            if (pixel == last)
                return;
            pixel = Math.Min(pixel + BinaryConv2DPlan.TilePixels, last);
        }
    }

    /// <summary>Adds the popcounts of the chunk at an offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        byte* w, byte* x0, byte* x1, byte* x2, byte* x3, nint offset,
        ref Vector128<ushort> p0, ref Vector128<ushort> p1, ref Vector128<ushort> p2, ref Vector128<ushort> p3)
    {
        TLanes.Count(w, x0 + offset, x1 + offset, x2 + offset, x3 + offset, out var a0, out var a1, out var a2, out var a3);
        p0 = AdvSimd.AddPairwiseWideningAndAdd(p0, a0);
        p1 = AdvSimd.AddPairwiseWideningAndAdd(p1, a1);
        p2 = AdvSimd.AddPairwiseWideningAndAdd(p2, a2);
        p3 = AdvSimd.AddPairwiseWideningAndAdd(p3, a3);
    }
}
