using System.Diagnostics;
using System.Text.Json;
using EdgeRuntime.Camera;
using EdgeRuntime.Model;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>edged run with every kind of frame source, its ends by signals, and infer with several inputs and outputs, as processes.</summary>
[Trait("Category", "Long")]
public sealed class SourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edged-sources").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("digits", "")]
    [InlineData("bars", "")]
    [InlineData("picture", "pictures/b.bmp")]
    [InlineData("directory", "pictures")]
    [InlineData("raw", "frames.yuyv")]
    [InlineData("raw", "frames.nv12")]
    [InlineData("raw", "frames.rgb24")]
    public void Every_source_ends_in_predictions(string kind, string path)
    {
        const int Width = 64, Height = 48, Frames = 3;
        string format = path.Length > 0 && kind == "raw" ? path["frames.".Length..] : "yuyv";
        if (kind is "picture" or "directory")
            WritePictures();
        if (kind == "raw")
            WriteFrames(Path.Combine(folder, path), format switch { "nv12" => PixelFormat.Nv12, "rgb24" => PixelFormat.Rgb24, _ => PixelFormat.Yuyv }, Width, Height, Frames);

        string config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, JsonSerializer.Serialize(new
        {
            model = EdgedProcess.SampleModel,
            source = new { kind, path = path.Length == 0 ? null : path, width = Width, height = Height, format, frames = kind is "digits" or "bars" ? Frames : 0 },
            decision = new { averageFrames = 2 },
            top = 2,
        }));
        (int code, string output, string error) = EdgedProcess.Run("run", "--config", config);
        Assert.Equal((0, ""), (code, error));
        JsonElement[] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(kind == "picture" ? 1 : Frames, lines.Length);
        Assert.All(lines, l => Assert.Equal(2, l.GetProperty("top").GetArrayLength()));
    }

    /// <summary>A picture that is none is skipped with a line on standard error; the others of its directory are recognised.</summary>
    [Fact]
    public void A_directory_with_a_broken_picture_goes_on_with_the_next()
    {
        WritePictures();
        File.WriteAllText(Path.Combine(folder, "pictures", "aa.bmp"), "no picture");
        string config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, JsonSerializer.Serialize(new { model = EdgedProcess.SampleModel, source = new { kind = "directory", path = "pictures" } }));
        (int code, string output, string error) = EdgedProcess.Run("run", "--config", config);
        Assert.Equal(0, code);
        Assert.Equal(3, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("edged: skipped: ", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>Either signal lets the frame in work end: the last line is whole, the exit code 0.</summary>
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_signal_ends_the_program_after_the_frame_in_work(string signal)
    {
        string config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, JsonSerializer.Serialize(new { model = EdgedProcess.SampleModel, source = new { kind = "digits", framesPerSecond = 50 } }));
        using Process process = EdgedProcess.Start("run", "--config", config);
        for (int i = 0; i < 3; i++)
            JsonDocument.Parse(process.StandardOutput.ReadLine()!);
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            kill.WaitForExit();
        string rest = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "edged did not end");
        Assert.Equal((0, ""), (process.ExitCode, process.StandardError.ReadToEnd()));
        Assert.All(rest.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line));
        Assert.True(rest.Length == 0 || rest[^1] == '\n', rest);
    }

    [Fact]
    public void Infer_takes_and_gives_several_tensors_in_order()
    {
        var builder = new GraphBuilder();
        int a = builder.AddActivation("a", DataType.Float32, new Shape(2)), b = builder.AddActivation("b", DataType.Float32, new Shape(2));
        int sum = builder.AddActivation("sum", DataType.Float32, new Shape(2)), difference = builder.AddActivation("difference", DataType.Float32, new Shape(2));
        builder.AddNode(OperatorKind.Add, "add", [a, b], [sum], new ActivationOptions());
        builder.AddNode(OperatorKind.Sub, "sub", [a, b], [difference], new ActivationOptions());
        builder.AddInput(a);
        builder.AddInput(b);
        builder.AddOutput(sum);
        builder.AddOutput(difference);
        string model = Path.Combine(folder, "two.edge");
        using (var edge = new EdgeModel(builder.Build(), new ModelMetadata()))
            edge.Save(model);
        string[] files = [.. ((string[])["a", "b", "sum", "difference"]).Select(name => Path.Combine(folder, name))];
        File.WriteAllBytes(files[0], System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([5, 7]));
        File.WriteAllBytes(files[1], System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([1, -2]));
        Assert.Equal((0, "", ""), EdgedProcess.Run("infer", model, "--input", files[0], "--input", files[1], "--output", files[2], "--output", files[3]));
        Assert.Equal([6, 5], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(files[2])).ToArray());
        Assert.Equal([4, 9], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(files[3])).ToArray());

        (int code, _, string error) = EdgedProcess.Run("classify", model, files[0]);
        Assert.Equal(4, code);
        Assert.Contains("do not say how a picture becomes its input", error, StringComparison.Ordinal);
    }

    private void WritePictures()
    {
        Directory.CreateDirectory(Path.Combine(folder, "pictures"));
        using var digits = new SyntheticDigits(32, 32, PixelFormat.Grey8, seed: 3, framesPerDigit: 1);
        foreach (string name in (string[])["a.bmp", "b.bmp", "c.bmp"])
        {
            Assert.True(digits.TryRead(out Frame? frame));
            File.WriteAllBytes(Path.Combine(folder, "pictures", name), GreyBitmap.Of(frame));
        }
    }

    private static void WriteFrames(string path, PixelFormat format, int width, int height, int count)
    {
        using var bars = new MovingBars(width, height, format);
        using FileStream file = File.Create(path);
        for (int i = 0; i < count; i++)
        {
            Assert.True(bars.TryRead(out Frame? frame));
            file.Write(frame.Data);
        }
    }
}
