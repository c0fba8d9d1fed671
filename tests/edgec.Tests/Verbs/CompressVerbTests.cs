using System.Text.Json;
using EdgeRuntime.Compiler.Results;

namespace EdgeRuntime.Compiler.Tests.Verbs;

/// <summary>edgec compress, prune and prune-filters as a user runs them.</summary>
[Trait("Category", "Long")]
public sealed class CompressVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgec-compress").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_becomes_smaller_and_the_log_shows_each_stage()
    {
        string model = Generate("float"), small = Path.Combine(folder, "small.edge"), log = Path.Combine(folder, "log.json");
        string text = EdgecProcess.Succeeds("compress", model, "--bits", "4", "--keep", "0.1", "-o", small, "--log", log);
        Assert.Contains("SparseHuffman", text, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(small).Length, 1, new FileInfo(model).Length / 10);
        ResultLog result = ResultLog.Read(log);
        Assert.Equal(new FileInfo(small).Length, result.Figures["fileBytes"]);
        Assert.Equal(256 * 256, result.Figures["layer.weights.weights"]);
        Assert.InRange(result.Figures["layer.weights.kept"], 6000, 7100);
        using JsonDocument stages = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(small, ".json")));
        Assert.Equal("SparseHuffman", stages.RootElement.GetProperty("Layers")[0].GetProperty("Encoding").GetString());
        Assert.Contains("FullyConnected", EdgecProcess.Succeeds("inspect", small), StringComparison.Ordinal);
    }

    [Fact]
    public void An_int8_file_is_compressed_with_the_types_that_it_has()
    {
        string model = Generate("int8"), small = Path.Combine(folder, "small.edge");
        EdgecProcess.Succeeds("compress", model, "--bits", "4", "--keep", "0.1", "-o", small);
        Assert.InRange(new FileInfo(small).Length, 1, new FileInfo(model).Length / 2);
    }

    [Fact]
    public void Errors_are_one_line_with_an_exit_code_of_their_own()
    {
        string model = Generate("float"), target = Path.Combine(folder, "new.edge"), missing = Path.Combine(folder, "missing.ckpt");
        EdgecProcess.Fails(2, "--bits has 'x'", "compress", model, "--bits", "x", "-o", target);
        EdgecProcess.Fails(5, "codes of 9 bits", "compress", model, "--bits", "9", "-o", target);
        EdgecProcess.Fails(5, "3 numbers of bits are given; the network has 1 layers", "compress", model, "--bits", "4,4,4", "-o", target);
        EdgecProcess.Fails(2, "--keep has '0'", "compress", model, "--keep", "0", "-o", target);
        EdgecProcess.Fails(2, "--data is missing", "compress", missing, "-o", target);
        EdgecProcess.Fails(2, "--keep has '1.5'", "prune", missing, "--data", "mnist", "--keep", "0.1,1.5", "-o", target);
        EdgecProcess.Fails(2, "--output is missing", "prune", missing, "--data", "mnist");
        EdgecProcess.Fails(2, "--criterion has 'colour'", "prune-filters", missing, "--data", "mnist", "--criterion", "colour");
        EdgecProcess.Fails(2, "--resume goes on with a log", "prune-filters", missing, "--data", "mnist", "--resume");
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Removal_of_filters_goes_on_where_its_log_ends_and_no_log_of_another_run_is_taken()
    {
        string pictures = ColourModel.Pictures(folder), run = Path.Combine(folder, "net.run"), log = Path.Combine(folder, "filters.json");
        EdgecProcess.Succeeds(
            "train", "--network", "resnet-8", "--width", "0.25", "--data", pictures, "--picture-size", "8", "--epochs", "1", "--batch", "2", "--validation", "1", "--threads", "1", "--run", run, "-o", Path.Combine(folder, "net.edge"));
        string[] command = ["prune-filters", run, "--data", pictures, "--criterion", "L1Norm,Random", "--remove", "0.5", "--validation", "1", "--threads", "1", "--log", log];
        string text = EdgecProcess.Succeeds([.. command, "--steps", "2"]);
        Assert.Contains("L1Norm, 50 % removed", text, StringComparison.Ordinal);
        ResultLog whole = ResultLog.Read(log);
        Assert.True(whole.Figures["all.50.multiplyAccumulates"] < whole.Figures["baseline.multiplyAccumulates"] / 2);

        // Without one of the two networks: the other is not computed again.
        whole.Figures.Remove("Random.50.retrainedTestAccuracy", out double random);
        whole.Figures["L1Norm.50.retrainedTestAccuracy"] = 0.123;
        whole.Write(log);
        text = EdgecProcess.Succeeds([.. command, "--steps", "2", "--resume"]);
        Assert.DoesNotContain("L1Norm", text, StringComparison.Ordinal);
        ResultLog resumed = ResultLog.Read(log);
        Assert.Equal(0.123, resumed.Figures["L1Norm.50.retrainedTestAccuracy"]);
        Assert.Equal(random, resumed.Figures["Random.50.retrainedTestAccuracy"]);
        Assert.Equal(whole.Command, resumed.Command);
        EdgecProcess.Fails(2, "is of another run", [.. command, "--steps", "3", "--resume"]);
        EdgecProcess.Fails(2, "--steps is -1", [.. command, "--steps", "-1"]);
    }

    private string Generate(string weights)
    {
        string model = Path.Combine(folder, $"{weights}.edge");
        EdgecProcess.Succeeds("generate", "fully-connected", "--weights", weights, "--size", "1", "--channels", "256", "--out-channels", "256", "-o", model);
        return model;
    }
}
