using System.CommandLine;
using EdgeRuntime.Compiler.Generation;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>edgec generate: a network of the catalogue or a single layer with random weights, to see what a board can carry.</summary>
internal static class GenerateVerb
{
    /// <summary>The method that the residual binary networks are made for.</summary>
    private const string BinaryMethod = "react";

    public static Command Create()
    {
        var name = new Argument<string>("name")
        {
            Description = "network: " + string.Join(", ", NetworkCatalog.All.Select(n => n.Name)) + "; or layer: " + string.Join(", ", LayerGenerators.All.Select(g => g.Name))
                + " (_ may stand for -)",
        };
        var weights = new Option<string>("--weights") { Description = "int8, float, or binary (networks that have a binary form; layers: int8 activations, weights of a bit)", DefaultValueFactory = _ => "int8" };
        var size = new Option<int>("--size") { Description = "Height and width of the input", DefaultValueFactory = _ => 32 };
        var channels = new Option<int?>("--channels") { Description = "Channels of the input (default: 3 for networks, 64 for layers)" };
        var outputs = new Option<int?>("--out-channels") { Description = "Layers: channels of the output (default: as many as the input)" };
        var kernel = new Option<int>("--kernel") { Description = "Layers: height and width of the window", DefaultValueFactory = _ => 3 };
        var stride = new Option<int>("--stride") { Description = "Layers: stride, both ways", DefaultValueFactory = _ => 1 };
        var dilation = new Option<int>("--dilation") { Description = "Layers: distance of the window's taps", DefaultValueFactory = _ => 1 };
        var padding = new Option<string>("--padding") { Description = "Layers: same or valid", DefaultValueFactory = _ => "same" };
        var activation = new Option<string>("--activation") { Description = "Layers: none, relu or relu6", DefaultValueFactory = _ => "none" };
        var width = new Option<double>("--width") { Description = "Networks: factor of the number of channels", DefaultValueFactory = _ => 1.0 };
        var classes = new Option<int?>("--classes") { Description = "Networks: number of classes (default: 1000 for inputs from 96 on, else 10)" };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the weights", DefaultValueFactory = _ => 1UL };
        var packing = new Option<string>("--output") { Description = "bconv, bdepthwise: packed, int8 or float output", DefaultValueFactory = _ => "packed" };
        var output = new Option<string>("-o") { Description = "File to write", Required = true };
        weights.AcceptOnlyFromAmong("int8", "float", "binary");
        padding.AcceptOnlyFromAmong("same", "valid");
        packing.AcceptOnlyFromAmong("packed", "int8", "float");
        activation.AcceptOnlyFromAmong("none", "relu", "relu6");

        var command = new Command("generate", "Writes a network or a single layer with random weights.")
        {
            name, weights, size, channels, outputs, kernel, stride, dilation, padding, activation, width, classes, seed, packing, output,
        };
        command.SetAction(parse =>
        {
            string kind = parse.GetRequiredValue(name).Replace('_', '-');
            string type = parse.GetRequiredValue(weights), file = parse.GetRequiredValue(output);
            var metadata = new ModelMetadata { Name = Path.GetFileNameWithoutExtension(file), Description = "Random weights.", CreatedBy = CommandLineText.Of(parse) };
            int side = parse.GetValue(size);
            ulong start = parse.GetValue(seed);
            EdgeModel model;
            if (LayerGenerators.Find(kind) is { } generator)
            {
                int inputs = parse.GetValue(channels) ?? 64;
                var request = new LayerRequest(
                    side, inputs, parse.GetValue(outputs) ?? inputs, parse.GetValue(kernel), parse.GetValue(stride), parse.GetValue(dilation),
                    parse.GetValue(padding) == "valid" ? PaddingMode.Valid : PaddingMode.Same,
                    parse.GetValue(activation) switch { "relu" => Activation.Relu, "relu6" => Activation.Relu6, _ => Activation.None })
                {
                    Weights = type switch { "int8" => DataType.Int8, "binary" => DataType.Bit, _ => DataType.Float32 },
                    Output = parse.GetValue(packing) switch { "int8" => DataType.Int8, "float" => DataType.Float32, _ => DataType.Bit },
                };
                if (type == "binary" && generator.IsReal && !generator.HasBinaryWeights)
                    throw new CommandException(ExitCode.Usage, $"layer '{kind}' has no binary form; --weights can be int8 or float");
                model = RandomModels.Layer(generator, request, metadata, start);
            }
            else if (NetworkCatalog.Contains(kind))
            {
                int colours = parse.GetValue(channels) ?? 3;
                if (colours is not (1 or 3))
                    throw new CommandException(ExitCode.Usage, $"--channels is {colours}; the pictures of a network have 1 or 3");
                var shape = new PictureShape(Within("--size", side, 4096), side, colours);
                int count = Within("--classes", parse.GetValue(classes) ?? (side >= 96 ? 1000 : 10), 1 << 16);
                var request = new NetworkRequest(shape, count, type == "binary" ? BinaryMethod : "float", parse.GetValue(width));
                model = RandomModels.Network(kind, request, type == "int8", metadata, start);
            }
            else
            {
                throw new CommandException(
                    ExitCode.Usage,
                    $"'{kind}' is neither a network ({string.Join(", ", NetworkCatalog.All.Select(n => n.Name))}) nor a layer ({string.Join(", ", LayerGenerators.All.Select(g => g.Name))})");
            }

            using (model)
                model.Save(file);
            parse.InvocationConfiguration.Output.WriteLine($"{file}: {new FileInfo(file).Length:N0} bytes");
        });
        return command;
    }

    private static int Within(string option, int value, int most) => value >= 1 && value <= most
        ? value
        : throw new CommandException(ExitCode.Usage, $"{option} is {value}; it must be 1..{most}");
}
