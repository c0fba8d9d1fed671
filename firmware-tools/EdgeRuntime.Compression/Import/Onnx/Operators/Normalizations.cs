using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>BatchNormalization with the statistics of training.</summary>
internal static class Normalizations
{
    public static void Batch(OnnxOperator op)
    {
        op.Operands(5, 5, 5);
        op.Ignore("momentum");
        double epsilon = op.Float("epsilon", 1e-5f);
        if (op.Int("training_mode", 0) != 0)
            op.Unsupported("training_mode 1");
        OnnxValue x = op.Real(0);
        float[]?[] parts = [.. Enumerable.Range(1, 4).Select(i => op.Constant(i, "statistics")?.Real())];
        if (op.Failed)
            return;
        int rank = x.Dimensions.Length;
        if (rank < 2)
            throw op.Corrupt($"its input has {rank} dimensions; it needs 2");
        int channels = x.Dimensions[1];
        foreach (float[]? part in parts)
        {
            if (part!.Length != channels)
                throw op.Corrupt($"{part.Length} statistics for {channels} channels");
        }

        float[] scale = new float[channels];
        float[] offset = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            double s = parts[0]![c] / Math.Sqrt(parts[3]![c] + epsilon);
            scale[c] = (float)s;
            offset[c] = (float)(parts[1]![c] - (parts[2]![c] * s));
        }

        // Flattened pictures have one statistic per element, in the file's order.
        int[] order = Dimension.ChannelsLast(rank);
        int input = op.Tensor(x, order);
        int y = op.Define(x.Dimensions, order);
        op.Node(OperatorKind.BatchNorm, [input, op.Floats("scale", [channels], scale), op.Floats("offset", [channels], offset)], [y]);
    }
}
