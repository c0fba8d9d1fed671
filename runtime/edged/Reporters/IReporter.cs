namespace EdgeRuntime.Daemon;

/// <summary>What a reporter did so far.</summary>
/// <param name="Delivered">Predictions that went out.</param>
/// <param name="Dropped">Predictions that a newer one displaced before they went out.</param>
/// <param name="Failures">Attempts that failed: a port that is gone, a full disk, a pin that is taken.</param>
/// <param name="LastFailure">The message of the last failure, or null.</param>
/// <param name="Failing">Whether the last attempt failed.</param>
internal readonly record struct ReporterCounters(long Delivered, long Dropped, long Failures, string? LastFailure, bool Failing = false);

/// <summary>Takes predictions out of the program: console, pins, serial port, socket, file.</summary>
internal interface IReporter : IDisposable
{
    /// <summary>Short name for messages: "gpio", "serial /dev/serial0".</summary>
    string Name { get; }

    /// <summary>What was done so far.</summary>
    ReporterCounters Counters { get; }

    /// <summary>Takes a prediction over. Never blocks, never fails and allocates nothing: failures show in <see cref="Counters"/>.</summary>
    void Report(Prediction prediction);
}
