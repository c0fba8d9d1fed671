using EdgeRuntime.Model;

namespace EdgeRuntime.Training.Export;

/// <summary>
/// The sign of scale * a + offset as a comparison: -1 where a &lt; Threshold, else +1, turned round where Direction is -1. That is what becomes
/// of batch normalization and scale factors between binary layers.
/// </summary>
internal static class SignThresholds
{
    /// <summary>For integers a (sums of products of signs).</summary>
    public static (int[] Thresholds, bool[] Turned) ForIntegers(ReadOnlySpan<double> scale, ReadOnlySpan<double> offset)
    {
        var thresholds = new int[scale.Length];
        var turned = new bool[scale.Length];
        for (int c = 0; c < scale.Length; c++)
        {
            // scale > 0: +1 from ceil(-offset / scale) on. scale < 0: +1 up to floor(-offset / scale), which is a turned comparison with the next integer.
            double at = -offset[c] / scale[c];
            turned[c] = scale[c] < 0;
            thresholds[c] = scale[c] == 0 ? Constant(offset[c] >= 0, int.MinValue, int.MaxValue)
                : scale[c] > 0 ? ToInt(Math.Ceiling(at))
                : ToInt(Math.Floor(at) + 1);
        }

        return (thresholds, turned);
    }

    /// <summary>For real a in float32.</summary>
    public static (float[] Thresholds, bool[] Turned) ForReals(ReadOnlySpan<double> scale, ReadOnlySpan<double> offset)
    {
        var thresholds = new float[scale.Length];
        var turned = new bool[scale.Length];
        for (int c = 0; c < scale.Length; c++)
        {
            float at = (float)Math.Clamp(-offset[c] / scale[c], -float.MaxValue, float.MaxValue);
            turned[c] = scale[c] < 0;
            thresholds[c] = scale[c] == 0 ? Constant(offset[c] >= 0, -float.MaxValue, float.MaxValue)
                : scale[c] > 0 ? at
                : MathF.BitIncrement(at);
        }

        return (thresholds, turned);
    }

    /// <summary>Bits packed along the last dimension: <see cref="DataType.Bit"/>, 1 for -1.</summary>
    public static byte[] Pack(ReadOnlySpan<bool> negative, int rowLength)
    {
        int words = DataTypes.WordsFor(rowLength), rows = negative.Length / rowLength;
        var bytes = new byte[rows * words * 4];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < rowLength; c++)
            {
                if (negative[r * rowLength + c])
                    bytes[r * words * 4 + c / 8] |= (byte)(1 << (c % 8));
            }
        }

        return bytes;
    }

    private static T Constant<T>(bool positive, T low, T high) => positive ? low : high;

    private static int ToInt(double value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
}
