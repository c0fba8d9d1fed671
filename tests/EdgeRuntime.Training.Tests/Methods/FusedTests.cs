using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Methods;

/// <summary>The fused form of a residual binary block has the output and the gradients of the layers that it stands for.</summary>
public class FusedTests
{
    [Theory]
    [InlineData(8, 8, 1, 8)]
    [InlineData(8, 16, 2, 12)]
    [InlineData(5, 5, 1, 7)]
    public void Fused_block_has_the_plain_blocks_output_gradients_and_statistics(int input, int output, int stride, int side)
    {
        // Sums of at most 256 products of signs are exact in bfloat16 and so is the block: with weights of +1 and -1 only gradients are rounded.
        random.manual_seed(7);
        var plain = new BinaryResidualLayer(input, output, stride, new SignWeights());
        var fused = new BinaryResidualLayer(input, output, stride, new SignWeights());
        fused.load_state_dict(plain.state_dict());
        fused.Conv.UsesBFloat16 = true;
        using (no_grad())
        {
            foreach (var (name, parameter) in plain.named_parameters().Where(p => p.parameter.numel() <= 2 * output && p.parameter.dim() != 4 || p.parameter.shape[0] == 1))
            {
                parameter.add_(randn_like(parameter), 0.1);
                fused.named_parameters().Single(p => p.name == name).parameter.copy_(parameter);
            }
        }

        Tensor x = randn(3, input, side, side), weight = randn(3, output, side / stride, side / stride);
        Tensor a = x.clone().requires_grad_(), b = x.clone().requires_grad_();
        Tensor expected = plain.call(a), actual = fused.call(b);
        Near(expected, actual, 1e-3);
        (expected * weight).sum().backward();
        (actual * weight).sum().backward();
        Near(a.grad!, b.grad!, 0.03);
        foreach (var (name, parameter) in plain.named_parameters())
            Near(parameter.grad!, fused.named_parameters().Single(p => p.name == name).parameter.grad!, 0.03);
        foreach (var (name, value) in plain.state_dict().Where(s => s.Key.Contains("running", StringComparison.Ordinal)))
            Near(value, fused.state_dict()[name], 1e-3);
        plain.eval();
        fused.eval();
        Near(plain.call(x), fused.call(x), 1e-3);
    }

    [Theory]
    [InlineData(8, 8, 1, 8)]
    [InlineData(8, 16, 2, 12)]
    public void Fused_block_of_the_real_network_is_the_plain_one_up_to_the_rounding_of_bfloat16(int input, int output, int stride, int side)
    {
        random.manual_seed(8);
        var plain = new BinaryResidualLayer(input, output, stride, RealWeights.Instance, hasSigns: false);
        var fused = new BinaryResidualLayer(input, output, stride, RealWeights.Instance, hasSigns: false);
        fused.load_state_dict(plain.state_dict());
        fused.Conv.UsesBFloat16 = true;
        Tensor x = randn(3, input, side, side), weight = randn(3, output, side / stride, side / stride);
        Tensor a = x.clone().requires_grad_(), b = x.clone().requires_grad_();
        Tensor expected = plain.call(a), actual = fused.call(b);
        Near(expected, actual, 0.01);
        (expected * weight).sum().backward();
        (actual * weight).sum().backward();
        Near(a.grad!, b.grad!, 0.03);
        foreach (var (name, parameter) in plain.named_parameters())
            Near(parameter.grad!, fused.named_parameters().Single(p => p.name == name).parameter.grad!, 0.03);
    }

    /// <summary>The difference's norm is a small share of the norm.</summary>
    private static void Near(Tensor expected, Tensor actual, double share)
    {
        double difference = (expected - actual).norm().item<float>(), size = expected.norm().item<float>();
        Assert.True(difference <= share * Math.Max(size, 1e-3), $"the difference is {difference} of {size}; {share} of it is allowed");
    }
}
