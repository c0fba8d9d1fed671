using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Distillation;

/// <summary>
/// What a student minimises: cross entropy with the labels, cross entropy with its teacher's soft targets and, with boundary supporting samples, the same on samples that an attack on the
/// teacher has moved just across a decision boundary.
/// </summary>
public sealed class DistillationObjective : TrainingObjective
{
    private readonly Teacher teacher;
    private readonly DistillationOptions options;
    private readonly double labelSmoothing;
    private readonly TeacherScores? known;

    /// <summary>An objective.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="options">Method and weights.</param>
    /// <param name="labelSmoothing">Share of the labels' probability that is spread over all classes.</param>
    /// <param name="known">The teacher's scores where pictures do not change; null to compute them for each batch.</param>
    /// <exception cref="TrainingException">An option is out of its range.</exception>
    public DistillationObjective(Teacher teacher, DistillationOptions options, double labelSmoothing = 0, TeacherScores? known = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.teacher = teacher;
        this.options = options;
        this.labelSmoothing = labelSmoothing;
        this.known = known;
    }

    /// <inheritdoc/>
    public override string Name => options.Method == DistillationMethod.Hinton
        ? FormattableString.Invariant($"soft targets of {teacher.Network.Name}, temperature {options.Temperature}, alpha {options.Alpha}")
        : FormattableString.Invariant(
            $"boundary supporting samples of {teacher.Network.Name}, temperature {options.Temperature}, alpha {options.Alpha}, beta {options.Beta}, {options.AttackedSamples} attacked, {options.Attack.Steps} steps of {options.Attack.StepSize}");

    /// <summary>Samples that the last step attacked, and how many of them came to lie at the boundary.</summary>
    public (long Attacked, long Found) LastAttack { get; private set; }

    /// <inheritdoc/>
    public override StepResult Compute(Network network, Batch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batch);
        Tensor logits = network.Body.call(batch.Images);
        Tensor soft = ScoresOf(batch);
        Tensor loss = options.LabelWeight * nn.functional.cross_entropy(logits, batch.Labels, label_smoothing: labelSmoothing)
            + options.SoftWeight(progress) * Soft(logits, soft);
        double weight = options.BoundaryWeight(progress);
        LastAttack = default;
        if (weight > 0 && Supporting(batch, soft, logits) is (Tensor samples, Tensor scores))
            loss += weight * Soft(network.Body.call(samples), scores);

        return new StepResult(loss, logits);
    }

    /// <summary>With Hinton's method the soft gradient is scaled by T^2; Heo et al. weigh the plain cross entropy.</summary>
    private Tensor Soft(Tensor student, Tensor target) => options.Method == DistillationMethod.Hinton
        ? SoftTargets.Scaled(student, target, options.Temperature)
        : SoftTargets.CrossEntropy(student, target, options.Temperature);

    private Tensor ScoresOf(Batch batch)
    {
        if (known is not null)
            return known.Of(batch);
        using var quiet = no_grad();
        return teacher.Score(batch.Images);
    }

    /// <summary>Boundary supporting samples from a batch and the teacher's scores of them, or null if none was found.</summary>
    private (Tensor Samples, Tensor Scores)? Supporting(Batch batch, Tensor soft, Tensor logits)
    {
        Tensor chosen = BaseSamples.Select(soft, logits, batch.Labels, options.AttackedSamples);
        if (chosen.shape[0] == 0)
            return null;
        Tensor targets = BaseSamples.DrawTargets(soft.index_select(0, chosen), batch.Labels.index_select(0, chosen));
        BoundaryAttackResult result = BoundaryAttack.Run(teacher.Score, batch.Images.index_select(0, chosen), targets, options.Attack, teacher.Low, teacher.High);
        Tensor found = result.Found.nonzero().reshape(-1);
        LastAttack = (chosen.shape[0], found.shape[0]);
        // Batch normalization needs two.
        return found.shape[0] < 2 ? null : (result.Samples.index_select(0, found), result.Scores.index_select(0, found));
    }
}
