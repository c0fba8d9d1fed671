using EdgeRuntime.Compiler.Results;

namespace EdgeRuntime.Compiler.Tests.Verbs;

/// <summary>edgec distill and distill-toy as a user runs them.</summary>
[Trait("Category", "Long")]
public sealed class DistillVerbTests : IDisposable
{
    private static readonly (byte Red, byte Green, byte Blue) Blue = (10, 20, 250), Red = (220, 40, 5), Green = (0, 200, 30);
    private readonly string folder = Directory.CreateTempSubdirectory("edgec-distill").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_student_learns_from_a_run_and_a_finished_run_can_be_resumed()
    {
        string data = Pictures("two", ("blue", Blue), ("red", Red)), teacher = Teacher(data);
        string student = Path.Combine(folder, "student.edge"), log = Path.Combine(folder, "student.json");
        string[] words = Distill(teacher, data, student, "--method", "Bss", "--attacked", "4", "--bf16", "--pictures", "16", "--log", log);
        string text = EdgecProcess.Succeeds(words);
        Assert.Contains("teacher lenet-300-100", text, StringComparison.Ordinal);
        Assert.Contains("two: 16 + 4 + 8 pictures", text.Replace(data, "two", StringComparison.Ordinal), StringComparison.Ordinal);
        ResultLog first = ResultLog.Read(log);
        Assert.StartsWith("boundary supporting samples of lenet-300-100, temperature 3, alpha 4, beta 2, 4 attacked, 10 steps of 0.3", first.Configuration["objective"], StringComparison.Ordinal);
        Assert.Equal(1, first.Figures["runtimeTestAccuracy"]);
        Assert.Equal(16, first.Figures["trainPictures"]);
        Assert.True(first.Figures["microseconds"] > 0);

        byte[] file = File.ReadAllBytes(student);
        EdgecProcess.Succeeds([.. words, "--resume"]);
        Assert.Equal(file, File.ReadAllBytes(student));
        Assert.Equal(first.Series["trainLoss"], ResultLog.Read(log).Series["trainLoss"]);
    }

    [Fact]
    public void Teachers_that_do_not_fit_and_impossible_settings_are_one_line_each()
    {
        string data = Pictures("two", ("blue", Blue), ("red", Red)), teacher = Teacher(data), target = Path.Combine(folder, "no.edge");
        string three = Pictures("three", ("blue", Blue), ("green", Green), ("red", Red)), other = Pictures("other", ("blue", Blue), ("green", Green));
        string exchanged = Pictures("exchanged", ("blue", Red), ("red", Blue));
        EdgecProcess.Fails(2, "temperature is 0;", Distill(teacher, data, target, "--method", "Hinton", "--temperature", "0"));
        EdgecProcess.Fails(2, "alpha is 2;", Distill(teacher, data, target, "--method", "Hinton", "--alpha", "2"));
        EdgecProcess.Fails(2, "has 2 classes; the data set has 8x8x3 and 3", Distill(teacher, three, target, "--method", "Hinton"));
        EdgecProcess.Fails(2, "they must be the same", Distill(teacher, other, target, "--method", "Bss"));
        EdgecProcess.Fails(2, "takes 8x8x3", Distill(teacher, data, target, "--method", "Hinton", "--picture-size", "16"));
        EdgecProcess.Fails(2, "the commonest class alone is", Distill(teacher, exchanged, target, "--method", "Bss"));
        EdgecProcess.Fails(2, "--pictures is 0", Distill(teacher, data, target, "--method", "Hinton", "--pictures", "0"));
        EdgecProcess.Fails(2, "Fitnets", Distill(teacher, data, target, "--method", "Fitnets"));
        EdgecProcess.Fails(7, "missing.run", Distill(Path.Combine(folder, "missing.run"), data, target, "--method", "Hinton"));
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void The_toy_problem_becomes_a_picture_and_a_log()
    {
        string picture = Path.Combine(folder, "toy.png"), log = Path.Combine(folder, "toy.json");
        Assert.Contains("toy.png: students decide like their teacher on", EdgecProcess.Succeeds("distill-toy", "--steps", "20", "--runs", "2", "-o", picture, "--log", log), StringComparison.Ordinal);
        Assert.True(File.ReadAllBytes(picture).AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47]));
        Assert.All(ResultLog.Read(log).Series.Values, v => Assert.Equal(2, v.Count));
        EdgecProcess.Fails(2, "--runs is 0", "distill-toy", "--runs", "0", "-o", picture);
        EdgecProcess.Fails(2, "--steps is 0", "distill-toy", "--steps", "0", "-o", picture);
    }

    private string Teacher(string data)
    {
        string file = Path.Combine(folder, "teacher.edge");
        EdgecProcess.Succeeds(
            "train", "--network", "lenet-300-100", "--data", data, "--picture-size", "8", "--epochs", "6", "--batch", "8", "--validation", "4", "--threads", "1", "-o", file);
        return Path.ChangeExtension(file, ".run");
    }

    private static string[] Distill(string teacher, string data, string target, params string[] options) =>
    [
        "distill", "--teacher", teacher, "--student", "lenet-300-100", "--data", data, "--epochs", "6", "--batch", "8", "--validation", "4", "--threads", "1", "-o", target,
        .. options.Contains("--picture-size") ? options : [.. options, "--picture-size", "8"],
    ];

    /// <summary>A folder of pictures by class: 12 of each to train with and 4 to test, of a colour in different brightness.</summary>
    private string Pictures(string name, params (string Class, (byte Red, byte Green, byte Blue) Colour)[] classes)
    {
        foreach (var (label, colour) in classes)
        {
            for (int i = 0; i < 16; i++)
            {
                string path = Path.Combine(folder, name, i < 12 ? "train" : "test", label);
                Directory.CreateDirectory(path);
                double light = 0.5 + (i % 8 * 0.07);
                File.WriteAllBytes(Path.Combine(path, $"{i}.bmp"), ColourModel.Bitmap((byte)(colour.Red * light), (byte)(colour.Green * light), (byte)(colour.Blue * light)));
            }
        }

        return Path.Combine(folder, name);
    }
}
