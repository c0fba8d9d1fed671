using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods.Fused;

/// <summary>
/// Batch normalization, shortcut and RPReLU of a residual binary block in two passes forwards and two backwards:
/// s = BatchNorm(x) + shortcut - before; y = max(s, 0) + slope * min(s, 0) + after. x is the convolution's bfloat16 [n, c, h, w], the rest float32; parameters have c elements.
/// The last argument receives mean and variance of the batch, [2, c].
/// </summary>
internal sealed class ResidualFunction : autograd.SingleTensorFunction<ResidualFunction>
{
    public const double Epsilon = 1e-5;

    public override string Name => nameof(ResidualFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor x = (Tensor)vars[0], shortcut = (Tensor)vars[1], statistics = (Tensor)vars[7];
        ctx.save_for_backward([.. vars.Cast<Tensor>()]);
        int n = (int)x.shape[0], c = (int)x.shape[1], plane = (int)(x.shape[2] * x.shape[3]);
        ReadOnlySpan<ushort> values = BFloat16Row.Halves(x);
        ReadOnlySpan<float> added = BFloat16Row.Floats(shortcut);
        Span<float> mean = BFloat16Row.Floats(statistics)[..c], variance = BFloat16Row.Floats(statistics)[c..];
        var sums = new double[c];
        var squares = new double[c];
        float[] row = new float[plane];
        for (int p = 0; p < n * c; p++)
        {
            BFloat16Row.Widen(values.Slice(p * plane, plane), row);
            var (sum, square) = ScaledRow.Moments(row);
            sums[p % c] += sum;
            squares[p % c] += square;
        }

        double count = (double)n * plane;
        for (int k = 0; k < c; k++)
        {
            mean[k] = (float)(sums[k] / count);
            variance[k] = (float)Math.Max(0, squares[k] / count - sums[k] / count * (sums[k] / count));
        }

        var (scale, offset) = Folded(mean, variance, vars);
        ReadOnlySpan<float> slope = BFloat16Row.Floats((Tensor)vars[5]), after = BFloat16Row.Floats((Tensor)vars[6]);
        Tensor y = empty_like(shortcut);
        Span<float> to = BFloat16Row.Floats(y);
        for (int p = 0; p < n * c; p++)
        {
            int k = p % c;
            BFloat16Row.Widen(values.Slice(p * plane, plane), row);
            ScaledRow.Rectified(row, added.Slice(p * plane, plane), scale[k], offset[k], slope[k], after[k], to.Slice(p * plane, plane));
        }

        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using Tensor g = grad_output.contiguous();
        List<Tensor> saved = ctx.get_saved_variables();
        int n = (int)saved[0].shape[0], c = (int)saved[0].shape[1], plane = (int)(saved[0].shape[2] * saved[0].shape[3]);
        ReadOnlySpan<ushort> values = BFloat16Row.Halves(saved[0]);
        ReadOnlySpan<float> added = BFloat16Row.Floats(saved[1]), gradient = BFloat16Row.Floats(g), slope = BFloat16Row.Floats(saved[5]);
        ReadOnlySpan<float> mean = BFloat16Row.Floats(saved[7])[..c], variance = BFloat16Row.Floats(saved[7])[c..], gamma = BFloat16Row.Floats(saved[2]);
        var (scale, offset) = Folded(mean, variance, [.. saved]);
        Tensor gx = empty_like(saved[0]), gshortcut = empty_like(saved[1]);
        Tensor[] parameters = [.. Enumerable.Range(2, 5).Select(i => zeros_like(saved[i]))];
        Span<float> toShortcut = BFloat16Row.Floats(gshortcut);
        var sums = new (double Gradient, double Target, double Product, double Slope)[c];
        float[] row = new float[plane], result = new float[plane];
        for (int p = 0; p < n * c; p++)
        {
            int k = p % c;
            BFloat16Row.Widen(values.Slice(p * plane, plane), row);
            var part = ScaledRow.RectifiedGradient(
                row, added.Slice(p * plane, plane), gradient.Slice(p * plane, plane), scale[k], offset[k], slope[k], toShortcut.Slice(p * plane, plane));
            sums[k] = (sums[k].Gradient + part.Gradient, sums[k].Target + part.Target, sums[k].Product + part.Product, sums[k].Slope + part.Slope);
        }

        // With t the gradient at s and h = (x - mean) / deviation: dx = gamma / deviation * (t - mean(t) - h * mean(t h)).
        double count = (double)n * plane;
        float[] factor = new float[c], constant = new float[c];
        for (int k = 0; k < c; k++)
        {
            double inverse = 1 / Math.Sqrt(variance[k] + Epsilon);
            double products = (sums[k].Product - mean[k] * sums[k].Target) * inverse;
            BFloat16Row.Floats(parameters[0])[k] = (float)products;
            BFloat16Row.Floats(parameters[1])[k] = (float)sums[k].Target;
            BFloat16Row.Floats(parameters[2])[k] = (float)-sums[k].Target;
            BFloat16Row.Floats(parameters[3])[k] = (float)sums[k].Slope;
            BFloat16Row.Floats(parameters[4])[k] = (float)sums[k].Gradient;
            double perX = -gamma[k] * inverse * inverse * products / count;
            factor[k] = (float)perX;
            constant[k] = (float)(-gamma[k] * inverse * sums[k].Target / count - perX * mean[k]);
        }

        Span<ushort> to = BFloat16Row.Halves(gx);
        for (int p = 0; p < n * c; p++)
        {
            int k = p % c;
            BFloat16Row.Widen(values.Slice(p * plane, plane), row);
            ScaledRow.Combine(toShortcut.Slice(p * plane, plane), scale[k], row, factor[k], constant[k], result);
            BFloat16Row.Narrow(result, to.Slice(p * plane, plane));
        }

        return [gx, gshortcut, .. parameters, null!];
    }

    // y = x * scale + offset: the batch's normalization with the trained scale and offset, less what RPReLU takes off.
    private static (float[] Scale, float[] Offset) Folded(ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, object[] vars)
    {
        ReadOnlySpan<float> gamma = BFloat16Row.Floats((Tensor)vars[2]), beta = BFloat16Row.Floats((Tensor)vars[3]), before = BFloat16Row.Floats((Tensor)vars[4]);
        var scale = new float[mean.Length];
        var offset = new float[mean.Length];
        for (int k = 0; k < scale.Length; k++)
        {
            scale[k] = (float)(gamma[k] / Math.Sqrt(variance[k] + Epsilon));
            offset[k] = beta[k] - mean[k] * scale[k] - before[k];
        }

        return (scale, offset);
    }
}
