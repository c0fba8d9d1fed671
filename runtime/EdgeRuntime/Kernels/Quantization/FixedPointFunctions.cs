namespace EdgeRuntime.Kernels;

/// <summary>
/// Transcendental functions on signed fixed point, Qm.n with m integer and n = 31 - m fraction bits, with the constants and the order of roundings of
/// gemmlowp's fixed-point library, on which TensorFlow Lite's int8 softmax, logistic and tanh are defined.
/// </summary>
internal static class FixedPointFunctions
{
    private const int One = int.MaxValue;

    /// <summary>e^(-2^k) in Q0.31 for k = -2, -1, 0, 1, 2, 3, 4.</summary>
    private static ReadOnlySpan<int> ExpOfMinusPowers => [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242];

    /// <summary>
    /// e^x in Q0.31 for x &lt;= 0 in Qm.(31-m), m = 0..5. x is split into multiples of 1/4, whose exponentials are multiplied from a table bit by bit, and a rest
    /// in [-1/4, 0), which a polynomial takes.
    /// </summary>
    public static int ExpOfNegative(int x, int integerBits)
    {
        if (x == 0)
            return One;
        int fractionBits = 31 - integerBits;
        int quarter = 1 << (fractionBits - 2);
        int rest = (x & (quarter - 1)) - quarter;
        int result = ExpNearZero(FixedPoint.SaturatingShiftLeft(rest, integerBits));
        int whole = rest - x;
        for (int k = -2; k < integerBits; k++)
        {
            if ((whole & (1 << (fractionBits + k))) != 0)
                result = FixedPoint.DoublingHighMultiply(result, ExpOfMinusPowers[k + 2]);
        }

        return result;
    }

    /// <summary>1 / (1 + x) in Q0.31 for x in [0, 1) in Q0.31.</summary>
    public static int ReciprocalOfOnePlus(int x) => FixedPoint.SaturatingShiftLeft(InverseOfHalfDenominator(x), 1);

    /// <summary>(1 - x) / (1 + x) in Q0.31 for x in [0, 1) in Q0.31.</summary>
    public static int OneMinusOverOnePlus(int x)
    {
        const int unit = 1 << 29;
        return FixedPoint.SaturatingShiftLeft(InverseOfHalfDenominator(x) - unit, 2);
    }

    /// <summary>1 / (1 + e^-x) in Q0.31 for x in Qm.(31-m).</summary>
    public static int Logistic(int x, int integerBits)
    {
        if (x == 0)
            return One / 2 + 1;
        int ofMagnitude = ReciprocalOfOnePlus(ExpOfNegative(x > 0 ? -x : x, integerBits));
        return x > 0 ? ofMagnitude : One - ofMagnitude;
    }

    /// <summary>tanh x in Q0.31 for x in Qm.(31-m).</summary>
    public static int Tanh(int x, int integerBits)
    {
        if (x == 0)
            return 0;

        // Twice the argument is the same bits with one more integer bit.
        int ofMagnitude = OneMinusOverOnePlus(ExpOfNegative(x > 0 ? -x : x, integerBits + 1));
        return x > 0 ? ofMagnitude : -ofMagnitude;
    }

    /// <summary>
    /// 2 / (1 + x) in Q2.29, by Newton's iteration on the half denominator d = (1 + x) / 2 from the start 48/17 - 32/17 d.
    /// </summary>
    private static int InverseOfHalfDenominator(int x)
    {
        const int fortyEightSeventeenths = 1515870810;
        const int minusThirtyTwoSeventeenths = -1010580540;
        const int unit = 1 << 29;
        int half = (int)(((long)x + One + 1) >> 1);
        int y = fortyEightSeventeenths + FixedPoint.DoublingHighMultiply(half, minusThirtyTwoSeventeenths);
        for (int i = 0; i < 3; i++)
        {
            int error = unit - FixedPoint.DoublingHighMultiply(half, y);
            y += FixedPoint.SaturatingShiftLeft(FixedPoint.DoublingHighMultiply(y, error), 2);
        }

        return y;
    }

    /// <summary>e^x in Q0.31 for x in [-1/4, 0) in Q0.31: Taylor's polynomial of fourth degree around -1/8.</summary>
    private static int ExpNearZero(int x)
    {
        const int expOfMinusEighth = 1895147668;
        const int third = 715827883;
        int t = x + (1 << 28);
        int t2 = FixedPoint.DoublingHighMultiply(t, t);
        int t3 = FixedPoint.DoublingHighMultiply(t2, t);
        int t4 = FixedPoint.DoublingHighMultiply(t2, t2);
        int quarterOfT4 = FixedPoint.RoundingDivide(t4, 2);
        int higher = FixedPoint.RoundingDivide(FixedPoint.DoublingHighMultiply(quarterOfT4 + t3, third) + t2, 1);
        return expOfMinusEighth + FixedPoint.DoublingHighMultiply(expOfMinusEighth, t + higher);
    }
}
