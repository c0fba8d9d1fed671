namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Packed output: eight int16 limits (the bit is set where the popcount is greater), then eight bytes that hold the block's directions each.
/// From accumulator &lt; t follows popcount &gt; floor((K - t) / 2).
/// </summary>
internal sealed unsafe class BitConstants : IBlockConstants
{
    public int Bytes => 32;

    public void Write(BinaryOutput output, int first, byte* to)
    {
        var limits = (short*)to;
        byte directions = 0;
        for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
        {
            limits[f] = short.MaxValue;
            if (first + f >= output.Channels)
                continue;
            long threshold = output.IntThresholds[first + f];
            if (output.ClampsAccumulator)
                threshold = threshold <= 0 ? int.MinValue : threshold;
            limits[f] = (short)Math.Clamp(Math.Floor((output.Products - threshold) / 2.0), -1, short.MaxValue);
            directions |= (byte)(output.Directions[first + f] << f);
        }

        new Span<byte>(to + 16, 16).Fill(directions);
    }
}

/// <summary>
/// Float output: eight multipliers, then eight offsets four times over, so that each pixel of a tile can load its own instead of copying a register.
/// </summary>
internal sealed unsafe class FloatConstants : IBlockConstants
{
    public const int Offsets = 32;

    public int Bytes => Offsets + 4 * 32;

    public void Write(BinaryOutput output, int first, byte* to)
    {
        var values = (float*)to;
        for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
        {
            values[f] = output.Multipliers[first + f];
            for (int copy = 0; copy < 4; copy++)
                values[Offsets / 4 + copy * 8 + f] = output.Offsets[first + f];
        }
    }
}

/// <summary>Int8 output: eight int16 multipliers of the popcount, and eight int32 offsets four times over.</summary>
internal sealed unsafe class Int8Constants : IBlockConstants
{
    public const int Offsets = 16;
    public const int Shift = Offsets + 4 * 32;
    public const int Low = Shift + 16;
    public const int High = Low + 16;

    public int Bytes => High + 16;

    public void Write(BinaryOutput output, int first, byte* to)
    {
        for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
        {
            ((short*)to)[f] = (short)(2 * output.Int8Multipliers[first + f]);
            for (int copy = 0; copy < 4; copy++)
                ((int*)(to + Offsets))[copy * 8 + f] = output.Int8Offsets[first + f];
            ((short*)(to + Shift))[f] = (short)output.Shift;
        }

        new Span<sbyte>(to + Low, 16).Fill((sbyte)output.Int8Low);
        new Span<sbyte>(to + High, 16).Fill((sbyte)output.Int8High);
    }
}
