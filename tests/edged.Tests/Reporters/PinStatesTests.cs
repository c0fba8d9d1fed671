namespace EdgeRuntime.Daemon.Tests;

public class PinStatesTests
{
    private static PinOptions Options => new() { Masks = [1, 2, 0] };

    [Fact]
    public void A_level_follows_the_decision_and_labels_without_pin_are_dark()
    {
        Assert.Equal([1UL, 2, 2, 0, 1, 0], Play(Options, 0, 1, 1, 2, 0, -1));
    }

    [Fact]
    public void An_active_pin_stays_for_its_least_time_also_when_no_frame_comes()
    {
        var states = new PinStates(Options with { Minimum = TimeSpan.FromMilliseconds(250) });
        states.Decide(0, At(0));
        states.Decide(1, At(100));
        Assert.Equal((3UL, At(250)), (states.Active, states.Due));
        states.Advance(At(249));
        Assert.Equal(3UL, states.Active);
        states.Advance(At(250));
        Assert.Equal((2UL, null), (states.Active, states.Due));
    }

    [Fact]
    public void A_pulse_ends_by_itself_and_a_new_decision_begins_another()
    {
        var states = new PinStates(Options with { Pulse = TimeSpan.FromMilliseconds(150) });
        states.Decide(0, At(0));
        Assert.Equal((1UL, At(150)), (states.Active, states.Due));
        states.Decide(0, At(100));
        Assert.Equal(1UL, states.Active);
        states.Decide(0, At(200));
        Assert.Equal((0UL, null), (states.Active, states.Due));
        states.Decide(1, At(300));
        Assert.Equal(2UL, states.Active);
        states.Decide(-1, At(310));
        Assert.Equal(2UL, states.Active);
        states.Advance(At(450));
        Assert.Equal(0UL, states.Active);
    }

    [Fact]
    public void A_binary_number_changes_as_a_whole_after_its_least_time()
    {
        var states = new PinStates(new PinOptions { Masks = [1, 2, 3, 4], IsBinary = true, Minimum = TimeSpan.FromMilliseconds(100) });
        states.Decide(2, At(0));
        Assert.Equal(3UL, states.Active);
        states.Decide(3, At(50));
        Assert.Equal((3UL, At(100)), (states.Active, states.Due));
        states.Decide(0, At(60));
        states.Advance(At(100));
        Assert.Equal((1UL, null), (states.Active, states.Due));
    }

    [Fact]
    public void The_heartbeat_changes_with_frames_only()
    {
        var states = new PinStates(Options with { HeartbeatBit = 5, Heartbeat = TimeSpan.FromMilliseconds(200) });
        ulong[] seen = [.. Enumerable.Range(0, 6).Select(i =>
        {
            states.Decide(-1, At(100 * i));
            return states.Active;
        })];
        Assert.Equal([32UL, 32, 0, 0, 32, 32], seen);
        states.Advance(At(5000));
        Assert.Equal((32UL, null), (states.Active, states.Due));
    }

    [Fact]
    public void Pins_of_a_configuration_get_bits_in_order_and_labels_may_share_one()
    {
        var config = new ReporterConfig { Kind = ReporterKind.Gpio, Pins = new Dictionary<string, int> { ["b"] = 17, ["c"] = 27, ["a"] = 17 }, HeartbeatPin = 4 };
        PinWiring wiring = PinWiring.Of(config, ["a", "b", "c"]);
        Assert.Equal([17, 27, 4], wiring.Lines);
        Assert.Equal([1UL, 1, 2], wiring.Options.Masks);
        Assert.Equal(2, wiring.Options.HeartbeatBit);
        Assert.Contains("'d'", Assert.Throws<DaemonException>(() => PinWiring.Of(config with { Pins = new Dictionary<string, int> { ["d"] = 1 } }, ["a"])).Message, StringComparison.Ordinal);
        var binary = new ReporterConfig { Kind = ReporterKind.Gpio, BinaryPins = [5, 6] };
        Assert.Equal([1UL, 2, 3], PinWiring.Of(binary, ["a", "b", "c"]).Options.Masks);
        Assert.Contains("3 labels", Assert.Throws<DaemonException>(() => PinWiring.Of(binary, ["a", "b", "c", "d"])).Message, StringComparison.Ordinal);
    }

    private static ulong[] Play(PinOptions options, params int[] decisions)
    {
        var states = new PinStates(options);
        return [.. decisions.Select((d, i) =>
        {
            states.Decide(d, At(100 * i));
            return states.Active;
        })];
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(1000 + milliseconds);
}
