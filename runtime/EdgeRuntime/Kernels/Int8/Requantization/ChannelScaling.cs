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
        bool limited = IsLimited(scaling);
        return Mode(scaling) switch
        {
            RoundingMode.Upwards => limited ? factory.Create<RoundUpwardsLimited>() : factory.Create<RoundUpwards>(),
            RoundingMode.AwayFromZero when !limited => factory.Create<RoundAwayFromZero>(),
            _ => factory.Create<RoundGeneral>(),
        };
    }

    /// <summary>
    /// Writes the constants of channels behind their biases, <paramref name="width"/> of each kind: multipliers and then shifts; or, where the layer rounds
    /// <see cref="RoundingMode.Upwards"/> and every channel has a <see cref="FusedScaling"/>, factors and then offsets, and adds the origins to the biases.
    /// Channels past the last one give 0.
    /// </summary>
    /// <param name="scaling">Requantization of the layer.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="width">Channels.</param>
    /// <param name="constants">Biases, with the inputs' zero point folded in.</param>
    /// <param name="sums">Sums of the channels' weights; empty where the kernel rounds as its layer does.</param>
    /// <returns>How the channels may be rounded.</returns>
    public static unsafe BlockRounding Write(OutputScaling scaling, int channel, int width, int* constants, ReadOnlySpan<WeightSum> sums)
    {
        RoundingMode mode = Mode(scaling);
        if (!sums.IsEmpty && mode == RoundingMode.Upwards && WriteFused(scaling, channel, width, constants, sums))
            return BlockRounding.Fused;
        Write(scaling, channel, width, constants + width);
        return !sums.IsEmpty && mode == RoundingMode.AwayFromZero && !IsLimited(scaling) && FitShort(scaling, channel, width, constants, sums) ? BlockRounding.Short : BlockRounding.Layer;
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

    private static bool IsLimited(OutputScaling scaling) => scaling.Low > sbyte.MinValue || scaling.High < sbyte.MaxValue;

    /// <summary>Whether the scaled values of channels stay within 16 bits, whatever the inputs are.</summary>
    private static unsafe bool FitShort(OutputScaling scaling, int channel, int width, int* biases, ReadOnlySpan<WeightSum> sums)
    {
        for (int i = 0; i < Math.Min(width, scaling.Multipliers.Length - channel); i++)
        {
            QuantizedMultiplier m = scaling.Multipliers[channel + i];
            long reach = Math.Max(Math.Abs(biases[i] + sums[i].Least), Math.Abs(biases[i] + sums[i].Most));
            if (Math.ScaleB((double)reach * m.Multiplier, m.Shift - 31) > short.MaxValue - 1)
                return false;
        }

        return true;
    }

    private static unsafe bool WriteFused(OutputScaling scaling, int channel, int width, int* constants, ReadOnlySpan<WeightSum> sums)
    {
        Span<int> origins = stackalloc int[width];
        for (int i = 0; i < width; i++)
        {
            FusedScaling fused = default;
            if (channel + i < scaling.Multipliers.Length
                && !FusedScaling.TryFind(scaling.Multipliers[channel + i], scaling, constants[i] + sums[i].Least, constants[i] + sums[i].Most, out fused))
            {
                return false;
            }

            origins[i] = fused.OriginBits;
            constants[width + i] = BitConverter.SingleToInt32Bits(fused.Factor);
            constants[width + width + i] = BitConverter.SingleToInt32Bits(fused.Offset);
        }

        for (int i = 0; i < width; i++)
            constants[i] += origins[i];
        return true;
    }
}

/// <summary>The weights of an output channel, summed up as they are packed.</summary>
internal struct WeightSum
{
    private long positive;
    private long negative;

    /// <summary>Their sum.</summary>
    public readonly int Sum => (int)(positive - negative);

    /// <summary>The least sum of products with int8 inputs.</summary>
    public readonly long Least => (positive * sbyte.MinValue) - (negative * sbyte.MaxValue);

    /// <summary>The largest sum of products with int8 inputs.</summary>
    public readonly long Most => (positive * sbyte.MaxValue) - (negative * sbyte.MinValue);

    /// <summary>Adds a weight.</summary>
    public void Add(sbyte weight)
    {
        if (weight >= 0)
            positive += weight;
        else
            negative -= weight;
    }
}

/// <summary>Makes a kernel for a way of requantization.</summary>
internal interface IRoundedKernelFactory
{
    /// <summary>The kernel.</summary>
    Kernel Create<TRounding>()
        where TRounding : struct, IRounding;
}
