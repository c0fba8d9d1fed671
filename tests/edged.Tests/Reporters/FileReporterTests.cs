using System.Text.Json;

namespace EdgeRuntime.Daemon.Tests;

public sealed class FileReporterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edged-file").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Lines_are_appended_and_the_file_begins_again_at_its_greatest_size()
    {
        string path = Path.Combine(folder, "log.jsonl");
        using (var reporter = new FileReporter(path, 4096, Predictions.New(), 1000, ReportWhen.Frames))
        {
            for (int i = 0; i < 40; i++)
                reporter.Report(Predictions.New(frame: i));
            Eventually.True(() => reporter.Counters.Delivered == 40, "40 delivered");
        }

        string[] lines = [.. File.ReadLines(path + ".1"), .. File.ReadLines(path)];
        Assert.InRange(new FileInfo(path).Length, 1, 4096);
        Assert.InRange(new FileInfo(path + ".1").Length, 1, 4096);
        int first = 40 - lines.Length;
        Assert.Equal(Enumerable.Range(first, lines.Length), lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("frame").GetInt32()));
    }

    [Fact]
    public void A_full_disk_is_told_and_writing_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        string path = Path.Combine(folder, "log.jsonl");
        File.CreateSymbolicLink(path, "/dev/full");
        using var reporter = new FileReporter(path, long.MaxValue, Predictions.New(), 16, ReportWhen.Frames);
        reporter.Report(Predictions.New(frame: 1));
        Eventually.True(() => reporter.Counters.Failing, "failing");
        Assert.Contains("No space left", reporter.Counters.LastFailure, StringComparison.Ordinal);
        File.Delete(path);
        Eventually.True(
            () =>
            {
                reporter.Report(Predictions.New(frame: 2));
                return !reporter.Counters.Failing;
            },
            "working again");
        Assert.Contains("\"frame\":2", File.ReadAllText(path), StringComparison.Ordinal);
    }
}
