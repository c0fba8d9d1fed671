using System.Diagnostics;
using System.Text.Json;
using EdgeRuntime.Camera;
using EdgeRuntime.Model;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>edged serve as systemd runs it.</summary>
[Trait("Category", "Long")]
public sealed class ServeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edged-serve").FullName;
    private readonly NotifySocket systemd = new(false);

    private string ConfigPath => Path.Combine(folder, "config.json");

    private string Lines => Path.Combine(folder, "lines.jsonl");

    public void Dispose()
    {
        systemd.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Ready_comes_with_the_first_prediction_then_the_watchdog_is_fed_and_SIGTERM_ends_it_well()
    {
        WriteConfig();
        using Process process = Serve(("WATCHDOG_USEC", "400000"));
        Assert.Equal("STATUS=loading", systemd.Receive());
        Assert.StartsWith("STATUS=waiting for", systemd.Receive(), StringComparison.Ordinal);
        systemd.ReceiveUntil("STATUS=first prediction: ");
        systemd.ReceiveUntil("READY=1");
        Eventually.True(() => File.Exists(Lines) && new FileInfo(Lines).Length > 0, "a prediction in the file");
        systemd.ReceiveUntil("WATCHDOG=1");
        systemd.ReceiveUntil("WATCHDOG=1");
        Assert.Contains("frames/s", systemd.ReceiveUntil("STATUS="), StringComparison.Ordinal);
        Signal(process, "TERM");
        systemd.ReceiveUntil("STOPPING=1");
        Assert.Equal(0, Ended(process));
    }

    [Fact]
    public void SIGHUP_takes_over_another_model_without_losing_a_frame()
    {
        WriteConfig();
        using Process process = Serve();
        systemd.ReceiveUntil("READY=1");
        string labels = Path.Combine(folder, "names.txt");
        File.WriteAllLines(labels, ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]);
        WriteConfig($"\"labels\": \"{labels}\",");
        Signal(process, "HUP");
        systemd.ReceiveUntil("RELOADING=1");
        systemd.ReceiveUntil("READY=1");
        Eventually.True(() => File.ReadLines(Lines).Any(l => l.Contains("\"seven\"", StringComparison.Ordinal)), "predictions with the new names");
        Signal(process, "TERM");
        Assert.Equal(0, Ended(process));
        long[] frames = [.. File.ReadLines(Lines).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("frame").GetInt64())];
        Assert.Equal(Enumerable.Range(0, frames.Length).Select(i => (long)i), frames);
    }

    [Fact]
    public void What_cannot_be_loaded_is_told_and_changes_nothing()
    {
        WriteConfig();
        using Process process = Serve();
        systemd.ReceiveUntil("READY=1");
        string junk = Path.Combine(folder, "junk.edge");
        File.WriteAllText(junk, "no model");
        foreach ((string config, string problem) in new[] { ($"{{ \"model\": \"{junk}\", \"source\": {{ \"kind\": \"digits\" }} }}", "junk.edge"), ("{ \"modle\": 1 }", ":1:"), ("{", "config.json") })
        {
            File.WriteAllText(ConfigPath, config);
            Signal(process, "HUP");
            systemd.ReceiveUntil("RELOADING=1");
            systemd.ReceiveUntil("READY=1");
            Assert.Contains(problem, systemd.ReceiveUntil("STATUS=not reloaded"), StringComparison.Ordinal);
            long before = new FileInfo(Lines).Length;
            Eventually.True(() => new FileInfo(Lines).Length > before, "frames go on");
        }

        Signal(process, "TERM");
        Assert.Equal(0, Ended(process));
        Assert.Contains("not reloaded, everything stays as it was", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"model\": \"missing.edge\", \"source\": { \"kind\": \"digits\" } }", 3)]
    [InlineData("{ \"model\": \"MODEL\", \"source\": { \"kind\": \"picture\", \"path\": \"missing.png\" } }", 3)]
    [InlineData("{ \"model\": \"MODEL\", \"source\": { \"kind\": \"digits\" }, \"reporters\": [{ \"kind\": \"gpio\", \"pins\": { \"cat\": 1 } }] }", 6)]
    [InlineData("{ \"model\": \"MODEL\", \"sauce\": 1 }", 6)]
    public void What_cannot_begin_ends_with_an_exit_code_and_one_line(string config, int code)
    {
        File.WriteAllText(ConfigPath, config.Replace("MODEL", EdgedProcess.SampleModel, StringComparison.Ordinal));
        using Process process = Serve();
        Assert.Equal(code, Ended(process));
        Assert.Single(process.StandardError.ReadToEnd().TrimEnd().Split('\n'));
        systemd.ReceiveUntil("STOPPING=1");
    }

    [Fact]
    public void A_model_that_does_not_fit_memory_ends_the_start_and_leaves_a_running_service_alone()
    {
        string large = Path.Combine(folder, "large.edge");
        var builder = new GraphBuilder();
        int input = builder.AddActivation("input", DataType.Float32, new Shape(1, 20_000, 20_000, 1)), output = builder.AddActivation("output", DataType.Float32, new Shape(1, 20_000, 20_000, 1));
        builder.AddNode(OperatorKind.Add, "twice", [input, input], [output], new ActivationOptions());
        builder.AddInput(input);
        builder.AddOutput(output);
        using (var model = new EdgeModel(builder.Build(), new ModelMetadata()))
            model.Save(large);
        string config = $$"""{ "model": "{{large}}", "source": { "kind": "digits" } }""";
        File.WriteAllText(ConfigPath, config);
        using (Process refused = Serve())
        {
            Assert.Equal(4, Ended(refused));
            Assert.Contains("bytes of working memory; the limit is", Assert.Single(refused.StandardError.ReadToEnd().TrimEnd().Split('\n')), StringComparison.Ordinal);
        }

        systemd.Discard();
        WriteConfig();
        using Process process = Serve();
        systemd.ReceiveUntil("READY=1");
        File.WriteAllText(ConfigPath, config);
        Signal(process, "HUP");
        Assert.Contains("working memory", systemd.ReceiveUntil("STATUS=not reloaded"), StringComparison.Ordinal);
        Signal(process, "TERM");
        Assert.Equal(0, Ended(process));
    }

    [Fact]
    public void Broken_frames_are_told_but_do_not_flood_the_journal()
    {
        string pictures = Directory.CreateDirectory(Path.Combine(folder, "pictures")).FullName;
        File.WriteAllBytes(Path.Combine(pictures, "a.bmp"), GreyBitmap.Of(new Frame(new FrameFormat(28, 28, PixelFormat.Grey8))));
        File.WriteAllText(Path.Combine(pictures, "b.bmp"), "no picture");
        WriteConfig(source: "\"source\": { \"kind\": \"directory\", \"path\": \"pictures\", \"loop\": true, \"framesPerSecond\": 200 },");
        using Process process = Serve();
        systemd.ReceiveUntil("READY=1");
        Eventually.True(() => File.Exists(Lines) && File.ReadLines(Lines).Count() > 100, "100 predictions");
        Signal(process, "TERM");
        Assert.Equal(0, Ended(process));
        string[] told = [.. process.StandardError.ReadToEnd().Split('\n').Where(l => l.Contains("b.bmp", StringComparison.Ordinal))];
        Assert.InRange(told.Length, 1, 2);
    }

    [Fact]
    public void A_camera_that_is_missing_is_waited_for_and_a_reload_helps()
    {
        WriteConfig("\"source\": { \"kind\": \"camera\", \"device\": \"/dev/video-missing\" },", source: "");
        using Process process = Serve();
        Assert.Contains("/dev/video-missing: there is no such device", systemd.ReceiveUntil("STATUS=camera"), StringComparison.Ordinal);
        WriteConfig();
        Signal(process, "HUP");
        systemd.ReceiveUntil("READY=1");
        Signal(process, "TERM");
        Assert.Equal(0, Ended(process));
    }

    [Fact]
    public void SIGTERM_at_any_moment_ends_it_at_once()
    {
        WriteConfig();
        for (int i = 0; i < 8; i++)
        {
            using Process process = Serve();
            Thread.Sleep(i * 60);
            Signal(process, "TERM");
            int code = Ended(process);
            Assert.True(code is 0 or 143, $"exit code {code} after {i * 60} ms");
            systemd.Discard();
        }
    }

    [Fact]
    public void It_is_not_left_behind_when_the_tests_are_killed()
    {
        WriteConfig();
        using Process process = Serve();
        systemd.ReceiveUntil("READY=1");
        process.StandardInput.Close();
        Assert.Equal(128 + 9, Ended(process));
    }

    private static int Ended(Process process)
    {
        bool ended = process.WaitForExit(TimeSpan.FromMinutes(1));
        if (!ended)
            process.Kill();
        Assert.True(ended, "edged serve did not end");
        return process.ExitCode;
    }

    private static void Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
        kill.WaitForExit();
    }

    private void WriteConfig(string more = "", string source = "\"source\": { \"kind\": \"digits\", \"framesPerDigit\": 2, \"framesPerSecond\": 100 },") =>
        File.WriteAllText(ConfigPath, $$"""{ "model": "{{EdgedProcess.SampleModel}}", {{source}} {{more}} "reporters": [{ "kind": "file", "path": "lines.jsonl", "queue": 1000 }] }""");

    private Process Serve(params (string Name, string Value)[] environment) =>
        EdgedProcess.Start([("NOTIFY_SOCKET", systemd.Address), .. environment], "serve", "--config", ConfigPath);
}
