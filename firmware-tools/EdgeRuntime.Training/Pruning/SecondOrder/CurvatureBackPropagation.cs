using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning.SecondOrder;

/// <summary>
/// The diagonal of the loss's second derivatives, propagated backwards like a gradient (LeCun, Denker and Solla 1990, section 3): through a weighted sum by the squared weights,
/// h(x_j) = sum_i w_ij^2 h(y_i), to the weights by the squared inputs, h(w_ij) = sum over pictures and positions of x_j^2 h(y_i). Off-diagonal terms are neglected, and so are the
/// second derivatives of activations (Levenberg-Marquardt's approximation), which are 0 for rectifiers. It begins with those of the softmax cross entropy, p (1 - p).
/// </summary>
internal static class CurvatureBackPropagation
{
    private const int BatchSize = 100;

    /// <summary>A network that is certain of every picture would have no curvature at all, and with it no ranking.</summary>
    private const double LeastCurvature = 1e-8;


    /// <summary>Second derivatives of the mean loss over the pictures, never negative, a tensor per layer.</summary>
    /// <exception cref="TrainingException">The network has a layer without rule (binary ones).</exception>
    public static IReadOnlyList<Tensor> Diagonal(Network network, IReadOnlyList<PrunableLayer> layers, ImageSet pictures)
    {
        Tensor[] sums = [.. layers.Select(l => zeros_like(l.Weight).DetachFromDisposeScope())];
        var index = new Dictionary<Layer, int>();
        for (int i = 0; i < layers.Count; i++)
            index[layers[i].Layer] = i;
        network.Body.eval();
        BatchLoader loader = BatchLoader.ForEvaluation(pictures, BatchSize, network.Normalization);
        for (int b = 0; b < loader.BatchCount; b++)
        {
            using var scope = NewDisposeScope();
            using Batch batch = loader.Load(0, b);
            var pass = new Pass((layer, h) => sums[index[layer]].add_(h));
            var (logits, back) = pass.Forward(network.Body, batch.Images);
            Tensor p = logits.softmax(1);
            back((p * (1 - p)).clamp_min(LeastCurvature) / pictures.Count);
        }

        return sums;
    }

    /// <summary>One batch: forwards, leaving for each layer how curvature comes back through it.</summary>
    private sealed class Pass(Action<Layer, Tensor> addWeightCurvature)
    {
        public (Tensor Output, Func<Tensor, Tensor> Back) Forward(Layer layer, Tensor x)
        {
            switch (layer)
            {
                case SequenceLayer sequence:
                    return Sequence(sequence, x);
                case ResidualLayer block:
                    return Residual(block, x);
                case ConvLayer { PadValue: 0 } c:
                    return Weighted(layer, x, c.Mapping.MapForUse(c.Weight), (a, w) => nn.functional.conv2d(a, w, strides: [c.Stride, c.Stride], padding: [c.Padding, c.Padding], groups: c.Groups));
                case LinearLayer f:
                    return Weighted(layer, x, f.Mapping.MapForUse(f.Weight), (a, w) => nn.functional.linear(a, w));
            }

            Tensor y;
            using (no_grad())
                y = layer.call(x);
            switch (layer)
            {
                case BatchNormLayer norm:
                    Tensor scale = tensor(norm.Folded().Scale).to(float32).square();
                    return (y, h => h * (h.dim() == 4 ? scale.reshape(1, -1, 1, 1) : scale));
                case ReluLayer or Relu6Layer or HardTanhLayer:
                    // The slope is 1 where the output is not held at a limit.
                    Tensor slope = (layer is HardTanhLayer ? x.abs().lt(1) : layer is Relu6Layer ? x.gt(0).logical_and(x.lt(6)) : x.gt(0)).to(float32);
                    return (y, h => h * slope);
                case DropoutLayer:
                    return (y, h => h);
                case MaxPoolLayer or FlattenLayer:
                    return (y, h => Gradient(layer, x, h));
                case AveragePoolLayer p:
                    // The gradient brings 1/n of each output back; curvature comes with the square of that.
                    return (y, h => Gradient(layer, x, h) / (p.Window * p.Window));
                case GlobalAveragePoolLayer:
                    return (y, h => Gradient(layer, x, h) / (x.shape[2] * x.shape[3]));
                default:
                    throw new TrainingException(TrainingError.InvalidOption, $"layer {layer.GetName()} has no rule for second derivatives");
            }
        }

        private (Tensor Output, Func<Tensor, Tensor> Back) Sequence(SequenceLayer sequence, Tensor x)
        {
            var backs = new Stack<Func<Tensor, Tensor>>();
            foreach (Layer inner in sequence.Inner)
            {
                var (y, back) = Forward(inner, x);
                backs.Push(back);
                x = y;
            }

            return (x, h => backs.Aggregate(h, (at, back) => back(at)));
        }

        private (Tensor Output, Func<Tensor, Tensor> Back) Residual(ResidualLayer block, Tensor x)
        {
            var (body, backBody) = Forward(block.Body, x);
            (Tensor shortcut, Func<Tensor, Tensor> backShortcut) = block.Shortcut is null ? (x, h => h) : Forward(block.Shortcut, x);
            Tensor sum = body + shortcut;
            Tensor? slope = block.Rectify ? sum.gt(0).to(float32) : null;
            return (slope is null ? sum : sum * slope, h =>
            {
                Tensor at = slope is null ? h : h * slope;
                return backBody(at) + backShortcut(at);
            }
            );
        }

        /// <summary>
        /// A convolution or product is linear in both of its arguments: the gradient of op(x^2, w^2) with respect to the second is the sum of x^2 h, with respect to the
        /// first the sum of w^2 h, which is what both rules ask for.
        /// </summary>
        private (Tensor Output, Func<Tensor, Tensor> Back) Weighted(Layer layer, Tensor x, Tensor weight, Func<Tensor, Tensor, Tensor> operation)
        {
            Tensor y;
            using (no_grad())
                y = layer.call(x);
            return (y, h =>
            {
                Tensor inputs = x.detach().square().requires_grad_(true), weights = weight.detach().square().requires_grad_(true);
                using (enable_grad())
                {
                    IList<Tensor> gradients = autograd.grad([operation(inputs, weights)], [inputs, weights], [h]);
                    addWeightCurvature(layer, gradients[1].detach());
                    return gradients[0].detach();
                }
            }
            );
        }

        private static Tensor Gradient(Layer layer, Tensor x, Tensor h)
        {
            using (enable_grad())
            {
                Tensor input = x.detach().requires_grad_(true);
                return autograd.grad([layer.call(input)], [input], [h])[0].detach();
            }
        }
    }
}
