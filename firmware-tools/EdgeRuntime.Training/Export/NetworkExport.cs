using EdgeRuntime.Model;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Training.Export;

/// <summary>Turns trained networks into networks of the runtime.</summary>
public static class NetworkExport
{
    /// <summary>
    /// A network of the runtime that computes the same: float32 where the trained one is real, packed where it is binary.
    /// </summary>
    /// <param name="network">The trained network.</param>
    /// <param name="metadata">Texts to store; labels and preprocessing come from the network.</param>
    /// <param name="softmax">Whether probabilities are written, or the scores before the softmax.</param>
    /// <exception cref="TrainingException">A layer has no operator in the runtime.</exception>
    public static EdgeModel ToModel(Network network, ModelMetadata metadata, bool softmax = true) => ToModel(network, metadata, softmax, out _);

    /// <summary>As <see cref="ToModel(Network, ModelMetadata, bool)"/>, with the ranges that activations were trained with where they were rounded in training, by tensor name.</summary>
    /// <exception cref="TrainingException">A layer has no operator in the runtime.</exception>
    public static EdgeModel ToModel(Network network, ModelMetadata metadata, bool softmax, out IReadOnlyDictionary<string, (float Low, float High)> ranges)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(metadata);
        var emitter = new GraphEmitter();
        ExportedValue x = emitter.Input(network.Input.Height, network.Input.Width, network.Input.Channels);
        var exporter = new LayerExporter(emitter);
        ExportedValue scores = exporter.Export(network.Body, x);
        if (scores.Shape != new Shape(1, network.Classes.Count) || scores.Type != DataType.Float32 || scores.Offset is not null)
            throw new TrainingException(TrainingError.Export, $"the network ends with {scores.Type} of {scores.Shape}; Float32 of 1x{network.Classes.Count} is needed");
        if (softmax)
            scores = emitter.Add(OperatorKind.Softmax, "probabilities", [scores.Tensor], DataType.Float32, scores.Shape, new SoftmaxOptions());
        Graph graph = emitter.Finish(scores);
        ranges = exporter.Ranges.ToDictionary(r => graph.Tensors[r.Key].Name, r => r.Value);
        return new EdgeModel(graph, metadata with
        {
            Name = metadata.Name.Length > 0 ? metadata.Name : network.Name,
            Labels = network.Classes,
            Preprocessing = new ImagePreprocessing(
                network.Input.Width, network.Input.Height, network.Input.Channels == 1 ? ImageChannels.Grey : ImageChannels.Rgb, ImageLayout.Nhwc, ImageFit.Crop,
                network.Normalization.Mean, network.Normalization.Deviation),
        });
    }

    /// <summary>A picture of a set as the network's float input, NHWC.</summary>
    public static float[] InputOf(Network network, ReadOnlySpan<byte> picture)
    {
        ArgumentNullException.ThrowIfNull(network);
        var result = new float[picture.Length];
        int channels = network.Input.Channels;
        for (int i = 0; i < result.Length; i++)
            result[i] = (picture[i] / 255f - network.Normalization.Mean[i % channels]) / network.Normalization.Deviation[i % channels];
        return result;
    }
}
