using System.Numerics;

namespace EdgeRuntime.Training.Methods.Fused;

/// <summary>What the fused functions do to one plane of one picture: a pass over a row of numbers that lies in the first cache.</summary>
internal static class ScaledRow
{
    /// <summary>Multiplies gradients by the slope of the polynomial sign at x + shift, and returns their sum.</summary>
    public static float PolynomialSlope(ReadOnlySpan<float> x, float shift, Span<float> gradient)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> sum = Vector<float>.Zero, two = new(2), offset = new(shift);
        for (; i + lanes <= x.Length; i += lanes)
        {
            Vector<float> slope = Vector.Max(Vector<float>.Zero, two - two * Vector.Abs(new Vector<float>(x[i..]) + offset));
            Vector<float> g = new Vector<float>(gradient[i..]) * slope;
            g.CopyTo(gradient[i..]);
            sum += g;
        }

        float total = Vector.Sum(sum);
        for (; i < x.Length; i++)
        {
            gradient[i] *= MathF.Max(0, 2 - 2 * MathF.Abs(x[i] + shift));
            total += gradient[i];
        }

        return total;
    }

    /// <summary>Sum and sum of squares.</summary>
    public static (float Sum, float Squares) Moments(ReadOnlySpan<float> x)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> sum = Vector<float>.Zero, squares = Vector<float>.Zero;
        for (; i + lanes <= x.Length; i += lanes)
        {
            var v = new Vector<float>(x[i..]);
            sum += v;
            squares += v * v;
        }

        float total = Vector.Sum(sum), totalSquares = Vector.Sum(squares);
        for (; i < x.Length; i++)
        {
            total += x[i];
            totalSquares += x[i] * x[i];
        }

        return (total, totalSquares);
    }

    /// <summary>s = x * scale + offset + shortcut; target = s above 0, slope * s below, plus after.</summary>
    public static void Rectified(ReadOnlySpan<float> x, ReadOnlySpan<float> shortcut, float scale, float offset, float slope, float after, Span<float> target)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> a = new(scale), b = new(offset), s = new(slope), z = new(after);
        for (; i + lanes <= x.Length; i += lanes)
        {
            Vector<float> v = new Vector<float>(x[i..]) * a + b + new Vector<float>(shortcut[i..]);
            (Vector.Max(v, Vector<float>.Zero) + s * Vector.Min(v, Vector<float>.Zero) + z).CopyTo(target[i..]);
        }

        for (; i < x.Length; i++)
        {
            float v = x[i] * scale + offset + shortcut[i];
            target[i] = MathF.Max(v, 0) + slope * MathF.Min(v, 0) + after;
        }
    }

    /// <summary>
    /// Backwards through <see cref="Rectified"/>: target = g above 0, slope * g below. Returns the sums of g, of target, of target * x, and of g * min(s, 0).
    /// </summary>
    public static (float Gradient, float Target, float Product, float Slope) RectifiedGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> shortcut, ReadOnlySpan<float> gradient, float scale, float offset, float slope, Span<float> target)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> a = new(scale), b = new(offset), s = new(slope);
        Vector<float> sumG = Vector<float>.Zero, sumT = Vector<float>.Zero, sumP = Vector<float>.Zero, sumS = Vector<float>.Zero;
        for (; i + lanes <= x.Length; i += lanes)
        {
            Vector<float> value = new(x[i..]), g = new(gradient[i..]);
            Vector<float> v = value * a + b + new Vector<float>(shortcut[i..]);
            Vector<float> t = Vector.ConditionalSelect(Vector.GreaterThan(v, Vector<float>.Zero), g, g * s);
            t.CopyTo(target[i..]);
            sumG += g;
            sumT += t;
            sumP += t * value;
            sumS += g * Vector.Min(v, Vector<float>.Zero);
        }

        var sums = (Gradient: Vector.Sum(sumG), Target: Vector.Sum(sumT), Product: Vector.Sum(sumP), Slope: Vector.Sum(sumS));
        for (; i < x.Length; i++)
        {
            float v = x[i] * scale + offset + shortcut[i];
            target[i] = v > 0 ? gradient[i] : gradient[i] * slope;
            sums.Gradient += gradient[i];
            sums.Target += target[i];
            sums.Product += target[i] * x[i];
            sums.Slope += gradient[i] * MathF.Min(v, 0);
        }

        return sums;
    }

    /// <summary>target = g * scale + x * factor + offset.</summary>
    public static void Combine(ReadOnlySpan<float> g, float scale, ReadOnlySpan<float> x, float factor, float offset, Span<float> target)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> a = new(scale), b = new(factor), c = new(offset);
        for (; i + lanes <= x.Length; i += lanes)
            (new Vector<float>(g[i..]) * a + new Vector<float>(x[i..]) * b + c).CopyTo(target[i..]);
        for (; i < x.Length; i++)
            target[i] = g[i] * scale + x[i] * factor + offset;
    }
}
