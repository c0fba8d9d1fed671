using EdgeRuntime.Model;

namespace EdgeRuntime.Compression;

/// <summary>How far the outputs of a quantized network are from those of the float network it was made of: mean squared difference over mean square, on given inputs.</summary>
public sealed class OutputDistortion
{
    private readonly IReadOnlyList<float[]> inputs;
    private readonly float[][] expected;
    private readonly double power;

    /// <summary>Runs the float network.</summary>
    /// <exception cref="CompressionException">There is no input.</exception>
    public OutputDistortion(EdgeModel model, IReadOnlyList<float[]> inputs)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0)
            throw new CompressionException("the calibration set is empty; at least 1 picture is needed");
        this.inputs = inputs;
        expected = Run(model);
        power = Math.Max(1e-30, expected.Sum(row => row.Sum(v => (double)v * v)));
    }

    /// <summary>The distortion of a quantized network, 0 or more.</summary>
    public double Of(EdgeModel quantized)
    {
        float[][] actual = Run(quantized);
        double error = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            for (int k = 0; k < actual[i].Length; k++)
            {
                double d = (double)actual[i][k] - expected[i][k];
                error += d * d;
            }
        }

        return error / power;
    }

    private float[][] Run(EdgeModel model)
    {
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        TensorInfo x = prepared.Graph.Tensors[prepared.Graph.Inputs[0]];
        TensorInfo y = prepared.Graph.Tensors[prepared.Graph.Outputs[0]];
        var rows = new float[inputs.Count][];
        for (int i = 0; i < rows.Length; i++)
        {
            if (x.Type == DataType.Float32)
                inputs[i].CopyTo(session.Input<float>());
            else
                Quantize(inputs[i], x.Quantization!, session.Input<sbyte>());
            session.Run();
            rows[i] = y.Type == DataType.Float32
                ? session.Output<float>().ToArray()
                : Array.ConvertAll(session.Output<sbyte>().ToArray(), q => y.Quantization!.Scale * (q - y.Quantization.ZeroPoint));
        }

        return rows;
    }

    private static void Quantize(float[] values, Quantization q, Span<sbyte> to)
    {
        for (int i = 0; i < values.Length; i++)
            to[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / q.Scale) + q.ZeroPoint, -128, 127);
    }
}
