using System.Runtime.InteropServices;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Tests.Verbs;

/// <summary>edgec quantize as a user runs it.</summary>
[Trait("Category", "Long")]
public sealed class QuantizeVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgec-quantize").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_float_network_becomes_int8_and_is_measured()
    {
        string target = Path.Combine(folder, "q.edge"), log = Path.Combine(folder, "q.json");
        string text = EdgecProcess.Succeeds("quantize", Network(), "--data", ColourModel.Pictures(folder), "-o", target, "--log", log);
        Assert.Contains("of 7 test pictures correct", text, StringComparison.Ordinal);
        using EdgeModel model = EdgeModel.Load(target);
        Assert.All(model.Graph.Nodes, n => Assert.Equal(DataType.Int8, model.Graph.Tensors[n.Outputs[0]].Type));
        Assert.Equal(new FileInfo(target).Length, ResultLog.Read(log).Figures["fileBytes"]);
    }

    [Fact]
    public void Bits_per_layer_keep_to_the_size_of_the_whole_file_and_the_curve_says_which_point_it_is()
    {
        string target = Path.Combine(folder, "q.edge"), curve = Path.Combine(folder, "curve.png");
        EdgecProcess.Succeeds("quantize", Network(), "--data", ColourModel.Pictures(folder), "--validation", "2", "--target-size", "8000", "-o", target, "--curve", curve);
        long length = new FileInfo(target).Length;
        Assert.InRange(length, 1, 8000);
        string[][] rows = [.. File.ReadAllLines(Path.ChangeExtension(curve, ".csv")).Skip(1).Select(l => l.Split(','))];
        Assert.Equal(length, long.Parse(Assert.Single(rows, r => r[3] == "1")[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(rows.Length > 5, $"the curve has {rows.Length} points");
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(curve)[1..4]);
        Assert.Contains("Conv2D", EdgecProcess.Succeeds("inspect", target), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_one_line_with_an_exit_code_of_their_own()
    {
        string model = Network(), pictures = ColourModel.Pictures(folder), target = Path.Combine(folder, "new.edge"), int8 = Path.Combine(folder, "int8.edge");
        EdgecProcess.Fails(5, "cannot be brought to 100 bytes; the nearest is", "quantize", model, "--data", pictures, "--validation", "2", "--target-size", "100", "-o", target);
        EdgecProcess.Fails(2, "exclude each other", "quantize", model, "--data", pictures, "--target-size", "100", "--target-accuracy", "90", "-o", target);
        EdgecProcess.Fails(2, "--target-accuracy is 101", "quantize", model, "--data", pictures, "--target-accuracy", "101", "-o", target);
        EdgecProcess.Fails(2, "--calibration-pictures is 0", "quantize", model, "--data", pictures, "--calibration-pictures", "0", "-o", target);
        EdgecProcess.Fails(5, "weights of 9 bits", "quantize", model, "--data", pictures, "--bits", "9", "-o", target);
        EdgecProcess.Succeeds("quantize", model, "--data", pictures, "-o", int8);
        EdgecProcess.Fails(5, "starts from a network with one Float32 input", "quantize", int8, "--data", pictures, "-o", target);
        Assert.False(File.Exists(target));
    }

    /// <summary>Two convolutions and a classifier of three classes with random weights.</summary>
    private string Network()
    {
        var random = new Random(1);
        var b = new GraphBuilder();
        int x = b.AddActivation("x", DataType.Float32, new Shape(1, 8, 8, 3));
        b.AddInput(x);
        int a = Layer(OperatorKind.Conv2D, "conv1", x, new Shape(1, 8, 8, 16), new Conv2DOptions { Padding = Padding2D.Same, Activation = Activation.Relu }, 16, 3, 3, 3);
        int c = Layer(OperatorKind.Conv2D, "conv2", a, new Shape(1, 8, 8, 48), new Conv2DOptions { Padding = Padding2D.Same, Activation = Activation.Relu }, 48, 3, 3, 16);
        int mean = b.AddActivation("mean", DataType.Float32, new Shape(1, 48));
        b.AddNode(OperatorKind.Mean, "mean", [c], [mean], new ReduceOptions([1, 2], false));
        b.AddOutput(Layer(OperatorKind.FullyConnected, "classifier", mean, new Shape(1, 3), new ActivationOptions(), 3, 48));
        var pictures = new ImagePreprocessing(8, 8, ImageChannels.Rgb, ImageLayout.Nhwc, ImageFit.Crop, [0, 0, 0], [1, 1, 1]);
        string path = Path.Combine(folder, "float.edge");
        new EdgeModel(b.Build(), new ModelMetadata { Name = "random", Preprocessing = pictures }).Save(path);
        return path;

        int Layer(OperatorKind kind, string name, int input, Shape output, OperatorOptions options, params int[] weights)
        {
            float[] values = [.. Enumerable.Range(0, weights.Aggregate((p, d) => p * d)).Select(_ => (float)(random.NextDouble() - 0.5))];
            int w = b.AddConstant(name + ".w", DataType.Float32, new Shape(weights), MemoryMarshal.AsBytes<float>(values).ToArray());
            int y = b.AddActivation(name, DataType.Float32, output);
            b.AddNode(kind, name, [input, w], [y], options);
            return y;
        }
    }
}
