using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Training;

/// <summary>How the learning rate changes.</summary>
public enum LearningRateSchedule
{
    /// <summary>Half a cosine from the start value to 0 (Loshchilov and Hutter 2017).</summary>
    Cosine,

    /// <summary>A tenth after half and after three quarters of the epochs.</summary>
    Step,

    /// <summary>Falls by the same factor each epoch, to a thousandth at the end (as in the BinaryConnect paper).</summary>
    Exponential,

    /// <summary>Always the same.</summary>
    Constant,
}

/// <summary>Rule by which weights are changed.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019).</summary>
    Adam,

    /// <summary>Stochastic gradient descent with Nesterov momentum 0.9.</summary>
    Sgd,
}

/// <summary>Options of a training run.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training set.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Pictures in a step.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Learning rate at the start.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>How the learning rate changes.</summary>
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>Steps during which the learning rate grows from 0.</summary>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>Rule by which weights are changed.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Weight decay; it acts on convolution and matrix weights only.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Share of the probability that is spread over all classes (Szegedy et al. 2016).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Seed of weights, order, augmentation and everything else that is random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Changes of the training pictures.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.None;

    /// <summary>Whether convolutions and matrix products are computed in bfloat16 while training; weights, statistics and everything else stay float32.</summary>
    public bool BFloat16 { get; init; }

    /// <summary>Threads for the computation; 0 for the library's choice.</summary>
    public int Threads { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="TrainingException">An option is out of its range.</exception>
    public void Validate()
    {
        Require(Epochs is >= 1 and <= 100_000, $"epochs is {Epochs}; 1 to 100000 are possible");
        Require(BatchSize is >= 2 and <= 65_536, $"batch size is {BatchSize}; 2 to 65536 are possible");
        Require(LearningRate is > 0 and <= 100, $"learning rate is {LearningRate}; it must be above 0 and at most 100");
        Require(WarmupSteps >= 0, $"warm-up is {WarmupSteps} steps; it must be at least 0");
        Require(WeightDecay is >= 0 and < 1, $"weight decay is {WeightDecay}; it must be in [0, 1)");
        Require(LabelSmoothing is >= 0 and < 1, $"label smoothing is {LabelSmoothing}; it must be in [0, 1)");
        Require(Threads is >= 0 and <= 1024, $"threads is {Threads}; 0 to 1024 are possible");
    }

    /// <summary>Learning rate of a step.</summary>
    /// <param name="step">Number of the step in the run, from 0.</param>
    /// <param name="stepsPerEpoch">Steps in an epoch.</param>
    public double LearningRateAt(long step, int stepsPerEpoch)
    {
        double done = Math.Min(1, step / ((double)Epochs * stepsPerEpoch));
        double factor = Schedule switch
        {
            LearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done)),
            LearningRateSchedule.Step => done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01,
            LearningRateSchedule.Exponential => Math.Pow(1e-3, done),
            _ => 1,
        };
        return LearningRate * factor * (step < WarmupSteps ? (step + 1.0) / WarmupSteps : 1);
    }

    private static void Require(bool holds, FormattableString message)
    {
        if (!holds)
            throw new TrainingException(TrainingError.InvalidOption, FormattableString.Invariant(message));
    }
}
