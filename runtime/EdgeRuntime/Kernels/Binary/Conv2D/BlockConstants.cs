using EdgeRuntime.Kernels.Binary.Signs;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Packed output: eight int16 limits (the bit is set where the popcount is greater), then the block's byte of directions four times, 16 bits each, so that four
/// pixels are turned at once. From accumulator &lt; t follows popcount &gt; floor((K - t) / 2).
/// </summary>
internal sealed unsafe class BitConstants : IBlockConstants
{
    public const int Directions = 16;

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

        new Span<ushort>(to + Directions, 8).Fill(directions);
    }
}

/// <summary>
/// Float output: eight multipliers, then eight offsets four times over, so that each pixel of a tile can load its own instead of copying a register. Behind these, for
/// residual networks: limits of the popcount, thresholds and directions of the signs, slopes and limits of the activation.
/// </summary>
internal sealed unsafe class FloatConstants : IBlockConstants
{
    public const int Offsets = 32;
    public const int Limit = Offsets + 4 * 32;
    public const int Thresholds = Limit + 16;
    public const int Directions = Thresholds + 32;
    public const int Slopes = Directions + 16;
    public const int Low = Slopes + 32;
    public const int High = Low + 16;
    public const int ActivationLast = High + 16;

    public int Bytes => ActivationLast + 16;

    public void Write(BinaryOutput output, int first, byte* to)
    {
        var values = (float*)to;
        byte directions = 0;
        for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
        {
            values[f] = output.Multipliers[first + f];
            for (int copy = 0; copy < 4; copy++)
                values[Offsets / 4 + copy * 8 + f] = output.Offsets[first + f];
            values[Thresholds / 4 + f] = output.FloatThresholds[first + f];
            values[Slopes / 4 + f] = output.Slopes?[first + f] ?? 1;
            directions |= (byte)(output.Directions[first + f] << f);
        }

        new Span<ushort>(to + Limit, 8).Fill(PopcountLimit.Of(output));
        new Span<ushort>(to + Directions, 8).Fill(directions);
        new Span<float>(to + Low, 4).Fill(output.Low);
        new Span<float>(to + High, 4).Fill(output.High);
        new Span<int>(to + ActivationLast, 4).Fill(output.ActivationLast ? 1 : 0);
    }
}

/// <summary>
/// Int8 output: eight int16 multipliers of the popcount, and eight int32 offsets four times over. Behind these, for residual networks: limits of the popcount,
/// shift and multiplier of the residual, limits and directions of the signs.
/// </summary>
internal sealed unsafe class Int8Constants : IBlockConstants
{
    public const int Offsets = 16;
    public const int Shift = Offsets + 4 * 32;
    public const int Low = Shift + 16;
    public const int High = Low + 16;
    public const int Limit = High + 16;
    public const int ResidualShift = Limit + 16;
    public const int ResidualMultiplier = ResidualShift + 16;
    public const int SignLimits = ResidualMultiplier + 16;
    public const int Directions = SignLimits + 16;

    public int Bytes => Directions + 16;

    public void Write(BinaryOutput output, int first, byte* to)
    {
        // (r - zero point) times the multiplier, the zero point's part.
        int residualZero = (output.ResidualZeroPoint << output.ResidualShift) * output.ResidualMultiplier;
        byte directions = 0;
        for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
        {
            int c = first + f;
            ((short*)to)[f] = (short)(2 * output.Int8Multipliers[c]);
            for (int copy = 0; copy < 4; copy++)
                ((int*)(to + Offsets))[copy * 8 + f] = output.Int8Offsets[c] - residualZero;
            (sbyte limit, int direction) = Int8SignLimit.Of(output.IntThresholds[c], output.Directions[c]);
            ((sbyte*)(to + SignLimits))[f] = ((sbyte*)(to + SignLimits))[f + 8] = limit;
            directions |= (byte)(direction << f);
        }

        new Span<short>(to + Shift, 8).Fill((short)output.Shift);
        new Span<sbyte>(to + Low, 16).Fill((sbyte)output.Int8Low);
        new Span<sbyte>(to + High, 16).Fill((sbyte)output.Int8High);
        new Span<ushort>(to + Limit, 8).Fill(PopcountLimit.Of(output));
        new Span<short>(to + ResidualShift, 8).Fill((short)output.ResidualShift);
        new Span<short>(to + ResidualMultiplier, 8).Fill(output.ResidualMultiplier);
        new Span<byte>(to + Directions, 16).Fill(directions);
    }
}

/// <summary>Largest popcount that counts: max(K - 2 p, 0) is K - 2 min(p, K / 2) for an even K.</summary>
internal static class PopcountLimit
{
    public static ushort Of(BinaryOutput output) => output.ClampsAccumulator ? (ushort)(output.Products / 2) : ushort.MaxValue;
}
