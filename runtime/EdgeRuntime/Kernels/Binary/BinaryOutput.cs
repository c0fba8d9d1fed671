using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary;

/// <summary>
/// What becomes of an accumulator (docs/binary.md, "Output transform"). All optimised kernels work on the popcount p = (K - accumulator) / 2,
/// with K products per accumulator, so the constants are folded for it here, and the scalar methods are the definition that they are checked against.
/// </summary>
internal sealed unsafe class BinaryOutput
{
    /// <summary>Largest K of an int8 output: its popcounts are int16.</summary>
    public const int MaxInt8Products = short.MaxValue;

    /// <summary>Limit of the folded int8 bias: leaves room for product and residual in an int32.</summary>
    private const double MaxInt8Offset = 1 << 29;

    private readonly KernelRequest request;

    public BinaryOutput(KernelRequest request, int products, int channels)
    {
        this.request = request;
        Products = products;
        Channels = channels;
        Type = request.Output().Type;
        if (request.Node.Options is BinaryConv2DOptions conv)
            (ClampsAccumulator, Activation, ActivationLast) = (conv.AccumulatorActivation == Activation.Relu, conv.Activation, conv.ActivationAfterResidual);
        else if (request.Node.Options is BinaryFullyConnectedOptions full)
            (ClampsAccumulator, Activation, ActivationLast) = (full.AccumulatorActivation == Activation.Relu, full.Activation, full.ActivationAfterResidual);
        HasResidual = request.HasInput(BinaryInputs.Residual);
        HasSigns = request.OutputCount > 1;
        HasMagnitudes = request.HasInput(BinaryInputs.Magnitudes);
        Directions = FoldDirections();
        float[] scales = Floats(BinaryInputs.Scales, 1);
        float[] bias = Floats(BinaryInputs.Bias, 0);
        Scales = scales;
        Bias = bias;
        Slopes = request.HasInput(BinaryInputs.Slopes) ? Floats(BinaryInputs.Slopes, 0) : null;
        (Low, High) = ActivationRange.Float32(Activation);
        switch (Type)
        {
            case DataType.Bit:
                IntThresholds = Ints(BinaryInputs.Thresholds, 0);
                break;
            case DataType.Float32:
                Multipliers = Array.ConvertAll(scales, s => -2 * s);
                Offsets = [.. Enumerable.Range(0, channels).Select(c => (float)(bias[c] + (double)products * scales[c]))];
                FloatThresholds = Floats(BinaryInputs.Thresholds, 0);
                break;
            default:
                FoldInt8(scales, bias, request.Output().Quantization!);
                break;
        }
    }

    public int Products { get; }

    public int Channels { get; }

    public DataType Type { get; }

    /// <summary>max(accumulator, 0) first.</summary>
    public bool ClampsAccumulator { get; }

    public Activation Activation { get; }

    /// <summary>Activation or slopes after the residual, not before.</summary>
    public bool ActivationLast { get; }

    public bool HasResidual { get; }

    /// <summary>Whether a second output holds the signs of the first.</summary>
    public bool HasSigns { get; }

    public bool HasMagnitudes { get; }

    public float[] Scales { get; }

    public float[] Bias { get; }

    public float[]? Slopes { get; }

    /// <summary>Limits of the activation in float.</summary>
    public float Low { get; }

    public float High { get; }

    /// <summary>Float output: -2 * scale per channel.</summary>
    public float[] Multipliers { get; } = [];

    /// <summary>Float output: bias + K * scale per channel, rounded once.</summary>
    public float[] Offsets { get; } = [];

    /// <summary>Int8 output: factor of (K - accumulator) &lt;&lt; <see cref="Shift"/>, in units of 2^-16 output steps, at most 16383 in magnitude.</summary>
    public short[] Int8Multipliers { get; private set; } = [];

    /// <summary>Int8 output: bias, K * scale and zero point in units of 2^-16 output steps.</summary>
    public int[] Int8Offsets { get; private set; } = [];

    public int Shift { get; private set; }

    /// <summary>Int8 residual: factor of (r - zero point) &lt;&lt; <see cref="ResidualShift"/>, in units of 2^-16 output steps.</summary>
    public short ResidualMultiplier { get; private set; }

    public int ResidualShift { get; private set; }

    public int ResidualZeroPoint { get; private set; }

    /// <summary>Limits of an int8 output.</summary>
    public int Int8Low { get; private set; }

    public int Int8High { get; private set; }

    /// <summary>Packed output: -1 below; int8 output with signs: the same of the int8 value.</summary>
    public int[] IntThresholds { get; private set; } = [];

    /// <summary>Float output with signs: -1 below.</summary>
    public float[] FloatThresholds { get; } = [];

    /// <summary>One byte per channel: 1 turns the sign round.</summary>
    public byte[] Directions { get; }

    /// <summary>Packed output: 1 for -1.</summary>
    public int Bit(int accumulator, int channel) =>
        (Clamp(accumulator) < IntThresholds[channel] ? 1 : 0) ^ Directions[channel];

    /// <summary>Float output; <paramref name="magnitude"/> is XNOR-Net's K of the window and counts only with <see cref="HasMagnitudes"/>.</summary>
    public float Float(int accumulator, int channel, float residual, float magnitude)
    {
        accumulator = Clamp(accumulator);
        float y = HasMagnitudes
            ? MathF.FusedMultiplyAdd(accumulator * magnitude, Scales[channel], Bias[channel])
            : MathF.FusedMultiplyAdd((Products - accumulator) * 0.5f, Multipliers[channel], Offsets[channel]);
        if (!ActivationLast)
            y = Activate(y, channel);
        if (HasResidual)
            y += residual;
        return ActivationLast ? Activate(y, channel) : y;
    }

    /// <summary>Int8 output.</summary>
    public sbyte Int8(int accumulator, int channel, sbyte residual)
    {
        long t = (long)((Products - Clamp(accumulator)) << Shift) * Int8Multipliers[channel] + Int8Offsets[channel];
        if (HasResidual)
            t += ((residual - ResidualZeroPoint) << ResidualShift) * ResidualMultiplier;
        return (sbyte)Math.Clamp((t + (1 << 15)) >> 16, Int8Low, Int8High);
    }

    /// <summary>Sign of a float output: 1 for -1.</summary>
    public int SignOf(float y, int channel) => (y < FloatThresholds[channel] ? 1 : 0) ^ Directions[channel];

    /// <summary>Sign of an int8 output: 1 for -1.</summary>
    public int SignOf(sbyte y, int channel) => (y < IntThresholds[channel] ? 1 : 0) ^ Directions[channel];

    /// <summary>
    /// Multiplier scale * 2^(16 - shift) / output step with the least shift that keeps it within 16383 while K &lt;&lt; shift stays an int16;
    /// -1 if there is none.
    /// </summary>
    public static int FindShift(double largest, int products)
    {
        for (int shift = 0; (products << shift) <= short.MaxValue && shift < 15; shift++)
        {
            if (Math.Round(largest * (1 << (16 - shift))) <= 16383)
                return shift;
        }

        return -1;
    }

    /// <summary>The same for the residual's ratio of steps: at most 32767, with a shift of at most 6; -1 if there is none.</summary>
    public static int FindResidualShift(double ratio)
    {
        for (int shift = 0; shift <= 6; shift++)
        {
            if (Math.Round(ratio * (1 << (16 - shift))) <= short.MaxValue)
                return shift;
        }

        return -1;
    }

    private int Clamp(int accumulator) => ClampsAccumulator ? Math.Max(accumulator, 0) : accumulator;

    private float Activate(float y, int channel)
    {
        if (Slopes is not null)
            return y < 0 ? y * Slopes[channel] : y;
        y = y < Low ? Low : y;
        return y > High ? High : y;
    }

    private void FoldInt8(float[] scales, float[] bias, Model.Quantization output)
    {
        double step = output.Scale;
        Shift = FindShift(scales.Max(Math.Abs) / step, Products);
        Int8Multipliers = Array.ConvertAll(scales, s => (short)Math.Round(-s / step * (1 << (16 - Shift))));
        Int8Offsets = new int[Channels];
        for (int c = 0; c < Channels; c++)
        {
            // K * scale with the rounded multiplier, so that an accumulator of 0 gives exactly the bias.
            double centre = -(double)(Products << Shift) * Int8Multipliers[c];
            double offset = Math.Round((bias[c] / step + output.ZeroPoint) * 65536) + centre;
            Int8Offsets[c] = (int)Math.Clamp(offset, -MaxInt8Offset, MaxInt8Offset);
        }

        (Int8Low, Int8High) = ActivationRange.Int8(Activation, output);
        IntThresholds = Ints(BinaryInputs.Thresholds, output.ZeroPoint);
        if (!HasResidual)
            return;
        Model.Quantization residual = request.Input(BinaryInputs.Residual).Quantization!;
        double ratio = residual.Scale / step;
        ResidualShift = FindResidualShift(ratio);
        ResidualMultiplier = (short)Math.Round(ratio * (1 << (16 - ResidualShift)));
        ResidualZeroPoint = residual.ZeroPoint;
    }

    private byte[] FoldDirections()
    {
        byte[] directions = new byte[Channels];
        uint* words = (uint*)request.Constant(BinaryInputs.Directions);
        for (int c = 0; words != null && c < Channels; c++)
            directions[c] = (byte)((words[c / 32] >> (c % 32)) & 1);
        return directions;
    }

    private float[] Floats(int input, float absent)
    {
        float* values = (float*)request.Constant(input);
        float[] result = new float[Channels];
        if (values == null)
            result.AsSpan().Fill(absent);
        else
            new ReadOnlySpan<float>(values, Channels).CopyTo(result);
        return result;
    }

    private int[] Ints(int input, int absent)
    {
        int* values = (int*)request.Constant(input);
        int[] result = new int[Channels];
        if (values == null)
            result.AsSpan().Fill(absent);
        else
            new ReadOnlySpan<int>(values, Channels).CopyTo(result);
        return result;
    }
}
