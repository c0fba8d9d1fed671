using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Binary convolution on NEON: eight filters by four pixels, chunk by chunk. The last chunks stand in one straight line with the output transform, so that its
/// loads, stores and address arithmetic fill the issue slots that the vector pipes leave free.
/// </summary>
internal sealed unsafe class NeonBinaryConv2D<TLanes, TStart, TOutput>(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output)
    : BlockedBinaryConv2D(request, plan, output, TOutput.Constants)
    where TLanes : struct, INeonLanes
    where TStart : struct, IBlockStart
    where TOutput : struct, INeonOutput
{
    protected override void RunTiles(BlockArguments* block)
    {
        int last = block->Pixels - BinaryConv2DPlan.TilePixels;
        int* chunkOffsets = block->ChunkOffsets;
        int* lastChunk = chunkOffsets + block->Chunks - 1;
        byte* weights = block->Weights;
        byte* input = block->Input;
        int pixel = 0;
        while (true)
        {
            int* offsets = block->PixelOffsets + pixel;
            byte* x0 = input + offsets[0];
            byte* x1 = input + offsets[1];
            byte* x2 = input + offsets[2];
            byte* x3 = input + offsets[3];
            TStart.Load(block, pixel, out Vector128<ushort> p0, out Vector128<ushort> p1, out Vector128<ushort> p2, out Vector128<ushort> p3);
            byte* w = weights;
            int* chunk = chunkOffsets;
            nint o;
            while (chunk < lastChunk)
            {
                o = *chunk++;
                TLanes.Accumulate(w, x0 + o, x1 + o, x2 + o, x3 + o, ref p0, ref p1, ref p2, ref p3);
                w += TLanes.WeightBytes;
            }

            o = *chunk;
            TLanes.Accumulate(w, x0 + o, x1 + o, x2 + o, x3 + o, ref p0, ref p1, ref p2, ref p3);
            TOutput.Store(block, pixel, p0, p1, p2, p3);
            if (pixel == last)
                return;
            pixel = Math.Min(pixel + BinaryConv2DPlan.TilePixels, last);
        }
    }
}
