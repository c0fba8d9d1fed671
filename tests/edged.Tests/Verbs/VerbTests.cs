using System.Text.Json;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>The program as a user runs it: results, exit codes, one line per error.</summary>
[Trait("Category", "Long")]
public sealed class VerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edged-tests").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_recognises_the_drawn_digits()
    {
        (int code, string output, string error) = EdgedProcess.Run("run", "--config", EdgedProcess.SampleConfig);
        Assert.Equal((0, ""), (code, error));
        JsonElement[] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(20, lines.Length);
        Assert.Equal(Enumerable.Range(0, 20), lines.Select(l => l.GetProperty("frame").GetInt32()));
        int right = lines.Count(l => l.GetProperty("label").GetString() == l.GetProperty("truth").GetString());
        Assert.True(right >= 19, $"{right} of 20 right");
        Assert.All(lines, l => Assert.True(l.GetProperty("microseconds").GetProperty("inference").GetInt64() > 0));
    }

    [Fact]
    public void Classify_names_the_digit_of_a_picture_file()
    {
        using var digits = new SyntheticDigits(64, 64, PixelFormat.Grey8, seed: 3, framesPerDigit: 1);
        Assert.True(digits.TryRead(out Frame? frame));
        string picture = Path.Combine(folder, "digit.bmp");
        File.WriteAllBytes(picture, GreyBitmap.Of(frame));
        (int code, string output, string error) = EdgedProcess.Run("classify", EdgedProcess.SampleModel, picture, "--top", "1");
        Assert.Equal((0, ""), (code, error));
        Assert.EndsWith($"%  {frame.Label}", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_prints_layers_and_json()
    {
        (int code, string output, _) = EdgedProcess.Run("bench", EdgedProcess.SampleModel, "--runs", "3", "--warmup", "1", "--layers", "--json");
        Assert.Equal(0, code);
        JsonElement result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(3, result.GetProperty("runs").GetInt32());
        Assert.True(result.GetProperty("layers").GetArrayLength() > 5);
        Assert.True(result.GetProperty("bytes").GetProperty("arena").GetInt64() > 0);
        Assert.Contains("p99", EdgedProcess.Run("bench", EdgedProcess.SampleModel, "--runs", "2").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Infer_gives_the_same_bytes_with_reference_kernels_and_dumps_every_tensor()
    {
        string input = Path.Combine(folder, "in.bin");
        byte[] bytes = new byte[28 * 28];
        new Random(5).NextBytes(bytes);
        File.WriteAllBytes(input, bytes);
        string fast = Path.Combine(folder, "fast.bin"), slow = Path.Combine(folder, "slow.bin"), dump = Path.Combine(folder, "dump");
        Assert.Equal(0, EdgedProcess.Run("infer", EdgedProcess.SampleModel, "--input", input, "--output", fast).Code);
        Assert.Equal(0, EdgedProcess.Run("infer", EdgedProcess.SampleModel, "--input", input, "--output", slow, "--reference", "--dump", dump).Code);
        Assert.Equal(File.ReadAllBytes(slow), File.ReadAllBytes(fast));
        JsonElement index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(dump, "tensors.json"))).RootElement;
        Assert.All(index.EnumerateArray(), t => Assert.True(File.Exists(Path.Combine(dump, t.GetProperty("file").GetString()!))));
        Assert.Contains(index.EnumerateArray(), t => File.ReadAllBytes(Path.Combine(dump, t.GetProperty("file").GetString()!)).AsSpan().SequenceEqual(File.ReadAllBytes(slow)));
    }

    [Fact]
    public void Errors_are_one_line_with_an_exit_code_of_their_own()
    {
        string junk = Path.Combine(folder, "junk");
        File.WriteAllText(junk, "this is neither a picture nor a model");
        string three = Path.Combine(folder, "labels.txt");
        File.WriteAllLines(three, ["a", "b", "c"]);
        Fails(2, "'--config' is required", "run");
        Fails(2, "--runs is 0", "bench", EdgedProcess.SampleModel, "--runs", "0");
        Fails(2, "--input is given 2 times", "infer", EdgedProcess.SampleModel, "--input", junk, "--input", junk);
        Fails(3, "missing.edge", "bench", Path.Combine(folder, "missing.edge"));
        Fails(3, "labels", "classify", EdgedProcess.SampleModel, junk, "--labels", Path.Combine(folder, "no-labels"));
        Fails(3, "nothing.png", "classify", EdgedProcess.SampleModel, Path.Combine(folder, "nothing.png"));
        Fails(4, "junk", "bench", junk);
        Fails(4, "3 labels", "classify", EdgedProcess.SampleModel, junk, "--labels", three);
        Fails(5, "junk", "classify", EdgedProcess.SampleModel, junk);
        Fails(5, "has 37 bytes", "infer", EdgedProcess.SampleModel, "--input", junk);
        Fails(6, ":1:", "run", "--config", junk);
        Fails(6, "label 'cat'", "run", "--config", Config("""{ "model": "MODEL", "source": { "kind": "digits" }, "decision": { "ignoredLabels": ["cat"] } }"""));
    }

    private static void Fails(int expected, string contains, params string[] arguments)
    {
        (int code, string output, string error) = EdgedProcess.Run(arguments);
        string shown = $"edged {string.Join(' ', arguments)}: {code}: {error}";
        Assert.True(code == expected, shown);
        Assert.Equal("", output);
        Assert.Contains(contains, error, StringComparison.Ordinal);
        Assert.True(error.StartsWith("edged: ", StringComparison.Ordinal) && error.TrimEnd().Split('\n').Length == 1, shown);
    }

    private string Config(string json)
    {
        string path = Path.Combine(folder, "config.json");
        File.WriteAllText(path, json.Replace("MODEL", EdgedProcess.SampleModel, StringComparison.Ordinal));
        return path;
    }
}
