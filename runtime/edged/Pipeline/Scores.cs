using EdgeRuntime.Model;

namespace EdgeRuntime.Daemon;

/// <summary>
/// Reads a network's first output as one probability per class: dequantized, and put through softmax unless the network ends in one. Networks
/// with a single score (one class against the rest) that end in a logistic function give it unchanged. Allocates nothing per frame.
/// </summary>
internal sealed class Scores
{
    private readonly Session session;
    private readonly float[] probabilities;
    private readonly TensorInfo output;
    private readonly bool normalised;

    /// <exception cref="DaemonException">The output is no list of scores, or its length is not that of the labels.</exception>
    public Scores(Session session, IReadOnlyList<string> labels)
    {
        this.session = session;
        Graph graph = session.Prepared.Graph;
        output = graph.Tensors[graph.Outputs[0]];
        if (output.Type is not (DataType.Int8 or DataType.Float32))
            throw new DaemonException(ExitCode.Model, $"the network's output is {output.Type} {output.Shape}; scores are Int8 or Float32");
        if (labels.Count > 0 && labels.Count != output.Shape.ElementCount)
            throw new DaemonException(ExitCode.Model, $"there are {labels.Count} labels; the network has {output.Shape.ElementCount} scores");
        probabilities = new float[output.Shape.ElementCount];
        normalised = EndsInProbabilities(graph);
    }

    /// <summary>Number of classes.</summary>
    public int Count => probabilities.Length;

    /// <summary>The probabilities after the session's last run.</summary>
    public ReadOnlySpan<float> Read()
    {
        if (output.Type == DataType.Float32)
        {
            session.Output<float>().CopyTo(probabilities);
        }
        else
        {
            ReadOnlySpan<sbyte> q = session.Output<sbyte>();
            (float scale, int zeroPoint) = output.Quantization is { } quantization ? (quantization.Scale, quantization.ZeroPoint) : (1, 0);
            for (int i = 0; i < q.Length; i++)
                probabilities[i] = (q[i] - zeroPoint) * scale;
        }

        if (!normalised)
            Softmax(probabilities);
        return probabilities;
    }

    private static bool EndsInProbabilities(Graph graph)
    {
        int tensor = graph.Outputs[0];
        for (int n = graph.Nodes.Count - 1; n >= 0; n--)
        {
            Node node = graph.Nodes[n];
            if (!node.Outputs.Contains(tensor))
                continue;
            if (node.Kind is OperatorKind.Softmax or OperatorKind.Logistic)
                return true;
            if (node.Kind is not (OperatorKind.Reshape or OperatorKind.Dequantize or OperatorKind.Quantize or OperatorKind.Requantize))
                return false;
            tensor = node.Inputs[0];
        }

        return false;
    }

    private static void Softmax(Span<float> values)
    {
        float max = float.NegativeInfinity;
        foreach (float v in values)
            max = MathF.Max(max, v);
        float sum = 0;
        foreach (ref float v in values)
        {
            v = MathF.Exp(v - max);
            sum += v;
        }

        foreach (ref float v in values)
            v /= sum;
    }
}
