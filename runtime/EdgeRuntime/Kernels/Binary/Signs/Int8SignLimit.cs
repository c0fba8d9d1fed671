namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>An int8 comparison with any threshold as one with an int8 limit: a threshold above all int8 values, which all are below, becomes one that none is, turned round.</summary>
internal static class Int8SignLimit
{
    /// <summary>Limit and direction so that (y &lt; limit) ^ direction is what (y &lt; threshold) ^ direction was.</summary>
    public static (sbyte Limit, int Direction) Of(int threshold, int direction) => threshold > sbyte.MaxValue
        ? (sbyte.MinValue, direction ^ 1)
        : ((sbyte)Math.Max(threshold, sbyte.MinValue), direction);
}
