using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Training.Distillation;

/// <summary>How a student learns from its teacher.</summary>
public enum DistillationMethod
{
    /// <summary>Soft targets beside the labels (Hinton et al. 2015).</summary>
    Hinton,

    /// <summary>Soft targets, and boundary supporting samples found by an attack on the teacher (Heo et al. 2019).</summary>
    Bss,
}

/// <summary>Options of distillation.</summary>
public sealed record DistillationOptions
{
    /// <summary>Method.</summary>
    public DistillationMethod Method { get; init; }

    /// <summary>Temperature of the soft targets, above 0.</summary>
    public double Temperature { get; init; } = 4;

    /// <summary>
    /// Hinton: share of the soft loss, 0..1; the labels have the rest. Boundary supporting samples: weight of the soft loss at the start of the run beside a weight of 1 for the labels; it
    /// falls to a quarter at the end.
    /// </summary>
    public double Alpha { get; init; } = 0.9;

    /// <summary>Weight of the boundary supporting loss at the start; it falls to 0 after three quarters of the run.</summary>
    public double Beta { get; init; } = 2;

    /// <summary>Pictures of a step that are attacked at most.</summary>
    public int AttackedSamples { get; init; } = 64;

    /// <summary>Settings of the attack.</summary>
    public BoundaryAttackOptions Attack { get; init; } = new();

    /// <summary>The settings of a method as its paper has them.</summary>
    public static DistillationOptions Of(DistillationMethod method) =>
        method == DistillationMethod.Bss ? new() { Method = method, Temperature = 3, Alpha = 4 } : new() { Method = method };

    /// <summary>Weight of the soft loss.</summary>
    /// <param name="progress">Share of the run that is done, 0..1.</param>
    public double SoftWeight(double progress) => Method == DistillationMethod.Hinton ? Alpha : Alpha * (1 - (0.75 * progress));

    /// <summary>Weight of the labels.</summary>
    public double LabelWeight => Method == DistillationMethod.Hinton ? 1 - Alpha : 1;

    /// <summary>Weight of the boundary supporting loss.</summary>
    /// <param name="progress">Share of the run that is done, 0..1.</param>
    public double BoundaryWeight(double progress) => Method == DistillationMethod.Hinton ? 0 : Math.Max(0, Beta * (1 - (4.0 / 3 * progress)));

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="TrainingException">An option is out of its range.</exception>
    public void Validate()
    {
        Require(Temperature is > 0 and <= 1000, $"temperature is {Temperature}; it must be above 0 and at most 1000");
        double most = Method == DistillationMethod.Hinton ? 1 : 1000;
        Require(Alpha >= 0 && Alpha <= most, $"alpha is {Alpha}; with this method it must be in 0 to {most}");
        Require(Beta is >= 0 and <= 1000, $"beta is {Beta}; it must be in 0 to 1000");
        Require(AttackedSamples is >= 1 and <= 65_536, $"attacked samples are {AttackedSamples}; 1 to 65536 are possible");
        Require(Attack.Steps is >= 1 and <= 1000, $"steps of the attack are {Attack.Steps}; 1 to 1000 are possible");
        Require(Attack.StepSize is > 0 and <= 100, $"the attack's step is {Attack.StepSize}; it must be above 0 and at most 100");
    }

    /// <summary>Checks that a student can learn from a teacher.</summary>
    /// <exception cref="TrainingException">Pictures or classes differ.</exception>
    public static void RequireSameTask(Network teacher, Network student)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        Require(teacher.Input == student.Input, $"the teacher takes {teacher.Input}, the student {student.Input}; both must take the same pictures");
        Require(
            teacher.Classes.SequenceEqual(student.Classes),
            $"the teacher has {teacher.Classes.Count} classes ({string.Join(", ", teacher.Classes.Take(12))}), the student {student.Classes.Count} ({string.Join(", ", student.Classes.Take(12))}); they must be the same");
    }

    private static void Require(bool holds, FormattableString message)
    {
        if (!holds)
            throw new TrainingException(TrainingError.InvalidOption, FormattableString.Invariant(message));
    }
}
