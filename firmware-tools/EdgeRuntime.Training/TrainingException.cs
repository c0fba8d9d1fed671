namespace EdgeRuntime.Training;

/// <summary>What is wrong with a training run.</summary>
public enum TrainingError
{
    /// <summary>An option is out of its range, or does not fit the network or the data.</summary>
    InvalidOption,

    /// <summary>A checkpoint is missing, damaged, or of another network or run.</summary>
    Checkpoint,

    /// <summary>The loss is no longer a finite number.</summary>
    Diverged,

    /// <summary>A network cannot be written as a graph of the runtime.</summary>
    Export,

    /// <summary>A file of the run cannot be written.</summary>
    File,
}

/// <summary>The exception of networks, training and export. The message is one line that gives the value and the limit.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TrainingException(TrainingError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>What is wrong.</summary>
    public TrainingError Error { get; }
}
