using System.Runtime.Intrinsics;

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
        else
            RunMany(block);
        if (alone == 0)
            return;
        block->Pixels++;
        NeonBinaryRow<TLanes, TStart, TOutput>.Run(block, block->Pixels - 1);
    }

    private static void RunMany(BlockArguments* block)
    {
        nint last = block->Pixels - BinaryConv2DPlan.TilePixels;
        int* offsets = block->PixelOffsets;
        int* lastChunk = block->ChunkOffsets + block->Chunks - 1;
        byte* input = block->Input;
        nint pixel = 0;
        while (true)
        {
            int* chunk = block->ChunkOffsets;
            byte* w = block->Weights;
            byte* x0 = input + offsets[pixel];
            byte* x1 = input + offsets[pixel + 1];
            byte* x2 = input + offsets[pixel + 2];
            byte* x3 = input + offsets[pixel + 3];
            nint o = *chunk++;
            TStart.Load(block, pixel, out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3);
            TLanes.Accumulate(w, x0 + o, x1 + o, x2 + o, x3 + o, ref p0, ref p1, ref p2, ref p3);
            w += TLanes.WeightBytes;
            if (chunk != lastChunk)
            {
                do
                {
                    o = *chunk;
                    chunk++;
                    TLanes.Accumulate(w, x0 + o, x1 + o, x2 + o, x3 + o, ref p0, ref p1, ref p2, ref p3);
                    w += TLanes.WeightBytes;
                }
                while (chunk != lastChunk);
            }

            o = *lastChunk;
            TLanes.Accumulate(w, x0 + o, x1 + o, x2 + o, x3 + o, ref p0, ref p1, ref p2, ref p3);
            TOutput.Store(block, pixel, p0, p1, p2, p3);
            if (pixel == last)
                return;
            pixel = Math.Min(pixel + BinaryConv2DPlan.TilePixels, last);
        }
    }

    private static void RunSingle(BlockArguments* block)
    {
        nint last = block->Pixels - BinaryConv2DPlan.TilePixels;
        int* offsets = block->PixelOffsets;
        byte* input = block->Input + *block->ChunkOffsets;
        nint pixel = 0;
        while (true)
        {
            TStart.Load(block, pixel, out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3);
            TLanes.Accumulate(
                block->Weights, input + offsets[pixel], input + offsets[pixel + 1], input + offsets[pixel + 2], input + offsets[pixel + 3], ref p0, ref p1, ref p2, ref p3);
            TOutput.Store(block, pixel, p0, p1, p2, p3);
            if (pixel == last)
                return;
            pixel = Math.Min(pixel + BinaryConv2DPlan.TilePixels, last);
        }
    }
}
