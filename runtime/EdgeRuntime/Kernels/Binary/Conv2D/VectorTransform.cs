using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// The output transform of int8 and float32 outputs for eight channels of a pixel at a time, operation by operation what <see cref="BinaryOutput"/> defines, on any core with vectors of 128 bits.
/// </summary>
internal sealed unsafe class VectorTransform
{
    /// <summary>Channels that are transformed at a time.</summary>
    public const int Channels = 8;

    private readonly BinaryOutput output;
    private readonly float[] slopes;
    private readonly int[] multipliers;
    private readonly byte[] directions;

    public VectorTransform(BinaryOutput output)
    {
        this.output = output;
        slopes = output.Slopes ?? [];
        multipliers = Array.ConvertAll(output.Int8Multipliers, m => (int)m);
        directions = new byte[(output.Channels + 7) / 8];
        for (int c = 0; c < output.Channels; c++)
            directions[c / 8] |= (byte)(output.Directions[c] << (c % 8));
    }

    /// <summary>Stores int8 outputs of eight channels.</summary>
    /// <param name="low">Accumulators of channels c to c + 3.</param>
    /// <param name="high">Accumulators of channels c + 4 to c + 7.</param>
    /// <param name="c">First channel, a multiple of eight.</param>
    /// <param name="y">Outputs from channel c on.</param>
    /// <param name="residual">Residuals from channel c on, or null.</param>
    /// <param name="signs">The byte of the channels' signs, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreInt8(Vector128<int> low, Vector128<int> high, int c, sbyte* y, sbyte* residual, byte* signs)
    {
        Vector128<int> t0 = Multiply(low, c);
        Vector128<int> t1 = Multiply(high, c + 4);
        if (residual != null)
        {
            Vector128<short> r = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)residual).AsSByte());
            t0 += ((Vector128.WidenLower(r) - Vector128.Create(output.ResidualZeroPoint)) << output.ResidualShift) * Vector128.Create((int)output.ResidualMultiplier);
            t1 += ((Vector128.WidenUpper(r) - Vector128.Create(output.ResidualZeroPoint)) << output.ResidualShift) * Vector128.Create((int)output.ResidualMultiplier);
        }

        t0 = Round(t0);
        t1 = Round(t1);
        *(long*)y = Vector128.Narrow(Vector128.Narrow(t0, t1), Vector128<short>.Zero).AsInt64().ToScalar();
        if (signs != null)
        {
            *signs = (byte)((Vector128.LessThan(t0, Vector128.Create(output.IntThresholds, c)).ExtractMostSignificantBits()
                | (Vector128.LessThan(t1, Vector128.Create(output.IntThresholds, c + 4)).ExtractMostSignificantBits() << 4)) ^ directions[c / 8]);
        }
    }

    /// <summary>Stores float32 outputs of eight channels; the parameters are those of <see cref="StoreInt8"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreFloat32(Vector128<int> low, Vector128<int> high, int c, float* y, float* residual, byte* signs)
    {
        Vector128<float> y0 = Finish(Scale(low, c), c, residual);
        Vector128<float> y1 = Finish(Scale(high, c + 4), c + 4, residual == null ? null : residual + 4);
        y0.Store(y);
        y1.Store(y + 4);
        if (signs != null)
            *signs = Signs(y0, y1, c);
    }

    /// <summary>Activation or slopes, residual, activation or slopes of four channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> Finish(Vector128<float> y, int c, float* residual)
    {
        if (!output.ActivationLast)
            y = Activate(y, c);
        if (residual != null)
            y += Vector128.Load(residual);
        return output.ActivationLast ? Activate(y, c) : y;
    }

    /// <summary>The byte of signs of eight float32 outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Signs(Vector128<float> y0, Vector128<float> y1, int c) => (byte)(
        (Vector128.LessThan(y0, Vector128.Create(output.FloatThresholds, c)).ExtractMostSignificantBits()
        | (Vector128.LessThan(y1, Vector128.Create(output.FloatThresholds, c + 4)).ExtractMostSignificantBits() << 4)) ^ directions[c / 8]);

    private Vector128<int> Remainder(Vector128<int> accumulators) =>
        Vector128.Create(output.Products) - (output.ClampsAccumulator ? Vector128.Max(accumulators, Vector128<int>.Zero) : accumulators);

    private Vector128<float> Scale(Vector128<int> accumulators, int c) => Vector128.FusedMultiplyAdd(
        Vector128.ConvertToSingle(Remainder(accumulators)) * Vector128.Create(0.5f), Vector128.Create(output.Multipliers, c), Vector128.Create(output.Offsets, c));

    private Vector128<int> Multiply(Vector128<int> accumulators, int c) =>
        ((Remainder(accumulators) << output.Shift) * Vector128.Create(multipliers, c)) + Vector128.Create(output.Int8Offsets, c);

    private Vector128<int> Round(Vector128<int> t) =>
        Vector128.Min(Vector128.Max((t + Vector128.Create(1 << 15)) >> 16, Vector128.Create(output.Int8Low)), Vector128.Create(output.Int8High));

    private Vector128<float> Activate(Vector128<float> y, int c)
    {
        if (slopes.Length != 0)
            return Vector128.ConditionalSelect(Vector128.LessThan(y, Vector128<float>.Zero), y * Vector128.Create(slopes, c), y);
        Vector128<float> low = Vector128.Create(output.Low), high = Vector128.Create(output.High);
        y = Vector128.ConditionalSelect(Vector128.LessThan(y, low), low, y);
        return Vector128.ConditionalSelect(Vector128.GreaterThan(y, high), high, y);
    }
}
