using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>
/// Multipliers of an int8 Add or Sub: inputs, shifted left by <see cref="LeftShift"/>, are brought to the common scale 2 * max(scale a, scale b), and their
/// sum to the output's scale.
/// </summary>
internal sealed class Int8SumScaling
{
    /// <summary>Bits by which inputs are shifted left before they are scaled.</summary>
    public const int LeftShift = 20;

    public Int8SumScaling(Quantization a, Quantization b, Quantization y, Activation activation)
    {
        double twiceLargest = TwiceLargest(a, b);
        First = QuantizedMultiplier.Of(a.Scale / twiceLargest);
        Second = QuantizedMultiplier.Of(b.Scale / twiceLargest);
        Output = QuantizedMultiplier.Of(OutputFactor(a, b, y));
        FirstZeroPoint = a.ZeroPoint;
        SecondZeroPoint = b.ZeroPoint;
        OutputZeroPoint = y.ZeroPoint;
        (Low, High) = ActivationRange.Int8(activation, y);
    }

    /// <summary>Factor of the first input; at most 1/2.</summary>
    public QuantizedMultiplier First { get; }

    /// <summary>Factor of the second input; at most 1/2.</summary>
    public QuantizedMultiplier Second { get; }

    /// <summary>Factor from the sum to the output; below 1.</summary>
    public QuantizedMultiplier Output { get; }

    /// <summary>Zero point of the first input.</summary>
    public int FirstZeroPoint { get; }

    /// <summary>Zero point of the second input.</summary>
    public int SecondZeroPoint { get; }

    /// <summary>Zero point of the output.</summary>
    public int OutputZeroPoint { get; }

    /// <summary>Least value of the output.</summary>
    public int Low { get; }

    /// <summary>Largest value of the output.</summary>
    public int High { get; }

    /// <summary>The factor of <see cref="Output"/>; a graph where it is 1 or more is refused.</summary>
    public static double OutputFactor(Quantization a, Quantization b, Quantization y) =>
        TwiceLargest(a, b) / ((1 << LeftShift) * (double)y.Scale);

    private static double TwiceLargest(Quantization a, Quantization b) => 2 * (double)MathF.Max(a.Scale, b.Scale);
}
