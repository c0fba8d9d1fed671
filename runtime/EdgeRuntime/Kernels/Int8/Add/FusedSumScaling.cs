namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// The sum of two int8 tensors, scaled to the output, in float32: two fused multiply-adds and one addition give what <see cref="Int8Sum"/> gives in integers, for each of the
/// 65536 pairs of inputs (all are tried when it is made).
/// <para>
/// sum = FactorA * a + (FactorB * (Origin + b) + Offset), where each product and the addition to it are rounded once, and Offset makes up for Origin, zero points and the rounding of
/// ties. sum + Middle then is rounded to an integer, since Middle is near 1.5 * 2^23; its low 16 bits are the output, zero point included, before it is limited.
/// </para>
/// <para>
/// Sums of different pairs lie about 2^-16 apart, and a float32 near 128 is exact to 2^-17. So one pair of factors in two or three gives every pair its output; those whose last bits
/// differ are tried one after the other. Where halves are common (a factor of exactly 1/2) and must be rounded away from zero, none does.
/// </para>
/// </summary>
/// <param name="FactorA">Factor of the first input.</param>
/// <param name="FactorB">Factor of the second input.</param>
/// <param name="Origin">What is added to the second input before it is multiplied: 0, or a multiple of 2^-8 from 2^15 to 2^16.</param>
/// <param name="Offset">Addend.</param>
/// <param name="Middle">1.5 * 2^23 and the output's zero point.</param>
internal readonly record struct FusedSumScaling(float FactorA, float FactorB, float Origin, float Offset, float Middle)
{
    private const float RoundingMiddle = 3 << 22;

    // How far factors may be from the nearest floats, in units of their last bit.
    private const int Neighbours = 2;
    private const int Values = 256;

    /// <summary>The output of a pair before it is limited.</summary>
    public short Unlimited(sbyte a, sbyte b) => (short)BitConverter.SingleToInt32Bits(Sum(a, b) + Middle);

    /// <summary>Finds a scaling that is exact for all pairs.</summary>
    /// <param name="scaling">What the sum is in integers.</param>
    /// <param name="withOrigin">Whether the second input comes as a float between 2^15 and 2^16, as bytes put into place are.</param>
    /// <param name="found">The scaling.</param>
    public static bool TryFind(Int8SumScaling scaling, bool withOrigin, out FusedSumScaling found)
    {
        sbyte[] outputs = Outputs(scaling);
        double factor = Math.ScaleB(Real(scaling.Output), Int8SumScaling.LeftShift);
        float a = (float)(Real(scaling.First) * factor);
        float b = (float)(Real(scaling.Second) * factor);
        for (int distance = 0; distance <= 2 * Neighbours; distance++)
        {
            for (int i = -Neighbours; i <= Neighbours; i++)
            {
                for (int j = -Neighbours; j <= Neighbours; j++)
                {
                    if (Math.Abs(i) + Math.Abs(j) == distance && TryFind(scaling, outputs, Beside(a, i), Beside(b, j), withOrigin, out found))
                        return true;
                }
            }
        }

        found = default;
        return false;
    }

    private static bool TryFind(Int8SumScaling scaling, sbyte[] outputs, float factorA, float factorB, bool withOrigin, out FusedSumScaling found)
    {
        found = new FusedSumScaling(factorA, factorB, 0, 0, RoundingMiddle + scaling.OutputZeroPoint);
        (double low, double high) = found.Interval(scaling, outputs);
        if (low >= high)
            return false;
        double offset = (low + high) / 2;
        found = withOrigin ? found.WithOrigin(offset) : found with { Offset = (float)offset };
        return found.IsExact(scaling, outputs);
    }

    /// <summary>Between which values an offset must lie for each exact sum to be rounded to its output.</summary>
    private (double Low, double High) Interval(Int8SumScaling scaling, sbyte[] outputs)
    {
        double low = double.MinValue;
        double high = double.MaxValue;
        for (int a = 0; a < Values && low < high; a++)
        {
            for (int b = 0; b < Values; b++)
            {
                int y = outputs[(a * Values) + b];
                double missing = y - scaling.OutputZeroPoint - (((a + sbyte.MinValue) * (double)FactorA) + ((b + sbyte.MinValue) * (double)FactorB));
                if (y > scaling.Low)
                    low = Math.Max(low, missing - 0.5);
                if (y < scaling.High)
                    high = Math.Min(high, missing + 0.5);
            }
        }

        return (low, high);
    }

    /// <summary>The origin that comes nearest to a real offset; floats near -Origin * FactorB are about 2^-9 apart, and each origin has its own.</summary>
    private FusedSumScaling WithOrigin(double offset)
    {
        const int FirstOrigin = 1 << 15;
        const int UpperValues = 128;
        const double Enough = 1.0 / (1 << 22);
        double least = double.MaxValue;
        FusedSumScaling best = this;

        // A byte of the input stands between the two that are chosen: one of 2^8 at most 127 times, one of 2^-8.
        for (int upper = 0; upper < UpperValues && least > Enough; upper++)
        {
            for (int lower = 0; lower < Values; lower++)
            {
                float origin = FirstOrigin + (upper * Values) + (lower / (float)Values);

                // Inputs are moved by 128, so that they are not negative.
                double away = offset - ((origin - (double)sbyte.MinValue) * FactorB);
                double error = Math.Abs((float)away - away);
                if (error < least)
                {
                    least = error;
                    best = this with { Origin = origin - sbyte.MinValue, Offset = (float)away };
                }
            }
        }

        return best;
    }

    /// <summary>Whether every pair gets its output.</summary>
    private bool IsExact(Int8SumScaling scaling, sbyte[] outputs)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (Math.Clamp(Unlimited((sbyte)((i / Values) + sbyte.MinValue), (sbyte)((i % Values) + sbyte.MinValue)), (short)scaling.Low, (short)scaling.High) != outputs[i])
                return false;
        }

        return true;
    }

    private float Sum(sbyte a, sbyte b) => MathF.FusedMultiplyAdd(a, FactorA, MathF.FusedMultiplyAdd(Origin + b, FactorB, Offset));

    private static sbyte[] Outputs(Int8SumScaling scaling)
    {
        // Each input's share of the sum once, not once for each pair.
        var first = new int[Values];
        var second = new int[Values];
        for (int i = 0; i < Values; i++)
        {
            first[i] = scaling.First.Apply((i + sbyte.MinValue - scaling.FirstZeroPoint) << Int8SumScaling.LeftShift);
            second[i] = scaling.Second.Apply((i + sbyte.MinValue - scaling.SecondZeroPoint) << Int8SumScaling.LeftShift);
        }

        var outputs = new sbyte[Values * Values];
        for (int i = 0; i < outputs.Length; i++)
            outputs[i] = (sbyte)Math.Clamp(scaling.Output.Apply(first[i / Values] + second[i % Values]) + scaling.OutputZeroPoint, scaling.Low, scaling.High);
        return outputs;
    }

    private static double Real(QuantizedMultiplier factor) => Math.ScaleB(factor.Multiplier, factor.Shift - 31);

    private static float Beside(float value, int units) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) + units);
}
