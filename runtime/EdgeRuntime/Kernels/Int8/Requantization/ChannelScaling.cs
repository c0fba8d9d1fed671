namespace EdgeRuntime.Kernels.Int8;

/// <summary>Chooses the cheapest exact rounding for a layer and writes its per-channel constants in the order in which kernels load them.</summary>
internal static class ChannelScaling
{
    /// <summary>The cheapest mode that is exact for all channels of a layer.</summary>
    public static RoundingMode Mode(OutputScaling scaling)
    {
        bool onlyRight = true;
        bool noShift = false;
        foreach (QuantizedMultiplier m in scaling.Multipliers)
        {
            if (m.Multiplier == 0)
                continue;
            onlyRight &= m.Shift <= 0;
            noShift |= m.Shift == 0;
        }

        if (!onlyRight)
            return RoundingMode.General;
        if (scaling.Low >= scaling.ZeroPoint)
            return RoundingMode.Upwards;
        return noShift ? RoundingMode.General : RoundingMode.AwayFromZero;
    }

    /// <summary>Lets a factory make a kernel for the cheapest way of requantization that is exact for a layer.</summary>
    public static Kernel Create(OutputScaling scaling, IRoundedKernelFactory factory)
    {
        bool limited = scaling.Low > sbyte.MinValue || scaling.High < sbyte.MaxValue;
        return Mode(scaling) switch
        {
            RoundingMode.Upwards => limited ? factory.Create<RoundUpwardsLimited>() : factory.Create<RoundUpwards>(),
            RoundingMode.AwayFromZero when !limited => factory.Create<RoundAwayFromZero>(),
            _ => factory.Create<RoundGeneral>(),
        };
    }

    /// <summary>Writes <paramref name="width"/> multipliers and then as many shifts, from <paramref name="channel"/> on; those past the last channel give 0.</summary>
    public static unsafe void Write(OutputScaling scaling, int channel, int width, int* destination)
    {
        for (int i = 0; i < width; i++)
        {
            QuantizedMultiplier m = channel + i < scaling.Multipliers.Length ? scaling.Multipliers[channel + i] : default;
            destination[i] = m.Multiplier;
            destination[width + i] = m.Multiplier == 0 ? -1 : m.Shift;
        }
    }
}

/// <summary>Makes a kernel for a way of requantization.</summary>
internal interface IRoundedKernelFactory
{
    /// <summary>The kernel.</summary>
    Kernel Create<TRounding>()
        where TRounding : struct, IRounding;
}
