using System.CommandLine;
using System.Globalization;
using EdgeRuntime.Compiler.Generation;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>edgec forms: bytes and times of a network's binary, int8 and float forms.</summary>
internal static class FormsVerb
{
    private static readonly string[] Methods = ["bnn", "xnor", "react", "bwn", "binaryconnect"];

    public static Command Create()
    {
        var name = new Argument<string>("network") { Description = "Network: " + string.Join(", ", NetworkCatalog.All.Select(n => n.Name)) };
        var method = new Option<string>("--method") { Description = "Method whose form is compared: " + string.Join(", ", Methods), DefaultValueFactory = _ => "react" };
        var size = new Option<int>("--size") { Description = "Height and width of the input", DefaultValueFactory = _ => 32 };
        var channels = new Option<int>("--channels") { Description = "Channels of the input, 1 or 3", DefaultValueFactory = _ => 3 };
        var width = new Option<double>("--width") { Description = "Factor of the number of channels", DefaultValueFactory = _ => 1.0 };
        var classes = new Option<int?>("--classes") { Description = "Number of classes (default: 1000 for inputs from 96 on, else 10)" };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the weights", DefaultValueFactory = _ => 1UL };
        var log = new Option<string?>("--log") { Description = "Log for the page of results: docs/results/forms-NAME.json" };
        method.AcceptOnlyFromAmong(Methods);
        size.Validators.Add(r => Within(r, size, 4096));
        channels.Validators.Add(r =>
        {
            if (r.GetValue(channels) is not (1 or 3))
                r.AddError($"--channels is {r.GetValue(channels)}; pictures have 1 or 3");
        });
        var command = new Command("forms", "Measures bytes and times of a network's binary, int8 and float forms, with random weights, on this machine.")
        {
            name, method, size, channels, width, classes, seed, log,
        };
        command.SetAction(parse =>
        {
            string network = parse.GetRequiredValue(name);
            int side = parse.GetValue(size);
            ulong start = parse.GetValue(seed);
            var request = new NetworkRequest(
                new PictureShape(side, side, parse.GetValue(channels)), parse.GetValue(classes) ?? (side >= 96 ? 1000 : 10), parse.GetRequiredValue(method), parse.GetValue(width));
            var (binary, int8, real) = FormMeasurement.Of(network, request, start);
            TextWriter text = parse.InvocationConfiguration.Output;
            foreach (var (form, cost) in new[] { (request.Method, binary), ("int8", int8), ("float", real) })
                text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{form,-14} {cost.FileBytes,14:N0} bytes {cost.Microseconds,12:N0} us"));
            if (parse.GetValue(log) is { } path)
                Log(CommandLineText.Of(parse), network, request, start, binary, int8, real).Write(path);
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static ResultLog Log(string command, string network, NetworkRequest request, ulong seed, FormCost binary, FormCost int8, FormCost real) => new()
    {
        Command = command,
        Seed = seed,
        Configuration = new(StringComparer.Ordinal)
        {
            ["network"] = network,
            ["method"] = request.Method,
            ["input"] = request.Input.ToString(),
            ["width"] = request.Width.ToString(CultureInfo.InvariantCulture),
            ["machine"] = FormMeasurement.Machine,
        },
        Figures = new(StringComparer.Ordinal)
        {
            ["binaryBytes"] = binary.FileBytes,
            ["int8Bytes"] = int8.FileBytes,
            ["floatBytes"] = real.FileBytes,
            ["binaryMicroseconds"] = Math.Round(binary.Microseconds, 1),
            ["int8Microseconds"] = Math.Round(int8.Microseconds, 1),
            ["floatMicroseconds"] = Math.Round(real.Microseconds, 1),
        },
    };

    private static void Within(System.CommandLine.Parsing.OptionResult result, Option<int> option, int most)
    {
        if (result.GetValue(option) is var value && (value < 1 || value > most))
            result.AddError($"{option.Name} is {value}; it must be 1..{most}");
    }
}
