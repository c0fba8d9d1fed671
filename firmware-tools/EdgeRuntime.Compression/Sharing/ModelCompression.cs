using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>A compressed model and what each stage made of it.</summary>
/// <param name="Model">The model; its constants have the encodings that store them in the fewest bytes.</param>
/// <param name="Layers">The layers with weights.</param>
/// <param name="FloatBytes">All constants as float32: the size to which compression is compared.</param>
public sealed record CompressedModel(EdgeModel Model, IReadOnlyList<LayerBreakdown> Layers, long FloatBytes);

/// <summary>
/// Deep Compression of a finished graph, without retraining: the largest weights are kept, they share 2^bits values by k-means, and each constant is stored in the encoding that takes
/// the fewest bytes (Han, Mao and Dally 2016). For networks whose shared values were tuned by training only the encoding is left to do.
/// </summary>
public static class ModelCompression
{
    /// <summary>Compresses a model.</summary>
    /// <param name="model">float32 or int8 model; weights of int8 share int8 values.</param>
    /// <param name="options">Bits and shares.</param>
    /// <exception cref="CompressionException">An option is out of range, a weight is not finite, or a layer has no weights left.</exception>
    public static CompressedModel Compress(EdgeModel model, SharingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Graph graph = model.Graph;
        int[] weights = WeightsOf(graph);
        var replaced = new Dictionary<int, ReadOnlyMemory<byte>>();
        string[] names = [.. weights.Select(t => graph.Tensors[t].Name)];
        double[] keep = options.KeepOf(names);
        int[] bits = options.Bits.Count > 0 ? options.BitsOf(names) : [.. weights.Select(_ => 0)];
        for (int i = 0; i < weights.Length; i++)
        {
            if (bits[i] > 0 || keep[i] < 1)
                replaced[weights[i]] = Share(graph.Tensors[weights[i]], bits[i], keep[i], options);
        }

        if (options.BiasBits > 0)
        {
            foreach (int t in BiasesOf(graph))
                replaced[t] = Share(graph.Tensors[t], options.BiasBits, 1, options);
        }

        return Encode(graph, model.Metadata, replaced, weights);
    }

    /// <summary>Chooses the encodings of a model whose values are left as they are.</summary>
    public static CompressedModel Encode(EdgeModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Encode(model.Graph, model.Metadata, [], WeightsOf(model.Graph));
    }

    private static CompressedModel Encode(Graph graph, ModelMetadata metadata, Dictionary<int, ReadOnlyMemory<byte>> replaced, int[] weights)
    {
        var builder = new GraphBuilder();
        var layers = new Dictionary<int, LayerBreakdown>();
        long floatBytes = 0;
        for (int t = 0; t < graph.Tensors.Count; t++)
        {
            TensorInfo tensor = graph.Tensors[t];
            if (replaced.TryGetValue(t, out ReadOnlyMemory<byte> data))
                tensor = tensor with { Data = data };
            if (tensor.IsConstant)
            {
                floatBytes += 4 * tensor.Shape.ElementCount;
                (tensor, long stored) = Smallest(tensor);
                if (weights.Contains(t))
                {
                    layers[t] = tensor.Type == DataType.Int8
                        ? SparseStatistics.Of<byte>(tensor.Name, tensor.Data!.Value.Span, stored, tensor.Encoding.ToString())
                        : SparseStatistics.Of(tensor.Name, MemoryMarshal.Cast<byte, uint>(tensor.Data!.Value.Span), stored, tensor.Encoding.ToString());
                }
            }

            builder.AddTensor(tensor);
        }

        return new CompressedModel(new EdgeModel(builder.WithNodesOf(graph).Build(), metadata), [.. weights.Select(t => layers[t])], floatBytes);
    }

    /// <summary>The constant with the encoding that stores it in the fewest bytes.</summary>
    private static (TensorInfo Tensor, long Stored) Smallest(TensorInfo tensor)
    {
        (TensorInfo Tensor, long Stored) best = (tensor with { Encoding = TensorEncoding.Raw }, tensor.ByteSize);
        if (tensor.Type == DataType.Bit)
            return best;
        TensorEncoding[] encodings = tensor.Type == DataType.Int8
            ? [TensorEncoding.Packed4, TensorEncoding.Codebook, TensorEncoding.SparseHuffman]
            : [TensorEncoding.Codebook, TensorEncoding.SparseHuffman];
        foreach (TensorEncoding encoding in encodings)
        {
            TensorInfo candidate = tensor with { Encoding = encoding };
            try
            {
                long stored = candidate.StoredSize();
                if (stored < best.Stored)
                    best = (candidate, stored);
            }
            catch (EdgeModelException e) when (e.Error == ModelError.BadType)
            {
                // Too many different values, or too large ones, for this encoding.
            }
        }

        return best;
    }

    private static ReadOnlyMemory<byte> Share(TensorInfo tensor, int bits, double keep, SharingOptions options)
    {
        bool isInt8 = tensor.Type == DataType.Int8;
        float[] values = isInt8 ? [.. MemoryMarshal.Cast<byte, sbyte>(tensor.Data!.Value.Span).ToArray().Select(v => (float)v)] : GraphConstants.Floats(tensor);
        if (keep < 1)
            KeepLargest(values, keep);

        // A negative weight times a mask's 0 is -0, which would be stored as a value of its own.
        for (int i = 0; i < values.Length; i++)
            values[i] = values[i] == 0 ? 0 : values[i];
        if (bits > 0)
            ShareValues(tensor.Name, values, bits, options);
        return isInt8
            ? MemoryMarshal.AsBytes<sbyte>(Array.ConvertAll(values, v => (sbyte)Math.Clamp(MathF.Round(v), -127, 127))).ToArray()
            : GraphConstants.Bytes<float>(values);
    }

    private static void KeepLargest(float[] values, double keep)
    {
        int count = Math.Max(1, (int)Math.Round(keep * values.Length));
        float[] magnitudes = Array.ConvertAll(values, MathF.Abs);
        Array.Sort(magnitudes);
        float least = magnitudes[^count];
        for (int i = 0; i < values.Length; i++)
        {
            if (MathF.Abs(values[i]) < least)
                values[i] = 0;
        }
    }

    /// <summary>Replaces all values but 0 by at most 2^bits shared ones.</summary>
    private static void ShareValues(string name, float[] values, int bits, SharingOptions options)
    {
        int[] kept = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0)];
        if (kept.Length == 0)
            throw new CompressionException($"all {values.Length} weights of '{name}' are 0: the layer was pruned to nothing");
        float[] weights = [.. kept.Select(i => values[i])];
        SharedWeights shared = WeightClustering.Cluster(weights, 1 << bits, options.Initialization, options.Seed);
        for (int i = 0; i < kept.Length; i++)
            values[kept[i]] = shared.Centroids[shared.Assignment[i]];
    }

    private static int[] WeightsOf(Graph graph)
    {
        int[] weights = [.. graph.Nodes.Where(n => WeightLayout.Of(graph, n) is not null).Select(n => n.Inputs[1]).Where(t => graph.Tensors[t].IsConstant).Distinct()];
        return weights.Length > 0 ? weights : throw new CompressionException("the network has no convolution or fully connected layer whose weights could be compressed");
    }

    private static int[] BiasesOf(Graph graph) =>
    [
        .. graph.Nodes.Where(n => WeightLayout.Of(graph, n) is not null && n.Inputs.Count > 2 && n.Inputs[2] >= 0).Select(n => n.Inputs[2])
            .Where(t => graph.Tensors[t] is { IsConstant: true, Type: DataType.Float32 } && graph.Tensors[t].Data!.Value.Span.ContainsAnyExcept((byte)0)).Distinct(),
    ];
}
