using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods;

/// <summary>How a gradient passes the sign function.</summary>
public enum SignGradient
{
    /// <summary>The gradient passes where |x| is at most 1 and is 0 elsewhere (straight-through estimator; Hubara et al. 2016).</summary>
    Clipped,

    /// <summary>As <see cref="Clipped"/>, times 2 - 2|x|: the slope of a piecewise quadratic that is nearer to the sign (Liu et al. 2018, Bi-Real Net).</summary>
    Polynomial,

    /// <summary>The gradient passes everywhere (weights, whose real values are clipped otherwise).</summary>
    Identity,
}

/// <summary>The sign function with a gradient for training.</summary>
public static class SignEstimator
{
    /// <summary>+1 where x is at least 0, else -1; the gradient is that of <paramref name="gradient"/>.</summary>
    public static Tensor Apply(Tensor x, SignGradient gradient)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        // A surrogate with the wanted slope carries the gradient; its value is exchanged for the sign's.
        Tensor surrogate = gradient switch
        {
            SignGradient.Clipped => x.clamp(-1, 1),
            SignGradient.Polynomial => Quadratic(x.clamp(-1, 1)),
            _ => x,
        };
        Tensor sign;
        using (no_grad())
            sign = x.ge(0).to(float32).mul_(2).sub_(1).sub_(surrogate);
        return (surrogate + sign).MoveToOuterDisposeScope();
    }

    // 2x + x^2 below 0 and 2x - x^2 above: slope 2 + 2x and 2 - 2x.
    private static Tensor Quadratic(Tensor x) => x * (2 - x.abs());
}
