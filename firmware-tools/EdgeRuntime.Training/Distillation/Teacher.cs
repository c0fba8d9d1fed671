using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Distillation;

/// <summary>
/// A trained network in use mode that scores a student's pictures. Its weights get no gradient; pictures do. Where the two normalise pixels differently, the student's input is
/// converted.
/// </summary>
public sealed class Teacher : IDisposable
{
    private const int EvaluationBatch = 250;
    private readonly Tensor scale;
    private readonly Tensor offset;
    private readonly Normalization given;
    private readonly Func<Tensor, Tensor> scorer;

    /// <summary>A teacher for a student.</summary>
    /// <param name="network">The trained network.</param>
    /// <param name="student">The network that learns from it.</param>
    /// <param name="bfloat16">Whether a real network's products are computed in bfloat16 where the processor has it; the scores themselves are sums in float32.</param>
    /// <exception cref="TrainingException">The two take different pictures or have different classes.</exception>
    public Teacher(Network network, Network student, bool bfloat16 = false)
    {
        DistillationOptions.RequireSameTask(network, student);
        Network = network;
        network.Body.eval();
        foreach (var parameter in network.Body.parameters())
            parameter.requires_grad = false;
        scorer = bfloat16 && HalfPrecisionScorer.Supports(network) ? new HalfPrecisionScorer(network).Score : network.Body.call;
        Normalization own = network.Normalization;
        given = student.Normalization;
        // (x d_s + m_s - m_t) / d_t: back to 0..1, then into the teacher's form.
        scale = PerChannel(given.Deviation.Zip(own.Deviation, (s, t) => s / t));
        offset = PerChannel(Enumerable.Range(0, own.Mean.Count).Select(c => (given.Mean[c] - own.Mean[c]) / own.Deviation[c]));
        Low = PerChannel(given.Mean.Zip(given.Deviation, (m, d) => -m / d));
        High = PerChannel(given.Mean.Zip(given.Deviation, (m, d) => (1 - m) / d));
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>A black pixel in the student's normalization, [1, channels, 1, 1].</summary>
    public Tensor Low { get; }

    /// <summary>A white pixel in the student's normalization, [1, channels, 1, 1].</summary>
    public Tensor High { get; }

    /// <summary>Scores [n, classes] of pictures [n, channels, height, width] in the student's normalization.</summary>
    public Tensor Score(Tensor pictures) => scorer(pictures * scale + offset);

    /// <summary>Refuses a teacher that recognises no more than a constant answer would.</summary>
    /// <returns>Its accuracy on the set, 0..1.</returns>
    /// <exception cref="TrainingException">It is not better than the commonest class of the set.</exception>
    public double RequireBetterThanChance(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        double accuracy = Accuracy(set);
        double chance = set.Labels.ToArray().GroupBy(l => l).Max(g => g.Count()) / (double)set.Count;
        if (accuracy <= chance)
        {
            throw new TrainingException(
                TrainingError.InvalidOption,
                FormattableString.Invariant($"the teacher '{Network.Name}' recognises {accuracy:P2} of {set.Count} pictures; the commonest class alone is {chance:P2}"));
        }

        return accuracy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        scale.Dispose();
        offset.Dispose();
        Low.Dispose();
        High.Dispose();
    }

    private double Accuracy(ImageSet set)
    {
        using var quiet = no_grad();
        BatchLoader loader = BatchLoader.ForEvaluation(set, EvaluationBatch, given);
        long right = 0;
        for (int b = 0; b < loader.BatchCount; b++)
        {
            using var scope = NewDisposeScope();
            using Batch batch = loader.Load(0, b);
            right += Score(batch.Images).argmax(1).eq(batch.Labels).sum().item<long>();
        }

        return right / (double)set.Count;
    }

    private static Tensor PerChannel(IEnumerable<float> values)
    {
        float[] all = [.. values];
        return tensor(all, [1, all.Length, 1, 1]).DetachFromDisposeScope();
    }
}
