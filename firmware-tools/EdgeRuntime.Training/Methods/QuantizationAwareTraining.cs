using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Methods;

/// <summary>
/// Lets a network train with the rounding that its int8 form has: weights of every layer, and activations wherever the runtime's graph has a tensor, which is behind the batch
/// normalization and rectifier that the runtime fuses into a layer. The network's input is not rounded: pictures have 8 bits already.
/// </summary>
public static class QuantizationAwareTraining
{
    /// <summary>Bits of the weights of a method of training, or 0 if the method does not round while training.</summary>
    public static int BitsOf(string method) => method switch
    {
        "qat-int8" => 8,
        "qat-int4" => 4,
        _ => 0,
    };

    /// <summary>Sets the mappings of all layers.</summary>
    /// <exception cref="TrainingException">The network has layers that have no int8 form.</exception>
    public static void Apply(SequenceLayer body, int bits)
    {
        ArgumentNullException.ThrowIfNull(body);
        Sequence(body, bits, null);
    }

    /// <returns>The mapping of the sequence's output, or null if nothing in it has one.</returns>
    private static FakeQuantizedActivations? Sequence(SequenceLayer sequence, int bits, FakeQuantizedActivations? input)
    {
        Layer[] layers = [.. Flatten(sequence)];
        FakeQuantizedActivations? last = input;
        for (int i = 0; i < layers.Length; i++)
        {
            switch (layers[i])
            {
                case ConvLayer c:
                    c.Mapping = new FakeQuantizedWeights(bits);
                    i = EndOfLayer(layers, i);
                    last = Observe(layers[i]);
                    break;
                case LinearLayer f:
                    f.Mapping = new FakeQuantizedWeights(bits);
                    i = EndOfLayer(layers, i);
                    last = Observe(layers[i]);
                    break;
                case ResidualLayer r:
                    Sequence(r.Body, bits, last);
                    if (r.Shortcut is { } shortcut)
                        Sequence(shortcut, bits, last);
                    last = Observe(r);
                    break;
                case GlobalAveragePoolLayer or AveragePoolLayer:
                    if (last is not null)
                        layers[i].OutputMapping = last.Follower();
                    break;
                case ReluLayer or Relu6Layer or HardTanhLayer:
                    last = Observe(layers[i]);
                    break;
                case MaxPoolLayer or FlattenLayer or DropoutLayer:
                    break;
                default:
                    throw new TrainingException(TrainingError.InvalidOption, $"layer {layers[i].GetName()} has no int8 form to train for");
            }
        }

        return last;
    }

    private static IEnumerable<Layer> Flatten(SequenceLayer sequence) => sequence.Inner.SelectMany(l => l is SequenceLayer inner ? Flatten(inner) : [l]);

    /// <summary>The last of the layers that the runtime has one operator for.</summary>
    private static int EndOfLayer(Layer[] layers, int at)
    {
        if (at + 1 < layers.Length && layers[at + 1] is BatchNormLayer)
            at++;
        if (at + 1 < layers.Length && layers[at + 1] is ReluLayer or Relu6Layer or HardTanhLayer)
            at++;
        return at;
    }

    private static FakeQuantizedActivations Observe(Layer layer)
    {
        var mapping = new FakeQuantizedActivations();
        layer.OutputMapping = mapping;
        return mapping;
    }
}
