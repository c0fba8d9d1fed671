using EdgeRuntime.Kernels.Binary.Conv2D;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.X64;

/// <summary>
/// Constants of the output transform for a block of eight filters, 32 bits each: thresholds, multipliers, offsets, slopes, then the directions of all eight as bits.
/// </summary>
internal sealed unsafe class X64BinaryConstants : IBlockConstants
{
    public const int Multipliers = 32;
    public const int Offsets = 64;
    public const int Slopes = 96;
    public const int Directions = 128;

    public int Bytes => 160;

    public void Write(BinaryOutput output, int first, byte* to)
    {
        int directions = 0;
        for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
        {
            int c = first + f;
            if (c >= output.Channels)
            {
                // Packed output only: no accumulator is below, the bit stays 0.
                ((int*)to)[f] = int.MinValue;
                continue;
            }

            directions |= output.Directions[c] << f;
            if (output.Type == DataType.Float32)
            {
                ((float*)to)[f] = output.FloatThresholds[c];
                ((float*)(to + Multipliers))[f] = output.Multipliers[c];
                ((float*)(to + Offsets))[f] = output.Offsets[c];
                ((float*)(to + Slopes))[f] = output.Slopes is { } slopes ? slopes[c] : 0;
                continue;
            }

            ((int*)to)[f] = output.IntThresholds[c];
            if (output.Type == DataType.Int8)
            {
                ((int*)(to + Multipliers))[f] = output.Int8Multipliers[c];
                ((int*)(to + Offsets))[f] = output.Int8Offsets[c];
            }
        }

        *(int*)(to + Directions) = directions;
    }
}
