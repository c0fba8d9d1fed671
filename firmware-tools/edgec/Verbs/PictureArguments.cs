using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeRuntime.Compression.Import;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>Options that say how pictures become the input of a network.</summary>
internal sealed class PictureArguments
{
    private readonly Option<IReadOnlyList<float>?> mean = new("--mean")
    {
        Description = "mean per channel of pixels in 0..1, separated by commas",
        HelpName = "M[,M,M]",
        CustomParser = result => Numbers(result),
    };

    private readonly Option<IReadOnlyList<float>?> deviation = new("--std")
    {
        Description = "standard deviation per channel of pixels in 0..1, separated by commas",
        HelpName = "S[,S,S]",
        CustomParser = result => Numbers(result),
    };

    private readonly Option<(float, float)?> range = new("--input-range")
    {
        Description = "real values of black and white, as in 0..1, -1..1, 0..255 (default: from the quantization of an int8 input, else 0..1)",
        HelpName = "BLACK..WHITE",
        CustomParser = result => Range(result),
    };

    private readonly Option<ImageFit?> fit = new("--fit") { Description = "pictures of another aspect ratio: stretch, crop (default) or letterbox" };
    private readonly Option<ImageLayout?> layout = new("--layout") { Description = "nhwc or nchw (default: from the input's shape)" };
    private readonly Option<ImageChannels?> channels = new("--channels") { Description = "grey, rgb or bgr (default: from the input's shape)" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[mean, deviation, range, fit, layout, channels])
            command.Add(option);
    }

    /// <summary>The values that were given.</summary>
    public PictureOptions Read(ParseResult parse) => new()
    {
        Mean = parse.GetValue(mean),
        Deviation = parse.GetValue(deviation),
        InputRange = parse.GetValue(range),
        Fit = parse.GetValue(fit),
        Layout = parse.GetValue(layout),
        Channels = parse.GetValue(channels),
    };

    private static List<float>? Numbers(ArgumentResult result)
    {
        var values = new List<float>();
        foreach (string part in result.Tokens[0].Value.Split(','))
        {
            if (!TryParse(part, out float value))
            {
                result.AddError($"'{part}' in '{result.Tokens[0].Value}' is no number");
                return null;
            }

            values.Add(value);
        }

        return values;
    }

    private static (float, float)? Range(ArgumentResult result)
    {
        string[] parts = result.Tokens[0].Value.Split("..");
        if (parts.Length == 2 && TryParse(parts[0], out float black) && TryParse(parts[1], out float white))
            return (black, white);
        result.AddError($"'{result.Tokens[0].Value}' is no range; it is written as in -1..1");
        return null;
    }

    private static bool TryParse(string text, out float value) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
}
