using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks.Layers;

/// <summary>Rectifier: max(x, 0).</summary>
public sealed class ReluLayer() : Layer(nameof(ReluLayer))
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => nn.functional.relu(input);
}

/// <summary>Rectifier with a ceiling: min(max(x, 0), 6).</summary>
public sealed class Relu6Layer() : Layer(nameof(Relu6Layer))
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => input.clamp(0, 6);
}

/// <summary>min(max(x, -1), 1), the real counterpart of the sign function.</summary>
public sealed class HardTanhLayer() : Layer(nameof(HardTanhLayer))
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => input.clamp(-1, 1);
}

/// <summary>Maximum over a square window.</summary>
public sealed class MaxPoolLayer(int window, int stride, int padding = 0) : Layer(nameof(MaxPoolLayer))
{
    /// <summary>Side of the window.</summary>
    public int Window { get; } = window;

    /// <summary>Stride, both ways.</summary>
    public int Stride { get; } = stride;

    /// <summary>Border on each side, which never is the maximum.</summary>
    public int Padding { get; } = padding;

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) =>
        nn.functional.max_pool2d(input, [Window, Window], [Stride, Stride], [Padding, Padding]);
}

/// <summary>Average over a square window.</summary>
public sealed class AveragePoolLayer(int window, int stride) : Layer(nameof(AveragePoolLayer))
{
    /// <summary>Side of the window.</summary>
    public int Window { get; } = window;

    /// <summary>Stride, both ways.</summary>
    public int Stride { get; } = stride;

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => nn.functional.avg_pool2d(input, Window, Stride);
}

/// <summary>Average over the whole map: [n, c, h, w] to [n, c].</summary>
public sealed class GlobalAveragePoolLayer() : Layer(nameof(GlobalAveragePoolLayer))
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => input.mean([2, 3]);
}

/// <summary>A row per picture in the runtime's order of elements (height, width, channel): [n, c, h, w] to [n, h * w * c].</summary>
public sealed class FlattenLayer() : Layer(nameof(FlattenLayer))
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => input.dim() == 2 ? input : input.permute(0, 2, 3, 1).flatten(1);
}

/// <summary>Sets a share of the elements to 0 while training (Srivastava et al. 2014); nothing in use.</summary>
public sealed class DropoutLayer(double share) : Layer(nameof(DropoutLayer))
{
    /// <summary>Share of the elements, 0 to below 1. Retraining of a pruned network lowers it.</summary>
    public double Share { get; internal set; } = share;

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) => nn.functional.dropout(input, Share, training);
}
