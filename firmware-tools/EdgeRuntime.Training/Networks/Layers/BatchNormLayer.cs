using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks.Layers;

/// <summary>Batch normalization (Ioffe and Szegedy 2015) over the channels of [n, c] or [n, c, h, w].</summary>
public sealed class BatchNormLayer : Layer
{
    private const double Epsilon = 1e-5;
    private const double TrainingMomentum = 0.1;
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;

    /// <summary>Creates the layer with scale 1 and offset 0.</summary>
    /// <param name="channels">Number of channels.</param>
    /// <param name="positiveScale">Whether the magnitude of the scale is used, so that the layer is increasing: a maximum can then be taken of signs.</param>
    public BatchNormLayer(int channels, bool positiveScale = false)
        : base(nameof(BatchNormLayer))
    {
        Channels = channels;
        HasPositiveScale = positiveScale;
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        running_mean = zeros(channels);
        running_var = ones(channels);
        register_buffer(nameof(running_mean), running_mean);
        register_buffer(nameof(running_var), running_var);
        RegisterComponents();
    }

    /// <summary>Number of channels.</summary>
    public int Channels { get; }

    /// <summary>Whether the magnitude of the scale is used.</summary>
    public bool HasPositiveScale { get; }

    /// <summary>Share of the latest batch in the running statistics; 1 takes them from that batch alone.</summary>
    internal double Momentum { get; set; } = TrainingMomentum;

    /// <summary>The trained scale, per channel.</summary>
    public Parameter Scale => weight;

    /// <summary>The trained offset, per channel.</summary>
    public Parameter Offset => bias;

    /// <summary>Takes the statistics of a batch of <paramref name="count"/> numbers per channel into the running ones.</summary>
    internal void Observe(Tensor mean, Tensor variance, long count)
    {
        using var quiet = no_grad();
        running_mean.mul_(1 - Momentum).add_(mean, Momentum);
        running_var.mul_(1 - Momentum).add_(variance, Momentum * count / Math.Max(1, count - 1));
    }

    /// <summary>What the layer computes in use: y = x * Scale + Offset, with the running statistics folded in.</summary>
    internal (double[] Scale, double[] Offset) Folded()
    {
        float[] w = weight.detach().data<float>().ToArray(), b = bias.detach().data<float>().ToArray();
        float[] mean = running_mean.data<float>().ToArray(), variance = running_var.data<float>().ToArray();
        double[] scale = [.. w.Select((v, c) => (HasPositiveScale ? Math.Abs(v) : v) / Math.Sqrt(variance[c] + Epsilon))];
        return (scale, [.. b.Select((v, c) => v - mean[c] * scale[c])]);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input) =>
        nn.functional.batch_norm(input, running_mean, running_var, HasPositiveScale ? weight.abs() : weight, bias, training, Momentum, Epsilon);
}
