using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods.Fused;

/// <summary>The sign and its estimator in one pass each over contiguous float32; <see cref="SignEstimator"/> defines both.</summary>
internal sealed class SignFunction : autograd.SingleTensorFunction<SignFunction>
{
    public override string Name => nameof(SignFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = (Tensor)vars[0];
        ctx.save_for_backward([x]);
        ctx.save_data("gradient", vars[1]);
        Tensor y = empty_like(x);
        Signs(BFloat16Row.Floats(x), BFloat16Row.Floats(y));
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using Tensor g = grad_output.contiguous();
        Tensor x = ctx.get_saved_variables()[0];
        Tensor result = empty_like(x);
        Span<float> to = BFloat16Row.Floats(result);
        BFloat16Row.Floats(g).CopyTo(to);
        Slope(BFloat16Row.Floats(x), to, (SignGradient)ctx.get_data("gradient"));
        return [result, null!];
    }

    /// <summary>+1 where x is at least 0, else -1.</summary>
    public static void Signs(ReadOnlySpan<float> x, Span<float> y)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i + lanes <= x.Length; i += lanes)
            Vector.ConditionalSelect(Vector.GreaterThanOrEqual(new Vector<float>(x[i..]), Vector<float>.Zero), Vector<float>.One, -Vector<float>.One).CopyTo(y[i..]);
        for (; i < x.Length; i++)
            y[i] = x[i] >= 0 ? 1 : -1;
    }

    /// <summary>Multiplies gradients by the estimator's slope at x.</summary>
    public static void Slope(ReadOnlySpan<float> x, Span<float> gradient, SignGradient kind)
    {
        if (kind == SignGradient.Identity)
            return;
        int lanes = Vector<float>.Count, i = 0;
        var two = new Vector<float>(2);
        for (; i + lanes <= x.Length; i += lanes)
        {
            Vector<float> magnitude = Vector.Abs(new Vector<float>(x[i..])), g = new(gradient[i..]);
            Vector<float> slope = kind == SignGradient.Polynomial ? two - two * magnitude : Vector<float>.One;
            Vector.ConditionalSelect(Vector.LessThanOrEqual(magnitude, Vector<float>.One), g * slope, Vector<float>.Zero).CopyTo(gradient[i..]);
        }

        for (; i < x.Length; i++)
        {
            float magnitude = MathF.Abs(x[i]);
            gradient[i] = magnitude > 1 ? 0 : gradient[i] * (kind == SignGradient.Polynomial ? 2 - 2 * magnitude : 1);
        }
    }
}
