using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods.Fused;

/// <summary>
/// Signs of x + shift with a border of ones, in bfloat16, where they are exact: float32 [n, c, h, w] and shift [c] to bfloat16 [n, c, h + 2p, w + 2p]. The gradient is that of
/// <see cref="SignGradient.Polynomial"/>.
/// </summary>
internal sealed class PaddedSignFunction : autograd.SingleTensorFunction<PaddedSignFunction>
{
    public override string Name => nameof(PaddedSignFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor x = (Tensor)vars[0], shift = (Tensor)vars[1];
        int padding = (int)vars[2];
        ctx.save_for_backward([x, shift]);
        ctx.save_data("padding", padding);
        int n = (int)x.shape[0], c = (int)x.shape[1], h = (int)x.shape[2], w = (int)x.shape[3];
        Tensor y = empty([n, c, h + 2 * padding, w + 2 * padding], dtype: ScalarType.BFloat16);
        ReadOnlySpan<float> from = BFloat16Row.Floats(x), shifts = BFloat16Row.Floats(shift);
        Span<ushort> to = BFloat16Row.Halves(y);
        to.Fill(BFloat16Row.One);
        int width = w + 2 * padding, plane = width * (h + 2 * padding);
        for (int p = 0; p < n * c; p++)
        {
            float offset = shifts[p % c];
            for (int row = 0; row < h; row++)
            {
                BFloat16Row.Signs(from.Slice((p * h + row) * w, w), offset, to.Slice(p * plane + (row + padding) * width + padding, w));
            }
        }

        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using Tensor g = grad_output.contiguous();
        List<Tensor> saved = ctx.get_saved_variables();
        int padding = (int)ctx.get_data("padding");
        int c = (int)saved[0].shape[1], h = (int)saved[0].shape[2], w = (int)saved[0].shape[3], planes = (int)saved[0].shape[0] * c;
        Tensor gx = empty_like(saved[0]), gshift = zeros_like(saved[1]);
        ReadOnlySpan<float> x = BFloat16Row.Floats(saved[0]), shifts = BFloat16Row.Floats(saved[1]);
        ReadOnlySpan<ushort> from = BFloat16Row.Halves(g);
        Span<float> to = BFloat16Row.Floats(gx), sums = BFloat16Row.Floats(gshift);
        int width = w + 2 * padding, plane = width * (h + 2 * padding);
        for (int p = 0; p < planes; p++)
        {
            Span<float> target = to.Slice(p * h * w, h * w);
            for (int row = 0; row < h; row++)
                BFloat16Row.Widen(from.Slice(p * plane + (row + padding) * width + padding, w), target.Slice(row * w, w));
            sums[p % c] += ScaledRow.PolynomialSlope(x.Slice(p * h * w, h * w), shifts[p % c], target);
        }

        return [gx, gshift, null!];
    }
}
