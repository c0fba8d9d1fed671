namespace EdgeRuntime.Camera;

/// <summary>
/// A quantization table as arithmetic: <c>q = clamp((pixel * Multiplier + Offset) >> 14, -128, 127)</c>, so that vectors need no look-up.
/// Nearly every straight table has such a pair; it is used only where all 256 values are met exactly.
/// </summary>
internal readonly record struct AffineCode(ushort Multiplier, int Offset)
{
    public const int Shift = 14;

    /// <summary>Searches multiplier and offset for a rising table that is quantized from <c>slope * pixel + constant</c>.</summary>
    public static AffineCode? Find(ReadOnlySpan<sbyte> table, double slope)
    {
        int nearest = (int)Math.Round(Math.Clamp(slope, 0, 4) * (1 << Shift));
        for (int multiplier = Math.Max(1, nearest - 2); multiplier <= Math.Min(ushort.MaxValue, nearest + 2); multiplier++)
        {
            // Each value bounds the offset: table << 14 <= pixel * multiplier + offset < (table + 1) << 14; clamped values on one side only.
            int low = -(1 << 26), high = 1 << 26;
            for (int pixel = 0; pixel < 256; pixel++)
            {
                int product = pixel * multiplier;
                if (table[pixel] > -128)
                    low = Math.Max(low, (table[pixel] << Shift) - product);
                if (table[pixel] < 127)
                    high = Math.Min(high, ((table[pixel] + 1) << Shift) - 1 - product);
            }

            if (low <= high)
                return new AffineCode((ushort)multiplier, low + ((high - low) / 2));
        }

        return null;
    }
}
