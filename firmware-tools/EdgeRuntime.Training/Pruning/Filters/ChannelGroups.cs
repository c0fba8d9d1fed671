using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Pruning.Filters;

/// <summary>Channels that live and die together in several layers: those of a convolution, of the depthwise convolutions and normalizations behind it, and of all that is added to them.</summary>
internal sealed class ChannelGroup(int channels)
{
    /// <summary>Number of channels.</summary>
    public int Channels { get; } = channels;

    /// <summary>Convolutions whose filters make the channels; depthwise ones have their input's.</summary>
    public List<ConvLayer> Producers { get; } = [];

    /// <summary>The layer whose output shows the channels' activations: the last rectifier or residual sum.</summary>
    public Layer? Probe { get; set; }

    /// <summary>Whether filters can be removed: the channels are made by convolutions, and are not pictures or scores.</summary>
    public bool IsPrunable => !IsFixed && Producers.Count > 0;

    /// <summary>Whether the channels are pictures, scores, or those of a grouped convolution that is not depthwise.</summary>
    public bool IsFixed { get; set; }

    private ChannelGroup? joined;

    /// <summary>The group that this one became part of.</summary>
    public ChannelGroup Root => joined is null ? this : joined.Root;

    /// <summary>Makes two groups one, since their channels are added.</summary>
    public void Join(ChannelGroup other)
    {
        ChannelGroup a = Root, b = other.Root;
        if (a == b)
            return;
        b.joined = a;
        a.Producers.AddRange(b.Producers);
        a.IsFixed |= b.IsFixed;
    }
}

/// <summary>
/// The channel groups of a network, found by following it from the pictures to the scores: what has to be cut where if a filter is removed. Shortcuts tie the channels of a whole stage of
/// a residual network together, depthwise convolutions those before and behind them.
/// </summary>
internal sealed class ChannelGroups
{
    private readonly Dictionary<Layer, (ChannelGroup Input, ChannelGroup Output)> ends = [];
    private readonly List<ChannelGroup> all = [];

    /// <summary>Follows a network.</summary>
    /// <exception cref="TrainingException">The network has binary layers.</exception>
    public ChannelGroups(Network network)
    {
        ChannelGroup pictures = New(network.Input.Channels);
        pictures.IsFixed = true;
        Follow(network.Body, pictures).Root.IsFixed = true;
        // Behind a flattening there are no maps any more.
        var flat = new HashSet<ChannelGroup>();
        foreach (var (layer, (_, output)) in ends)
        {
            if (layer is FlattenLayer or GlobalAveragePoolLayer)
                flat.Add(output.Root);
            else if (layer is (ReluLayer or Relu6Layer or HardTanhLayer or ResidualLayer) && !flat.Contains(output.Root))
                output.Root.Probe = layer;
        }
    }

    /// <summary>Groups from which filters can be removed, in order of computation.</summary>
    public IReadOnlyList<ChannelGroup> Prunable => [.. all.Where(g => g.Root == g && g.IsPrunable)];

    /// <summary>The groups of a layer's input and output.</summary>
    public (ChannelGroup Input, ChannelGroup Output) Of(Layer layer) => (ends[layer].Input.Root, ends[layer].Output.Root);

    private ChannelGroup New(int channels)
    {
        var group = new ChannelGroup(channels);
        all.Add(group);
        return group;
    }

    private ChannelGroup Follow(Layer layer, ChannelGroup input)
    {
        ChannelGroup output = layer switch
        {
            SequenceLayer s => s.Inner.Aggregate(input, (at, inner) => Follow(inner, at)),
            ResidualLayer r => Residual(r, input),
            ConvLayer c => Conv(c, input),
            LinearLayer f => New(f.Outputs),
            BinaryResidualLayer or SignLayer => throw new TrainingException(TrainingError.InvalidOption, $"layer {layer.GetName()} is binary; filters are removed from real networks"),
            _ => input,
        };
        ends[layer] = (input, output);
        return output;
    }

    private ChannelGroup Residual(ResidualLayer block, ChannelGroup input)
    {
        ChannelGroup body = Follow(block.Body, input);
        body.Join(block.Shortcut is null ? input : Follow(block.Shortcut, input));
        return body;
    }

    private ChannelGroup Conv(ConvLayer conv, ChannelGroup input)
    {
        if (conv.Mapping.IsBinary)
            throw new TrainingException(TrainingError.InvalidOption, $"layer {conv.GetName()} is binary; filters are removed from real networks");
        bool depthwise = conv.Groups > 1 && conv.Groups == conv.InputChannels && conv.OutputChannels == conv.InputChannels;
        if (depthwise)
            return input;
        ChannelGroup output = New(conv.OutputChannels);
        output.Producers.Add(conv);
        if (conv.Groups > 1)
        {
            input.Root.IsFixed = true;
            output.IsFixed = true;
        }

        return output;
    }
}
