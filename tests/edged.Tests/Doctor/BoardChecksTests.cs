namespace EdgeRuntime.Daemon.Tests;

public sealed class BoardChecksTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private readonly string root = Directory.CreateTempSubdirectory("edged-doctor").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_healthy_board_is_good_all_over()
    {
        Write("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0");
        Write("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable:     500000 kB\n");
        Write("sys/class/thermal/thermal_zone0/temp", "45277\n");
        Write("sys/devices/platform/soc/soc:firmware/get_throttled", "0\n");
        Write("run/systemd/timesync/synchronized", "");
        Finding[] findings = [.. new BoardChecks(root).Run(Now)];
        Assert.Equal(["board", "clock", "temperature", "throttling", "memory"], findings.Select(f => f.Subject));
        Assert.All(findings, f => Assert.Equal(FindingState.Good, f.State));
        Assert.Equal("45.3 degrees Celsius", findings[2].Text);
    }

    [Fact]
    public void Heat_weak_power_and_a_wrong_clock_are_told_with_advice()
    {
        Write("sys/class/thermal/thermal_zone0/temp", "83000");
        Write("sys/devices/platform/soc/soc:firmware/get_throttled", "50005");
        Finding[] findings = [.. new BoardChecks(root).Run(new DateTimeOffset(1970, 1, 1, 0, 0, 5, TimeSpan.Zero))];
        Assert.Equal(3, findings.Length);
        Assert.All(findings, f => Assert.Equal(FindingState.Bad, f.State));
        Assert.All(findings, f => Assert.NotNull(f.Advice));
        Assert.Equal("under-voltage now, throttled now, under-voltage since start, throttled since start", findings[2].Text);
    }

    [Fact]
    public void What_a_machine_does_not_have_is_left_out() => Assert.Equal(FindingState.Note, Assert.Single(new BoardChecks(root).Run(Now)).State);

    private void Write(string path, string text)
    {
        string full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
