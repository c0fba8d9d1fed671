using EdgeRuntime.Training.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Export;

/// <summary>Weights as a trained layer uses them, in the runtime's order: [out, height, width, in] or [out, in].</summary>
internal sealed class LayerWeights
{
    private LayerWeights(float[] values, float[]? bias, int outputs, bool isBinary)
    {
        Values = values;
        Bias = bias;
        Outputs = outputs;
        IsBinary = isBinary;
        PerOutput = values.Length / outputs;
    }

    public float[] Values { get; }

    public float[]? Bias { get; }

    public int Outputs { get; }

    public bool IsBinary { get; }

    /// <summary>Weights of one output.</summary>
    public int PerOutput { get; }

    /// <summary>Magnitude of each output's weights, which are all the same where they are binary.</summary>
    public double[] Scales => [.. Enumerable.Range(0, Outputs).Select(o => (double)MathF.Abs(Values[o * PerOutput]))];

    /// <summary>Sum of the weights of an output.</summary>
    public double Sum(int output)
    {
        double sum = 0;
        foreach (float value in Values.AsSpan(output * PerOutput, PerOutput))
            sum += value;
        return sum;
    }

    /// <summary>Sum of the weights of an output times <paramref name="inputs"/>.</summary>
    public double Sum(int output, ReadOnlySpan<double> inputs)
    {
        double sum = 0;
        for (int i = 0; i < inputs.Length; i++)
            sum += Values[output * PerOutput + i] * inputs[i];
        return sum;
    }

    /// <summary>True for each negative weight.</summary>
    public bool[] Negative => Array.ConvertAll(Values, v => v < 0);

    public static LayerWeights Of(Layer layer)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return layer switch
        {
            ConvLayer c => new LayerWeights(
                [.. c.Mapping.MapForUse(c.Weight).permute(0, 2, 3, 1).contiguous().data<float>()], c.Bias is null ? null : [.. c.Bias.data<float>()], c.OutputChannels, c.Mapping.IsBinary),
            LinearLayer f => new LayerWeights(
                [.. f.Mapping.MapForUse(f.Weight).contiguous().data<float>()], f.Bias is null ? null : [.. f.Bias.data<float>()], f.Outputs, f.Mapping.IsBinary),
            _ => throw new TrainingException(TrainingError.Export, $"layer {layer.GetName()} has no weights"),
        };
    }
}
