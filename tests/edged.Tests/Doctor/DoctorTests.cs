namespace EdgeRuntime.Daemon.Tests;

/// <summary>edged doctor, as users call it.</summary>
[Trait("Category", "Long")]
public sealed class DoctorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edged-doctor").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_works_is_told_with_what_it_is()
    {
        using var terminal = new PseudoTerminal();
        (_, string output) = Doctor($$"""
            { "model": "{{EdgedProcess.SampleModel}}", "source": { "kind": "digits" },
              "reporters": [{ "kind": "serial", "path": "{{terminal.Path}}" }, { "kind": "file", "path": "lines.jsonl" }] }
            """);
        Assert.Contains("ok    configuration ", output, StringComparison.Ordinal);
        Assert.Matches("ok    model +.*digits-int8.edge: input 28x28, 10 labels", output);
        Assert.Matches("ok    source +", output);
        Assert.Matches($"ok    serial port +{terminal.Path} opens with 115200 bits a second", output);
        Assert.Matches("ok    file +.*lines.jsonl: [0-9]+ MB free", output);
        Assert.Matches("(ok  |note)  clock ", output);
    }

    [Fact]
    public void What_is_missing_is_told_with_what_to_do()
    {
        (int code, string output) = Doctor($$"""
            { "model": "{{EdgedProcess.SampleModel}}", "source": { "kind": "camera", "device": "/dev/video-missing" },
              "reporters": [{ "kind": "serial", "path": "/dev/tty-missing" }, { "kind": "gpio", "chip": "no-such-chip", "pins": { "7": 17 } }] }
            """);
        Assert.Equal(7, code);
        string[] lines = output.Split('\n');
        foreach ((string subject, string problem, string advice) in new[]
        {
            ("camera", "/dev/video-missing: there is no such device", "edged camera list"),
            ("serial port", "/dev/tty-missing", "raspi-config"),
            ("pins", "", "gpiodetect"),
        })
        {
            int at = Array.FindIndex(lines, l => l.StartsWith($"BAD   {subject} ", StringComparison.Ordinal));
            Assert.True(at >= 0, output);
            Assert.Contains(problem, lines[at], StringComparison.Ordinal);
            Assert.Contains(advice, lines[at + 1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_wrong_configuration_is_told_with_line_and_column_and_ends_the_checks_of_it()
    {
        (int code, string output) = Doctor("{\n  \"modle\": 1 }");
        Assert.Equal(7, code);
        Assert.Matches("BAD   configuration +.*config.json:2:", output);
        Assert.DoesNotContain("model ", output, StringComparison.Ordinal);
        Assert.Contains("clock ", output, StringComparison.Ordinal);
    }

    private (int Code, string Output) Doctor(string config)
    {
        string path = Path.Combine(folder, "config.json");
        File.WriteAllText(path, config);
        (int code, string output, string error) = EdgedProcess.Run("doctor", "--config", path);
        Assert.Equal("", error);
        return (code, output);
    }
}
