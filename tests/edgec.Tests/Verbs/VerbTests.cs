using System.Text.Json;
using EdgeRuntime.Compression.Tests.Import;

namespace EdgeRuntime.Compiler.Tests.Verbs;

/// <summary>The program as a user runs it: import, inspect, eval, data, their results, exit codes, and one line per error.</summary>
[Trait("Category", "Long")]
public sealed class VerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgec-tests").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Import_writes_a_model_with_its_metadata_and_inspect_shows_it()
    {
        string edge = Import("--labels", Write("labels.txt", "blue\ngreen\nred\n\n"), "--name", "colours", "--licence", "Apache-2.0");
        string text = EdgecProcess.Succeeds("inspect", edge);
        foreach (string part in (string[])["name: colours", "licence: Apache-2.0", "labels: 3: blue, green, red", "Mean", "FullyConnected", "Softmax", "total", "arena:", "made by: edgec import colours.tflite"])
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.DoesNotContain(folder, text[text.IndexOf('\n', StringComparison.Ordinal)..], StringComparison.Ordinal);

        JsonElement report = JsonDocument.Parse(EdgecProcess.Succeeds("inspect", edge, "--json")).RootElement;
        Assert.Equal(new FileInfo(edge).Length, report.GetProperty("fileBytes").GetInt64());
        Assert.Equal((9, 9), (report.GetProperty("parameters").GetInt64(), report.GetProperty("multiplyAccumulates").GetInt64()));
        Assert.Equal(["Mean", "FullyConnected", "Softmax"], report.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("operator").GetString()));
        Assert.Equal(32, report.GetProperty("layers")[1].GetProperty("weightBits").GetInt32());
        Assert.True(report.GetProperty("arenaBytes").GetInt64() >= 4 * 4 * 3 * 4);
        Assert.NotEqual(0, report.GetProperty("arena").GetArrayLength());
        Assert.Equal("blue", report.GetProperty("metadata").GetProperty("labels")[0].GetString());
    }

    [Fact]
    public void Import_lists_everything_unsupported_at_once_and_writes_nothing()
    {
        var file = new TFLiteFile();
        int[] t = [.. Enumerable.Range(0, 3).Select(i => file.Add(new FileTensor($"t{i}", TFLiteFile.Float32, [4])))];
        file.Operator(47, [t[0]], [t[1]]);
        file.Operator(32, [t[1]], [t[2]], null, "Fancy");
        file.Inputs.Add(t[0]);
        file.Outputs.Add(t[2]);
        string target = Path.Combine(folder, "no.edge");
        (int code, string output, string error) = EdgecProcess.Run("import", Write("u.tflite", file.Build()), "-o", target);
        Assert.Equal((5, ""), (code, output));
        Assert.Equal(
            ["edgec: the model uses what is not supported (2):", "  EXP (operator 0), tensors 0 't0' -> 1 't1'", "  CUSTOM 'Fancy' (operator 1), tensors 1 't1' -> 2 't2'"],
            error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Forms_shows_bytes_and_times_of_the_three_forms_and_logs_them()
    {
        string log = Path.Combine(folder, "forms.json");
        string text = EdgecProcess.Succeeds("forms", "quicknet-small", "--width", "0.5", "--log", log);
        Assert.Equal(["react", "int8", "float"], text.TrimEnd().Split('\n').Select(l => l.Split(' ')[0]));
        JsonElement root = JsonDocument.Parse(File.ReadAllText(log)).RootElement, figures = root.GetProperty("figures");
        double Figure(string name) => figures.GetProperty(name).GetDouble();
        Assert.True(Figure("binaryBytes") * 2 < Figure("int8Bytes") && Figure("int8Bytes") * 2 < Figure("floatBytes"), figures.ToString());
        Assert.All((string[])["binaryMicroseconds", "int8Microseconds", "floatMicroseconds"], n => Assert.True(Figure(n) > 0));
        Assert.Equal("edgec forms quicknet-small --width 0.5 --log forms.json", root.GetProperty("command").GetString());

        (int code, _, string error) = EdgecProcess.Run("forms", "resnet-8", "--method", "bnn");
        Assert.NotEqual(0, code);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains("no form with binary activations", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_counts_what_is_right_and_what_is_taken_for_what()
    {
        string edge = Import();
        string pictures = ColourModel.Pictures(folder);
        File.WriteAllText(Path.Combine(pictures, "test", "red", "broken.bmp"), "no picture");
        string text = EdgecProcess.Succeeds("eval", edge, "--data", pictures);
        Assert.Contains("6 of 7 pictures correct, 85.71 %", text, StringComparison.Ordinal);
        Assert.Contains("1 pictures of the set could not be read", text, StringComparison.Ordinal);
        Assert.Contains("66.7 %", text, StringComparison.Ordinal);

        JsonElement report = JsonDocument.Parse(EdgecProcess.Succeeds("eval", edge, "--data", pictures, "--json")).RootElement;
        Assert.Equal((7, 6, 1), (report.GetProperty("pictures").GetInt32(), report.GetProperty("correct").GetInt32(), report.GetProperty("skipped").GetInt32()));
        Assert.Equal("[[2,0,0],[0,2,1],[0,0,2]]", Compact(report.GetProperty("confusion")));
        Assert.Equal(["blue", "green", "red"], report.GetProperty("classes").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(6.0 / 7, report.GetProperty("accuracy").GetDouble(), 9);
        Assert.True(report.GetProperty("seconds").GetDouble() > 0);
        Assert.Equal(1, JsonDocument.Parse(EdgecProcess.Succeeds("eval", edge, "--data", pictures, "--limit", "1", "--reference", "--json")).RootElement.GetProperty("pictures").GetInt32());
    }

    /// <summary>A network that wants blue first takes red pictures for what it would call blue.</summary>
    [Fact]
    public void Eval_gives_channels_in_the_order_that_the_model_asks_for()
    {
        string edge = Import("--channels", "bgr");
        JsonElement report = JsonDocument.Parse(EdgecProcess.Succeeds("eval", edge, "--data", ColourModel.Pictures(folder), "--json")).RootElement;
        Assert.Equal("[[0,0,2],[1,2,0],[2,0,0]]", Compact(report.GetProperty("confusion")));
    }

    [Fact]
    public void Errors_are_one_line_with_an_exit_code_of_their_own()
    {
        string edge = Import();
        string model = Path.Combine(folder, "colours.tflite"), junk = Write("junk", "this is nothing of the kind"), target = Path.Combine(folder, "new.edge");
        EdgecProcess.Fails(2, "'--output' is required", "import", model);
        EdgecProcess.Fails(2, "'1..x'", "import", model, "-o", target, "--input-range", "1..x");
        EdgecProcess.Fails(2, "--limit is 0", "eval", edge, "--data", "mnist", "--limit", "0");
        EdgecProcess.Fails(2, "imagenet", "data", "imagenet");
        EdgecProcess.Fails(3, "missing.tflite", "import", Path.Combine(folder, "missing.tflite"), "-o", target);
        EdgecProcess.Fails(3, "no-labels", "import", model, "-o", target, "--labels", Path.Combine(folder, "no-labels"));
        EdgecProcess.Fails(3, "new.edge", "import", model, "-o", Path.Combine(folder, "no", "such", "new.edge"));
        EdgecProcess.Fails(3, "missing.edge", "inspect", Path.Combine(folder, "missing.edge"));
        EdgecProcess.Fails(3, "mnist", "eval", edge, "--data", "mnist", "--data-dir", folder);
        EdgecProcess.Fails(4, "junk", "import", junk, "-o", target);
        EdgecProcess.Fails(4, "", "import", Write("cut.tflite", File.ReadAllBytes(model)[..300]), "-o", target);
        EdgecProcess.Fails(6, "junk", "inspect", junk);
        EdgecProcess.Fails(6, "", "inspect", Write("cut.edge", File.ReadAllBytes(edge)[..^9]));
        EdgecProcess.Fails(7, "2 labels", "import", model, "-o", target, "--labels", Write("two.txt", "a\nb\n"));
        EdgecProcess.Fails(7, "line 2", "import", model, "-o", target, "--labels", Write("blank.txt", "a\n\nb\n"));
        string one = Path.Combine(folder, "one", "test", "only");
        Directory.CreateDirectory(Path.Combine(folder, "one", "train", "only"));
        Directory.CreateDirectory(one);
        File.WriteAllBytes(Path.Combine(one, "a.bmp"), ColourModel.Bitmap(1, 2, 3));
        File.WriteAllBytes(Path.Combine(folder, "one", "train", "only", "a.bmp"), ColourModel.Bitmap(1, 2, 3));
        EdgecProcess.Fails(7, "3 scores", "eval", edge, "--data", Path.Combine(folder, "one"));
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Help_names_every_verb_and_option()
    {
        string help = EdgecProcess.Succeeds("--help");
        Assert.All((string[])["data", "train", "import", "inspect", "eval"], verb => Assert.Contains($"  {verb} ", help, StringComparison.Ordinal));
        Assert.All((string[])["--labels", "--mean", "--input-range", "--channels"], o => Assert.Contains(o, EdgecProcess.Succeeds("import", "--help"), StringComparison.Ordinal));
    }

    private string Import(params string[] options)
    {
        string edge = Path.Combine(folder, "colours.edge");
        EdgecProcess.Succeeds(["import", Write("colours.tflite", ColourModel.TFLite()), "-o", edge, .. options]);
        return edge;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
