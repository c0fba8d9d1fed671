using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks;

/// <summary>
/// Removes batch normalization from a trained network: w' = w * scale and b' = b * scale + offset of the layer before it. What is pruned or shared are then the weights that the
/// runtime multiplies with; folding after sharing would give every output channel values of its own.
/// </summary>
internal static class NormFolding
{
    /// <summary>A network without batch normalization that computes the same in use. Normalization that follows no convolution or fully connected layer stays.</summary>
    /// <exception cref="TrainingException">The network is binary.</exception>
    public static Network Fold(Network network)
    {
        using var quiet = no_grad();
        var folded = network with { Body = Fold(network.Body) };
        folded.Body.eval();
        return folded;
    }

    private static SequenceLayer Fold(SequenceLayer sequence)
    {
        var layers = new List<Layer>();
        IReadOnlyList<Layer> inner = sequence.Inner;
        for (int i = 0; i < inner.Count; i++)
        {
            BatchNormLayer? norm = i + 1 < inner.Count ? inner[i + 1] as BatchNormLayer : null;
            switch (inner[i])
            {
                case ConvLayer c:
                    var conv = new ConvLayer(c.InputChannels, c.OutputChannels, c.Kernel, c.Stride, c.Padding, c.Groups, hasBias: norm is not null || c.Bias is not null);
                    Copy(c.Mapping.MapForUse(c.Weight), c.Bias, norm, conv.Weight, conv.Bias);
                    layers.Add(conv);
                    break;
                case LinearLayer f:
                    var linear = new LinearLayer(f.Inputs, f.Outputs, norm is not null || f.Bias is not null);
                    Copy(f.Mapping.MapForUse(f.Weight), f.Bias, norm, linear.Weight, linear.Bias);
                    layers.Add(linear);
                    break;
                case SequenceLayer s:
                    layers.Add(Fold(s));
                    continue;
                case ResidualLayer r:
                    layers.Add(new ResidualLayer(Fold(r.Body), r.Shortcut is null ? null : Fold(r.Shortcut), r.Rectify));
                    continue;
                case Layer other:
                    Layer copy = LayerStructure.Of(other).Create();
                    copy.load_state_dict(other.state_dict());
                    layers.Add(copy);
                    continue;
            }

            i += norm is null ? 0 : 1;
        }

        return new SequenceLayer([.. layers]);
    }

    private static void Copy(Tensor weight, Tensor? bias, BatchNormLayer? norm, Tensor newWeight, Tensor? newBias)
    {
        using var scope = NewDisposeScope();
        if (norm is null)
        {
            newWeight.copy_(weight);
            if (newBias is not null)
                newBias.copy_(bias!);
            return;
        }

        var (scaleValues, offsetValues) = norm.Folded();
        Tensor scale = tensor(scaleValues).to(float32), offset = tensor(offsetValues).to(float32);
        newWeight.copy_(weight * scale.reshape([-1, .. Enumerable.Repeat(1L, (int)weight.dim() - 1)]));
        newBias!.copy_(bias is null ? offset : bias * scale + offset);
    }
}
