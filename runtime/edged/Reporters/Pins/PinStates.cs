namespace EdgeRuntime.Daemon;

/// <summary>
/// Which pins are active, from decisions and time alone: levels, pulses or a binary number, least times, heartbeat. Bit i of a mask is pin i of the reporter. Allocates
/// nothing.
/// </summary>
internal sealed class PinStates(PinOptions options)
{
    /// <summary>Pins that a reporter may have besides its heartbeat.</summary>
    public const int MaxPins = 63;

    private readonly TimeSpan[] activeSince = new TimeSpan[MaxPins];
    private ulong target;
    private ulong shown;
    private bool beat;
    private int decision = DecisionFilter.None;
    private TimeSpan pulseEnd, shownSince, nextBeat;

    /// <summary>The pins that are to be active.</summary>
    public ulong Active => shown | (beat ? 1UL << options.HeartbeatBit : 0);

    /// <summary>When <see cref="Advance"/> has something to do although no prediction comes; null: never.</summary>
    public TimeSpan? Due { get; private set; }

    /// <summary>Takes the decision of a frame.</summary>
    public void Decide(int label, TimeSpan now)
    {
        bool changed = label != decision;
        decision = label;
        ulong mask = label == DecisionFilter.None ? 0 : options.Masks[label];
        if (options.Pulse <= TimeSpan.Zero)
        {
            target = mask;
        }
        else if (changed && mask != 0)
        {
            target = mask;
            pulseEnd = now + options.Pulse;
        }

        if (options.HeartbeatBit >= 0 && now >= nextBeat)
        {
            beat = !beat;
            nextBeat = now + options.Heartbeat;
        }

        Advance(now);
    }

    /// <summary>Ends what has lasted long enough.</summary>
    public void Advance(TimeSpan now)
    {
        Due = null;
        if (options.Pulse > TimeSpan.Zero && target != 0)
        {
            if (now >= pulseEnd)
                target = 0;
            else
                DueAt(pulseEnd);
        }

        if (options.IsBinary)
            AdvanceNumber(now);
        else
            AdvancePins(now);
    }

    private void AdvanceNumber(TimeSpan now)
    {
        if (shown == target)
            return;
        if (shown != 0 && now - shownSince < options.Minimum)
        {
            DueAt(shownSince + options.Minimum);
            return;
        }

        shown = target;
        shownSince = now;
    }

    private void AdvancePins(TimeSpan now)
    {
        for (int i = 0; i < MaxPins; i++)
        {
            ulong bit = 1UL << i;
            if ((target & ~shown & bit) != 0)
                activeSince[i] = now;
            else if ((shown & ~target & bit) == 0)
                continue;
            else if (now - activeSince[i] < options.Minimum)
            {
                DueAt(activeSince[i] + options.Minimum);
                continue;
            }

            shown ^= bit;
        }
    }

    private void DueAt(TimeSpan time) => Due = Due is { } earlier && earlier < time ? earlier : time;
}

/// <summary>What the pins of a reporter mean.</summary>
internal sealed record PinOptions
{
    /// <summary>The pins of each label, by its index.</summary>
    public required ulong[] Masks { get; init; }

    /// <summary>Whether the pins together are a number, which changes as a whole.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Length of a pulse; zero for levels.</summary>
    public TimeSpan Pulse { get; init; }

    /// <summary>Least time that a pin is active, or that a number other than 0 stays.</summary>
    public TimeSpan Minimum { get; init; }

    /// <summary>Bit of the heartbeat pin, or -1.</summary>
    public int HeartbeatBit { get; init; } = -1;

    /// <summary>Time between changes of the heartbeat pin.</summary>
    public TimeSpan Heartbeat { get; init; }
}
