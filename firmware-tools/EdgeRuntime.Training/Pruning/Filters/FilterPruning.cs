using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning.Filters;

/// <summary>Removes whole filters: the network gets narrower, and every kernel of the runtime does less work (Li et al. 2017; Mittal et al. 2018).</summary>
public static class FilterPruning
{
    private const int MeasuredPictures = 2000;

    /// <summary>A narrower network with the weights of the most important filters. The given one is not changed.</summary>
    /// <param name="network">The trained network.</param>
    /// <param name="criterion">Importance of a filter; channels that are added to each other count together.</param>
    /// <param name="removed">Share of the filters of each convolution that is removed, 0 to below 1.</param>
    /// <param name="pictures">Training pictures on which importance is measured; the first 2,000 are used.</param>
    /// <param name="seed">For <see cref="FilterCriterion.Random"/>.</param>
    /// <exception cref="TrainingException">The share is out of range or leaves a layer nothing, or the network has no filter that can be removed.</exception>
    public static Network Prune(Network network, FilterCriterion criterion, double removed, ImageSet pictures, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pictures);
        if (removed is not (>= 0 and < 1))
            throw new TrainingException(TrainingError.InvalidOption, FormattableString.Invariant($"a share of {removed} of the filters shall be removed; it must be at least 0 and below 1"));
        var groups = new ChannelGroups(network);
        IReadOnlyList<ChannelGroup> prunable = groups.Prunable;
        if (prunable.Count == 0)
            throw new TrainingException(TrainingError.InvalidOption, $"network '{network.Name}' has no convolution whose filters could be removed");
        IReadOnlyList<float[]> importance = FilterImportance.Measure(network, groups, criterion, pictures.Take(MeasuredPictures), seed);
        var kept = new Dictionary<ChannelGroup, int[]>();
        for (int g = 0; g < prunable.Count; g++)
        {
            int keep = (int)Math.Round((1 - removed) * prunable[g].Channels);
            if (keep < 1)
                throw new TrainingException(TrainingError.InvalidOption, FormattableString.Invariant($"without {removed:P0} of its {prunable[g].Channels} filters a convolution would be pruned to nothing; at least 1 must stay"));
            float[] scores = importance[g];
            kept[prunable[g]] = [.. Enumerable.Range(0, scores.Length).OrderByDescending(c => scores[c]).ThenBy(c => c).Take(keep).Order()];
        }

        using var quiet = no_grad();
        return network with { Body = (SequenceLayer)new Narrowing(groups, kept).Narrow(network.Body) };
    }

    /// <summary>Trains a narrowed network for some steps; the test set is not looked at, and no best step is chosen.</summary>
    /// <exception cref="TrainingException">The loss is no number.</exception>
    public static void Retrain(Network network, DataSplits data, TrainingOptions training, int steps, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(training);
        new Retraining(network, data, training).RunSteps(steps, cancel);
    }

    /// <summary>Copies layers with the channels that are kept.</summary>
    private sealed class Narrowing(ChannelGroups groups, Dictionary<ChannelGroup, int[]> kept)
    {
        public Layer Narrow(Layer layer)
        {
            switch (layer)
            {
                case SequenceLayer s:
                    return new SequenceLayer([.. s.Inner.Select(Narrow)]);
                case ResidualLayer r:
                    return new ResidualLayer((SequenceLayer)Narrow(r.Body), r.Shortcut is null ? null : (SequenceLayer)Narrow(r.Shortcut), r.Rectify);
            }

            var (input, output) = groups.Of(layer);
            int[]? inputs = kept.GetValueOrDefault(input), outputs = kept.GetValueOrDefault(output);
            Layer copy;
            switch (layer)
            {
                case ConvLayer c when c.Groups > 1 && input == output:
                    int depth = outputs?.Length ?? c.OutputChannels;
                    copy = new ConvLayer(depth, depth, c.Kernel, c.Stride, c.Padding, depth, hasBias: c.Bias is not null);
                    Copy(layer, copy, (outputs, 0));
                    break;
                case ConvLayer c:
                    copy = new ConvLayer(inputs?.Length ?? c.InputChannels, outputs?.Length ?? c.OutputChannels, c.Kernel, c.Stride, c.Padding, c.Groups, hasBias: c.Bias is not null);
                    Copy(layer, copy, (outputs, 0), (inputs, 1));
                    break;
                case LinearLayer f:
                    int[]? columns = inputs is null ? null : Columns(inputs, input.Channels, f.Inputs);
                    copy = new LinearLayer(columns?.Length ?? f.Inputs, f.Outputs, f.Bias is not null);
                    Copy(layer, copy, (null, 0), (columns, 1));
                    break;
                case BatchNormLayer n:
                    copy = new BatchNormLayer(outputs?.Length ?? n.Channels, n.HasPositiveScale);
                    Copy(layer, copy, (outputs, 0));
                    break;
                default:
                    return LayerStructure.Of(layer).Create();
            }

            return copy;
        }

        /// <summary>Columns of a matrix behind a flattened map, whose rows hold the channels of one position after those of another.</summary>
        private static int[] Columns(int[] channels, int all, int inputs) =>
            [.. Enumerable.Range(0, inputs / all).SelectMany(position => channels.Select(c => position * all + c))];

        /// <summary>Copies all tensors of a layer; those with as many dimensions as an axis asks for lose what is not kept along it.</summary>
        private static void Copy(Layer from, Layer to, params ReadOnlySpan<(int[]? Kept, int Axis)> axes)
        {
            using var scope = NewDisposeScope();
            Dictionary<string, Tensor> source = from.state_dict();
            foreach (var (name, target) in to.state_dict())
            {
                Tensor value = source[name];
                foreach (var (channels, axis) in axes)
                {
                    if (channels is not null && value.dim() > axis)
                        value = value.index_select(axis, tensor(Array.ConvertAll(channels, c => (long)c)));
                }

                target.copy_(value);
            }
        }
    }
}
