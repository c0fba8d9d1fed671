using System.Numerics;

namespace EdgeRuntime.Daemon;

/// <summary>Shows decisions on output pins; what is active when, <see cref="PinStates"/> knows. Pins are written only where they change.</summary>
internal sealed class GpioReporter : QueuedReporter
{
    // A pin shows what is, so that only the newest decision matters; two leave one pulse more.
    private const int Capacity = 2;
    private readonly Func<IPins> open;
    private readonly PinStates states;
    private IPins? pins;
    private ulong written;

    /// <param name="open">Opens the pins, all inactive.</param>
    /// <param name="options">What the pins mean.</param>
    /// <param name="template">A prediction of the network whose predictions will come.</param>
    public GpioReporter(Func<IPins> open, PinOptions options, Prediction template)
        : base("gpio", template, Capacity)
    {
        this.open = open;
        states = new PinStates(options);
        Start();
    }

    protected override TimeSpan IdleInterval => states.Due is { } due ? TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, (due - Now).Ticks)) : Timeout.InfiniteTimeSpan;

    protected override void Open()
    {
        pins = open();
        written = 0;
    }

    protected override void Deliver(Prediction prediction)
    {
        states.Decide(prediction.Decision, Now);
        Apply();
    }

    protected override void Idle()
    {
        states.Advance(Now);
        Apply();
    }

    protected override void Close()
    {
        IPins? closing = pins;
        pins = null;
        closing?.Dispose();
    }

    // Pins go inactive before others become active.
    private void Apply()
    {
        ulong active = states.Active;
        Write(written & ~active, false);
        Write(active & ~written, true);
        written = active;
    }

    private void Write(ulong mask, bool active)
    {
        for (; mask != 0; mask &= mask - 1)
            pins!.Write(BitOperations.TrailingZeroCount(mask), active);
    }
}
