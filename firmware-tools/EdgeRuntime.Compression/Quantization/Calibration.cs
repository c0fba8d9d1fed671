using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>What a float network's activations look like over a set of inputs: a histogram for each, and the mean of each channel.</summary>
public sealed class Calibration
{
    private readonly ActivationHistogram?[] histograms;
    private readonly double[]?[] channelSums;

    private Calibration(Graph graph)
    {
        histograms = new ActivationHistogram?[graph.Tensors.Count];
        channelSums = new double[]?[graph.Tensors.Count];
        for (int t = 0; t < histograms.Length; t++)
        {
            TensorInfo tensor = graph.Tensors[t];
            if (tensor.IsConstant || tensor.Type != DataType.Float32)
                continue;
            histograms[t] = new ActivationHistogram();
            channelSums[t] = new double[tensor.Shape.Rank == 0 ? 1 : tensor.Shape[^1]];
        }
    }

    /// <summary>Runs a float network on inputs and watches every activation.</summary>
    /// <param name="graph">A float32 graph with one input.</param>
    /// <param name="inputs">Elements of the input, one array per picture.</param>
    /// <exception cref="CompressionException">There is no input, or one of another size, or an activation is not finite.</exception>
    public static Calibration Run(Graph graph, IEnumerable<float[]> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        var calibration = new Calibration(graph);
        using var model = new EdgeModel(graph, new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { KeepIntermediates = true });
        using Session session = prepared.CreateSession();
        int count = 0;
        foreach (float[] input in inputs)
        {
            Span<float> destination = session.Input<float>();
            if (input.Length != destination.Length)
                throw new CompressionException($"calibration input {count} has {input.Length} values; the network takes {destination.Length}");
            input.CopyTo(destination);
            session.Run();
            calibration.Watch(session);
            count++;
        }

        if (count == 0)
            throw new CompressionException("the calibration set is empty; at least 1 picture is needed");
        return calibration;
    }

    /// <summary>Distribution of an activation.</summary>
    public ActivationHistogram Histogram(int tensor) => histograms[tensor]
        ?? throw new ArgumentOutOfRangeException(nameof(tensor), tensor, "not a float32 activation");

    /// <summary>Mean of each channel (last dimension) of an activation.</summary>
    public double[] ChannelMeans(int tensor)
    {
        double[] sums = channelSums[tensor] ?? throw new ArgumentOutOfRangeException(nameof(tensor), tensor, "not a float32 activation");
        double perChannel = (double)Histogram(tensor).Count / sums.Length;
        return [.. sums.Select(s => s / perChannel)];
    }

    private void Watch(Session session)
    {
        for (int t = 0; t < histograms.Length; t++)
        {
            if (histograms[t] is not { } histogram || channelSums[t] is not { } sums)
                continue;
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(session.Tensor(t));
            histogram.Add(values);
            for (int i = 0; i < values.Length; i += sums.Length)
            {
                for (int c = 0; c < sums.Length; c++)
                    sums[c] += values[i + c];
            }
        }
    }
}
