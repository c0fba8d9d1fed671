using System.Text;

namespace EdgeRuntime.Daemon.Tests;

public sealed class ConfigFileTests : IDisposable
{
    private const string Good = """
        {
          // a comment
          "model": "m.edge",
          "source": { "kind": "digits" },
        }
        """;

    private readonly string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.json");

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Left_out_keys_have_their_defaults_and_paths_are_relative_to_the_file()
    {
        DaemonConfig config = Read(Good);
        Assert.Equal(Path.Combine(Path.GetTempPath(), "m.edge"), config.Model);
        Assert.Equal((1, 3, null, null), (config.Threads, config.Top, config.Source.Width, config.Source.Format));
        Assert.Equal(ReporterKind.Console, Assert.Single(config.Reporters).Kind);
    }

    [Theory]
    [InlineData("\"modle\": 1,", ":3:", "unknown key 'modle'")]
    [InlineData("\"threads\": 0,", ":3:12:", "threads is 0; the limits are 1 and 64")]
    [InlineData("\"threads\": \"two\",", ":3:", "$.threads")]
    [InlineData("\"decision\": {\n\"hysteresis\": 1.5 },", ":4:15:", "decision.hysteresis is 1.5")]
    [InlineData("\"decision\": { \"requiredFrames\": 5, \"ofFrames\": 4 },", ":3:33:", "requiredFrames is 5; the limits are 1 and 4")]
    [InlineData("\"reporters\": [{ \"kind\": \"console\" },\n { \"kind\": \"file\" }],", ":4:2:", "a file reporter needs a path")]
    [InlineData("\"reporters\": [{ \"kind\": \"carrier pigeon\" }],", ":3:", "reporters[0].kind")]
    [InlineData("\"reporters\": [{ \"kind\": \"gpio\", \"pins\": { \"a\": 5 }, \"baudRate\": 9600 }],", ":3:65:", "'baudRate' is no key of a gpio reporter")]
    [InlineData("\"reporters\": [{ \"kind\": \"gpio\", \"pins\": { \"a\": 5000 } }],", ":3:", "reporters[0].pins.a is 5000; the limits are 0 and 1023")]
    [InlineData("\"reporters\": [{ \"kind\": \"gpio\" }],", ":3:", "needs pins, binaryPins or heartbeatPin")]
    [InlineData("\"reporters\": [{ \"kind\": \"gpio\", \"pins\": { \"a\": 5 }, \"heartbeatPin\": 5 }],", ":3:", "pin 5 is named twice")]
    [InlineData("\"reporters\": [{ \"kind\": \"gpio\", \"binaryPins\": [5, 6, 5] }],", ":3:", "pin 5 is named twice")]
    [InlineData("\"reporters\": [{ \"kind\": \"serial\", \"baudRate\": 1 }],", ":3:", "baudRate is 1")]
    [InlineData("\"reporters\": [{ \"kind\": \"gpio\", \"pins\": { \"a\": 5 }, \"show\": \"pulse\" }],", ":3:", "pulses need pulseMilliseconds")]
    [InlineData("\"top\": 3, \"top\": 4,", ":3:", "top")]
    [InlineData("\"top\": 3", ":4:", "")]
    public void What_is_wrong_is_said_with_line_and_column(string inserted, string place, string message)
    {
        var e = Assert.Throws<DaemonException>(() => Read(Good.Replace("  // a comment", "  // a comment\n" + inserted, StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Configuration, e.Code);
        Assert.StartsWith(path + place, e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("EdgeRuntime.Daemon", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_files_are_read_or_refused()
    {
        var random = new Random(11);
        byte[] good = Encoding.UTF8.GetBytes(Good);
        int refused = 0;
        for (int n = 0; n < 3000; n++)
        {
            byte[] bytes = [.. good];
            for (int k = random.Next(1, 4); k > 0; k--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                new ConfigCheck("c", bytes).Check(ConfigFile.Parse("c", bytes));
            }
            catch (DaemonException e)
            {
                Assert.Equal(ExitCode.Configuration, e.Code);
                refused++;
            }
        }

        Assert.True(refused > 1000, $"{refused} refused");
    }

    private DaemonConfig Read(string json)
    {
        File.WriteAllText(path, json);
        return ConfigFile.Read(path);
    }
}
