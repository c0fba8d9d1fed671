using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Training.Export;

/// <summary>Runs an exported network in the runtime over a set: the accuracy that counts.</summary>
public static class RuntimeEvaluation
{
    /// <summary>Share (0..1) of the pictures whose class has the largest output.</summary>
    public static double Accuracy(EdgeModel model, Network network, ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        float[] outputs = Outputs(model, network, set);
        int classes = network.Classes.Count, correct = 0;
        for (int i = 0; i < set.Count; i++)
        {
            if (IndexOfLargest(outputs.AsSpan(i * classes, classes)) == set.Labels[i])
                correct++;
        }

        return correct / (double)Math.Max(1, set.Count);
    }

    /// <summary>Outputs of every picture, [count, classes] as real numbers, row by row.</summary>
    /// <exception cref="EdgeModelException">The network cannot be prepared.</exception>
    public static float[] Outputs(EdgeModel model, Network network, ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(set);
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        TensorInfo input = prepared.Graph.Tensors[prepared.Graph.Inputs[0]], output = prepared.Graph.Tensors[prepared.Graph.Outputs[0]];
        int classes = network.Classes.Count;
        var all = new float[set.Count * classes];
        for (int i = 0; i < set.Count; i++)
        {
            float[] picture = NetworkExport.InputOf(network, set.Picture(i));
            if (input.Type == DataType.Float32)
                picture.CopyTo(session.Input<float>());
            else
                Quantize(picture, input.Quantization!, session.Input<sbyte>());
            session.Run();
            Span<float> row = all.AsSpan(i * classes, classes);
            if (output.Type == DataType.Float32)
            {
                session.Output<float>().CopyTo(row);
                continue;
            }

            ReadOnlySpan<sbyte> q = session.Output<sbyte>();
            for (int c = 0; c < classes; c++)
                row[c] = (q[c] - output.Quantization!.ZeroPoint) * output.Quantization.Scale;
        }

        return all;
    }

    /// <summary>Index of the first largest value.</summary>
    public static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }

    private static void Quantize(ReadOnlySpan<float> values, Quantization quantization, Span<sbyte> target)
    {
        for (int i = 0; i < target.Length; i++)
            target[i] = (sbyte)Math.Clamp(Math.Round((double)values[i] / quantization.Scale, MidpointRounding.AwayFromZero) + quantization.ZeroPoint, -128, 127);
    }
}
