using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>Binary layers of fewer pixels than a tile has, fully connected ones first of all: eight filters by one pixel.</summary>
internal sealed unsafe class NeonBinaryRow<TLanes, TStart, TOutput>(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output)
    : BlockedBinaryConv2D(request, plan, output, TOutput.Constants)
    where TLanes : struct, INeonLanes
    where TStart : struct, IBlockStart
    where TOutput : struct, INeonOutput
{
    protected override void RunTiles(BlockArguments* block) => Run(block, 0);

    /// <summary>The pixels from one on.</summary>
    public static void Run(BlockArguments* block, int firstPixel)
    {
        // The output transform sees a tile of four equal pixels in one place.
        BlockArguments one = *block;
        one.OutputStride = one.SignStride = 0;
        for (int pixel = firstPixel; pixel < block->Pixels; pixel++)
        {
            one.Output = block->Output + pixel * block->OutputStride;
            one.Residual = block->Residual == null ? null : block->Residual + pixel * block->OutputStride;
            one.Signs = block->Signs == null ? null : block->Signs + pixel * block->SignStride;
            Vector128<ushort> p = TStart.Load(block, pixel);
            byte* x = block->Input + block->PixelOffsets[pixel];
            byte* w = block->Weights;
            for (int i = 0; i < block->Chunks; i++, w += TLanes.WeightBytes)
                TLanes.AccumulateOne(w, x + block->ChunkOffsets[i], ref p);
            TOutput.Store(&one, 0, p, p, p, p);
        }
    }
}
