using System.Device.Gpio;

namespace EdgeRuntime.Daemon.Tests;

public class GpioReporterTests
{
    private static readonly PinOptions Options = new() { Masks = [1, 2] };

    [Fact]
    public void The_decided_labels_pin_is_active_and_all_are_inactive_at_the_end()
    {
        var pins = new FakePins();
        using (var reporter = new GpioReporter(() => pins, Options, Predictions.New()))
        {
            reporter.Report(Predictions.New(decision: 0));
            Eventually.True(() => pins.Active(0), "pin 0 active");
            reporter.Report(Predictions.New(decision: 1));
            Eventually.True(() => pins.Active(1) && !pins.Active(0), "pin 1 instead of pin 0");
        }

        Assert.True(pins.Closed);
    }

    [Fact]
    public void A_pin_in_use_by_someone_else_is_told_and_taken_once_it_is_free()
    {
        var pins = new FakePins();
        bool free = false;
        using var reporter = new GpioReporter(() => Volatile.Read(ref free) ? pins : throw new IOException("line 5 is in use"), Options, Predictions.New());
        reporter.Report(Predictions.New(decision: 0));
        Eventually.True(() => reporter.Counters.Failing, "failing");
        Assert.Contains("in use", reporter.Counters.LastFailure, StringComparison.Ordinal);
        Volatile.Write(ref free, true);
        Eventually.True(
            () =>
            {
                reporter.Report(Predictions.New(decision: 0));
                return pins.Active(0);
            },
            "pin 0 active");
        Assert.False(reporter.Counters.Failing);
    }

    [Fact]
    public void A_pulse_ends_without_another_frame()
    {
        var pins = new FakePins();
        using var reporter = new GpioReporter(() => pins, Options with { Pulse = TimeSpan.FromMilliseconds(20) }, Predictions.New());
        reporter.Report(Predictions.New(decision: 1));
        Eventually.True(() => pins.Writes.Contains((1, true)), "the pulse begins");
        Eventually.True(() => !pins.Active(1), "the pulse ends");
    }

    [Fact]
    public void Chips_are_found_by_label_name_and_number()
    {
        GpioChipInfo[] chips = [new(0, "gpiochip0", "pinctrl-rp1", 54), new(4, "gpiochip4", "other", 8)];
        Assert.Equal(0, GpioChip.Choose(chips, null).Id);
        Assert.Equal(4, GpioChip.Choose(chips, "other").Id);
        Assert.Equal(4, GpioChip.Choose(chips, "gpiochip4").Id);
        Assert.Equal(4, GpioChip.Choose(chips, "4").Id);
        Assert.Equal(4, GpioChip.Choose(chips[1..], null).Id);
        Assert.Contains("gpiochip4 (other)", Assert.Throws<IOException>(() => GpioChip.Choose(chips, "1")).Message, StringComparison.Ordinal);
        Assert.Contains("group gpio", Assert.Throws<IOException>(() => GpioChip.Choose([], null)).Message, StringComparison.Ordinal);
    }

    private sealed class FakePins : IPins
    {
        private readonly Lock gate = new();
        private readonly List<(int, bool)> writes = [];
        private readonly HashSet<int> active = [];

        public bool Closed { get; private set; }

        public (int Index, bool Active)[] Writes
        {
            get
            {
                lock (gate)
                    return [.. writes];
            }
        }

        public bool Active(int index)
        {
            lock (gate)
                return active.Contains(index);
        }

        public void Write(int index, bool on)
        {
            lock (gate)
            {
                writes.Add((index, on));
                _ = on ? active.Add(index) : active.Remove(index);
            }
        }

        public void Dispose()
        {
            lock (gate)
                active.Clear();
            Closed = true;
        }
    }
}
