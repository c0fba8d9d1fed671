using System.Numerics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Binary convolution with the popcount instruction of a 64-bit core: one word of 64 (or 32) channels at a time, eight filters at once. For PCs, where the speed of
/// evaluation and tests counts; the output transform is that of the reference kernel.
/// </summary>
internal sealed unsafe class PopcountBinaryConv2D(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output)
    : BlockedBinaryConv2D(request, plan, output, new NoConstants())
{
    private readonly int channels = plan.Geometry.OutChannels;
    private readonly bool isWide = plan.LaneBytes == 8;

    public static KernelEntry Entry(string name, OperatorKind kind) => new(
        name,
        kind,
        CpuFeatures.Avx2, // every such core has the instruction
        r =>
        {
            var geometry = new BinaryGeometry(r);
            return BinaryConv2DPlan.Supports(geometry, new BinaryOutput(r, geometry.Products, geometry.OutChannels));
        },
        r =>
        {
            var geometry = new BinaryGeometry(r);
            var output = new BinaryOutput(r, geometry.Products, geometry.OutChannels);
            int lane = DataTypes.WordsFor(geometry.GroupIn) % 2 == 0 ? 8 : 4;
            return new PopcountBinaryConv2D(r, new BinaryConv2DPlan(geometry, output.Type, lane, lane), output);
        });

    protected override void RunTiles(BlockArguments* block)
    {
        int* counts = stackalloc int[BinaryConv2DPlan.BlockFilters];
        for (int pixel = 0; pixel < block->Pixels; pixel++)
        {
            byte* x = block->Input + block->PixelOffsets[pixel];
            for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
                counts[f] = block->Starts == null ? 0 : ((short*)(block->Starts + block->StartOffsets[pixel]))[f];
            if (isWide)
                Count64(block, x, counts);
            else
                Count32(block, x, counts);
            Store(block, pixel, counts);
        }
    }

    private static void Count64(BlockArguments* block, byte* x, int* counts)
    {
        ulong* w = (ulong*)block->Weights;
        int c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0, c7 = 0;
        for (int i = 0; i < block->Chunks; i++, w += 8)
        {
            ulong v = *(ulong*)(x + block->ChunkOffsets[i]);
            c0 += BitOperations.PopCount(v ^ w[0]);
            c1 += BitOperations.PopCount(v ^ w[1]);
            c2 += BitOperations.PopCount(v ^ w[2]);
            c3 += BitOperations.PopCount(v ^ w[3]);
            c4 += BitOperations.PopCount(v ^ w[4]);
            c5 += BitOperations.PopCount(v ^ w[5]);
            c6 += BitOperations.PopCount(v ^ w[6]);
            c7 += BitOperations.PopCount(v ^ w[7]);
        }

        counts[0] += c0;
        counts[1] += c1;
        counts[2] += c2;
        counts[3] += c3;
        counts[4] += c4;
        counts[5] += c5;
        counts[6] += c6;
        counts[7] += c7;
    }

    private static void Count32(BlockArguments* block, byte* x, int* counts)
    {
        uint* w = (uint*)block->Weights;
        for (int i = 0; i < block->Chunks; i++, w += 8)
        {
            uint v = *(uint*)(x + block->ChunkOffsets[i]);
            for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
                counts[f] += BitOperations.PopCount(v ^ w[f]);
        }
    }

    private void Store(BlockArguments* block, int pixel, int* counts)
    {
        byte* y = block->Output + pixel * block->OutputStride;
        int first = block->Filter;
        int filters = Math.Min(BinaryConv2DPlan.BlockFilters, channels - first);
        uint bits = 0;
        nint at = pixel * block->OutputStride;
        for (int f = 0; f < filters; f++)
        {
            int accumulator = Output.Products - 2 * counts[f];
            if (Output.Type == DataType.Bit)
            {
                bits |= (uint)Output.Bit(accumulator, first + f) << f;
            }
            else if (Output.Type == DataType.Int8)
            {
                sbyte value = Output.Int8(accumulator, first + f, block->Residual == null ? (sbyte)0 : ((sbyte*)block->Residual)[at + f]);
                ((sbyte*)y)[f] = value;
                bits |= (uint)(block->Signs == null ? 0 : Output.SignOf(value, first + f)) << f;
            }
            else
            {
                float value = Output.Float(accumulator, first + f, block->Residual == null ? 0 : ((float*)(block->Residual + at))[f], 0);
                ((float*)y)[f] = value;
                bits |= (uint)(block->Signs == null ? 0 : Output.SignOf(value, first + f)) << f;
            }
        }

        if (Output.Type == DataType.Bit)
            *y = (byte)bits;
        else if (block->Signs != null)
            block->Signs[pixel * block->SignStride] = (byte)bits;
    }

    /// <summary>The output transform reads its constants from <see cref="BinaryOutput"/>.</summary>
    private sealed class NoConstants : IBlockConstants
    {
        public int Bytes => 0;

        public void Write(BinaryOutput output, int first, byte* to)
        {
        }
    }
}
