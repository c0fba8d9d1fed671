using EdgeRuntime.Training.Methods.Fused;
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
        using Tensor plain = x.contiguous();
        return SignFunction.apply(plain, gradient);
    }
}
