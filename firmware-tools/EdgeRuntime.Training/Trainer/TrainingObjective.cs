using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training;

/// <summary>Loss of one step and the scores by which its accuracy is counted.</summary>
/// <param name="Loss">A number that carries gradients.</param>
/// <param name="Logits">Scores of the batch's own pictures, [n, classes].</param>
public readonly record struct StepResult(Tensor Loss, Tensor Logits);

/// <summary>
/// What a <see cref="Trainer"/> minimises. One that needs a teacher or further samples holds them itself and uses them in <see cref="Compute"/>; it must draw random numbers from the
/// library's generator only, which the trainer seeds anew each step, so that a resumed run stays exact.
/// </summary>
public abstract class TrainingObjective
{
    /// <summary>Name for logs, with the settings that matter.</summary>
    public abstract string Name { get; }

    /// <summary>Runs the network, which is in training mode, on a batch. Tensors made here are freed by the trainer.</summary>
    /// <param name="network">The network in training.</param>
    /// <param name="batch">Pictures, after augmentation, and labels.</param>
    /// <param name="progress">Share of the run's steps that are done, 0 to below 1.</param>
    public abstract StepResult Compute(Network network, Batch batch, double progress);
}

/// <summary>Cross entropy with the labels, smoothed.</summary>
/// <param name="labelSmoothing">Share of the probability that is spread over all classes (Szegedy et al. 2016).</param>
public sealed class CrossEntropyObjective(double labelSmoothing) : TrainingObjective
{
    /// <inheritdoc/>
    public override string Name => "cross entropy";

    /// <inheritdoc/>
    public override StepResult Compute(Network network, Batch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batch);
        Tensor logits = network.Body.call(batch.Images);
        return new StepResult(nn.functional.cross_entropy(logits, batch.Labels, label_smoothing: labelSmoothing), logits);
    }
}
