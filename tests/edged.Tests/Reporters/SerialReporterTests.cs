
namespace EdgeRuntime.Daemon.Tests;

public sealed class SerialReporterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edged-serial").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Changes_are_sent_and_repeated_while_nothing_happens()
    {
        using var terminal = new PseudoTerminal();
        using SerialReporter reporter = Reporter(terminal.Path, TimeSpan.FromMilliseconds(50));
        reporter.Report(Predictions.New(decision: 0));
        reporter.Report(Predictions.New(decision: 0, changed: false));
        Assert.StartsWith("$EDGE,0,", terminal.ReadLine(), StringComparison.Ordinal);
        string repeated = terminal.ReadLine();
        Assert.StartsWith("$EDGE,1,", repeated, StringComparison.Ordinal);
        Assert.Contains(",0,875,a*", repeated, StringComparison.Ordinal);
        Assert.Equal(1, reporter.Counters.Delivered);
    }

    [Fact]
    public void A_port_that_is_missing_is_told_and_used_once_it_is_there()
    {
        string path = Path.Combine(folder, "port");
        using SerialReporter reporter = Reporter(path, TimeSpan.FromMilliseconds(50));
        reporter.Report(Predictions.New(decision: 0));
        Eventually.True(() => reporter.Counters.Failing, "failing");
        Assert.Contains("no such port", reporter.Counters.LastFailure, StringComparison.Ordinal);
        using var terminal = new PseudoTerminal();
        File.CreateSymbolicLink(path, terminal.Path);
        Eventually.True(
            () =>
            {
                reporter.Report(Predictions.New(decision: 1));
                return !reporter.Counters.Failing;
            },
            "working again");
        Assert.Contains(",1,875,b*", terminal.ReadLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_vanishes_while_it_is_open_is_told_and_opened_again()
    {
        string path = Path.Combine(folder, "port");
        var first = new PseudoTerminal();
        File.CreateSymbolicLink(path, first.Path);
        using SerialReporter reporter = Reporter(path, TimeSpan.FromMilliseconds(50));
        reporter.Report(Predictions.New(decision: 0));
        Assert.Contains(",0,875,a*", first.ReadLine(), StringComparison.Ordinal);

        // The other end is closed: to the program that is an unplugged adapter. The repeated line fails, without a prediction.
        File.Delete(path);
        first.Dispose();
        Eventually.True(() => reporter.Counters.Failing, "failing");

        using var second = new PseudoTerminal();
        File.CreateSymbolicLink(path, second.Path);
        Eventually.True(
            () =>
            {
                reporter.Report(Predictions.New(decision: 1));
                return !reporter.Counters.Failing;
            },
            "working again");
        Assert.Contains(",1,875,b*", second.ReadLine(), StringComparison.Ordinal);
    }

    private static SerialReporter Reporter(string path, TimeSpan heartbeat) =>
        new(new SerialOptions(path, 115_200, SerialProtocol.Lines, heartbeat, 4, ReportWhen.Changes), Predictions.New());
}
