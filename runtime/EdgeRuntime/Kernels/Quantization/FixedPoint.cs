using System.Runtime.CompilerServices;

namespace EdgeRuntime.Kernels;

/// <summary>The two rounding primitives of TensorFlow Lite's int8 arithmetic (gemmlowp's fixed point, Jacob et al. 2017).</summary>
internal static class FixedPoint
{
    /// <summary>
    /// round(a * b / 2^31), halves towards +infinity, saturated: what NEON's sqrdmulh computes. Only -2^31 * -2^31 saturates.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DoublingHighMultiply(int a, int b)
    {
        if (a == int.MinValue && b == int.MinValue)
            return int.MaxValue;
        return (int)(((long)a * b + (1L << 30)) >> 31);
    }

    /// <summary>round(x / 2^exponent), halves away from zero; exponent 0..31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RoundingDivide(int x, int exponent)
    {
        int mask = (int)((1L << exponent) - 1);
        int threshold = (mask >> 1) + (x < 0 ? 1 : 0);
        return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
    }

    /// <summary>x * 2^exponent, saturated; exponent 0..31.</summary>
    public static int SaturatingShiftLeft(int x, int exponent) => (int)Math.Clamp((long)x << exponent, int.MinValue, int.MaxValue);
}
