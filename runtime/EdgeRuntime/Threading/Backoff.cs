using System.Diagnostics;

namespace EdgeRuntime.Threading;

/// <summary>
/// Keeps threads from being slower than one on a machine whose cores others use: a worker that the system stops in the middle of its part holds up the whole step for as
/// long as it pleases the scheduler, often milliseconds. After such a step the caller works alone, for 2 ms at first and twice as long after each failure that
/// follows, up to half a second; a step that goes well counts one failure off.
/// </summary>
internal struct Backoff
{
    private const int MostFailures = 8;

    /// <summary>A wait that is worth a pause: 0.2 ms and longer than the caller's own part took; parts of one step are alike.</summary>
    private static readonly long longWait = Stopwatch.Frequency / 5_000;

    private static readonly long firstPause = Stopwatch.Frequency / 500;

    private long until;
    private int failures;

    /// <summary>Whether to work alone.</summary>
    /// <param name="now">Time in <see cref="Stopwatch"/> ticks.</param>
    public readonly bool IsActive(long now) => now < until;

    /// <summary>Takes note of a step that was shared.</summary>
    /// <param name="own">Ticks that the caller's own part took.</param>
    /// <param name="waited">Ticks that it then waited for others.</param>
    /// <param name="now">Time.</param>
    public void Note(long own, long waited, long now)
    {
        if (waited < longWait || waited < own)
        {
            if (failures > 0)
                failures--;
            return;
        }

        until = now + (firstPause << failures);
        failures = Math.Min(failures + 1, MostFailures);
    }
}
