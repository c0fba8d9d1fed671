using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>
/// What a layer is without its weights, so that a network whose layers are no longer those of the catalogue (narrower, or without normalization) can be made again.
/// </summary>
/// <param name="Kind">Name of the layer's class without "Layer".</param>
/// <param name="Sizes">The arguments with which it is made, in their order; truth values are 0 and 1.</param>
/// <param name="Inner">The layers inside: of a residual block the body, then the shortcut.</param>
internal sealed record LayerStructure(string Kind, IReadOnlyList<double> Sizes, IReadOnlyList<LayerStructure> Inner)
{
    /// <summary>The structure of a layer.</summary>
    /// <exception cref="TrainingException">The layer is binary: such networks are only made by name.</exception>
    public static LayerStructure Of(Layer layer) => layer switch
    {
        ConvLayer { Mapping.IsBinary: false, PadValue: 0 } c => Leaf("Conv", c.InputChannels, c.OutputChannels, c.Kernel, c.Stride, c.Padding, c.Groups, c.Bias is null ? 0 : 1),
        LinearLayer { Mapping.IsBinary: false } f => Leaf("Linear", f.Inputs, f.Outputs, f.Bias is null ? 0 : 1),
        BatchNormLayer n => Leaf("BatchNorm", n.Channels, n.HasPositiveScale ? 1 : 0),
        ReluLayer => Leaf("Relu"),
        Relu6Layer => Leaf("Relu6"),
        HardTanhLayer => Leaf("HardTanh"),
        MaxPoolLayer p => Leaf("MaxPool", p.Window, p.Stride, p.Padding),
        AveragePoolLayer p => Leaf("AveragePool", p.Window, p.Stride),
        GlobalAveragePoolLayer => Leaf("GlobalAveragePool"),
        FlattenLayer => Leaf("Flatten"),
        DropoutLayer d => Leaf("Dropout", d.Share),
        SequenceLayer s => new LayerStructure("Sequence", [], [.. s.Inner.Select(Of)]),
        ResidualLayer r => new LayerStructure("Residual", [r.Rectify ? 1 : 0], [.. r.Inner.Select(Of)]),
        _ => throw new TrainingException(TrainingError.InvalidOption, $"layer {layer.GetName()} with binary weights or activations cannot be pruned or shared; it has two values already"),
    };

    /// <summary>A layer of this structure with fresh weights.</summary>
    /// <exception cref="TrainingException">The kind is unknown, or arguments or inner layers are missing.</exception>
    public Layer Create() => (Kind, Sizes.Count, Inner.Count) switch
    {
        ("Conv", 7, 0) => new ConvLayer(Int(0), Int(1), Int(2), Int(3), Int(4), Int(5), hasBias: Is(6)),
        ("Linear", 3, 0) => new LinearLayer(Int(0), Int(1), Is(2)),
        ("BatchNorm", 2, 0) => new BatchNormLayer(Int(0), Is(1)),
        ("Relu", 0, 0) => new ReluLayer(),
        ("Relu6", 0, 0) => new Relu6Layer(),
        ("HardTanh", 0, 0) => new HardTanhLayer(),
        ("MaxPool", 3, 0) => new MaxPoolLayer(Int(0), Int(1), Int(2)),
        ("AveragePool", 2, 0) => new AveragePoolLayer(Int(0), Int(1)),
        ("GlobalAveragePool", 0, 0) => new GlobalAveragePoolLayer(),
        ("Flatten", 0, 0) => new FlattenLayer(),
        ("Dropout", 1, 0) => new DropoutLayer(Sizes[0]),
        ("Sequence", 0, _) => Sequence(),
        ("Residual", 1, 1 or 2) => new ResidualLayer(Inner[0].Sequence(), Inner.Count == 2 ? Inner[1].Sequence() : null, Is(0)),
        _ => throw new TrainingException(TrainingError.Checkpoint, $"a layer of kind '{Kind}' with {Sizes.Count} sizes and {Inner.Count} inner layers is not known"),
    };

    /// <summary>A sequence of this structure.</summary>
    public SequenceLayer Sequence() => Kind == "Sequence"
        ? new SequenceLayer([.. Inner.Select(l => l.Create())])
        : throw new TrainingException(TrainingError.Checkpoint, $"a layer of kind '{Kind}' stands where a sequence is needed");

    private static LayerStructure Leaf(string kind, params double[] sizes) => new(kind, sizes, []);

    private int Int(int index) => Sizes[index] is >= 0 and <= 1 << 24 ? (int)Sizes[index]
        : throw new TrainingException(TrainingError.Checkpoint, $"a layer of kind '{Kind}' has size {Sizes[index]}; 0 to {1 << 24} are possible");

    private bool Is(int index) => Sizes[index] != 0;
}

/// <summary>What a network is without its weights, as checkpoints hold it.</summary>
internal sealed record NetworkStructure(
    string Name, string Method, PictureShape Input, IReadOnlyList<string> Classes, IReadOnlyList<float> Mean, IReadOnlyList<float> Deviation, LayerStructure Body)
{
    /// <summary>The structure of a network.</summary>
    /// <exception cref="TrainingException">The network has binary layers.</exception>
    public static NetworkStructure Of(Network network) => new(
        network.Name, network.Method, network.Input, network.Classes, network.Normalization.Mean, network.Normalization.Deviation, LayerStructure.Of(network.Body));

    /// <summary>Whether the network can be described.</summary>
    public static bool Supports(Network network) => network.Body.Walk().All(l => l is not (SignLayer or BinaryResidualLayer or ConvLayer { Mapping.IsBinary: true } or LinearLayer { Mapping.IsBinary: true }));

    /// <summary>A network of this structure with fresh weights.</summary>
    /// <exception cref="TrainingException">The structure is damaged.</exception>
    public Network Create()
    {
        try
        {
            return new Network(Name, Method, Body.Sequence(), Input, Classes, new Data.Normalization(Mean, Deviation));
        }
        catch (System.Runtime.InteropServices.ExternalException e)
        {
            throw new TrainingException(TrainingError.Checkpoint, $"the network '{Name}' of the checkpoint cannot be made: {e.Message}", e);
        }
    }
}
