using System.Text;
using System.Text.Json;

namespace EdgeRuntime.Daemon;

/// <summary>Checks the values of a configuration against their limits, and names the place of what is wrong.</summary>
internal sealed class ConfigCheck(string path, byte[] json)
{
    /// <summary>Checks all that can be checked without the model.</summary>
    /// <exception cref="DaemonException">A value is outside its limits; the message begins with file, line and column.</exception>
    public void Check(DaemonConfig config)
    {
        Range("$.threads", config.Threads, 1, 64);
        Range("$.top", config.Top, 1, 100);
        CheckSource(config.Source);

        DecisionConfig d = config.Decision;
        Range("$.decision.averageFrames", d.AverageFrames, 1, 1000);
        Range("$.decision.minimumConfidence", d.MinimumConfidence, 0, 1);
        Range("$.decision.hysteresis", d.Hysteresis, 0, 1);
        Range("$.decision.ofFrames", d.OfFrames, 1, 1000);
        Range("$.decision.requiredFrames", d.RequiredFrames, 1, d.OfFrames);
        Range("$.decision.coolDownMilliseconds", d.CoolDownMilliseconds, 0, 86_400_000);
        foreach ((string label, float threshold) in d.LabelThresholds)
            Range($"$.decision.labelThresholds.{label}", threshold, 0, 1);

        for (int i = 0; i < config.Reporters.Count; i++)
        {
            ReporterConfig r = config.Reporters[i];
            if (r.Kind == ReporterKind.File && string.IsNullOrEmpty(r.Path))
                throw Wrong($"$.reporters[{i}]", "a file reporter needs a path");
        }
    }

    /// <summary>The error for a value at a JSON path.</summary>
    public DaemonException Wrong(string jsonPath, string message)
    {
        (int line, int column) = Locate(jsonPath);
        return new DaemonException(ExitCode.Configuration, $"{path}:{line}:{column}: {message}");
    }

    private void CheckSource(SourceConfig source)
    {
        bool needsPath = source.Kind is SourceKind.Picture or SourceKind.Directory or SourceKind.Raw;
        if (needsPath && string.IsNullOrEmpty(source.Path))
            throw Wrong("$.source", $"a source of kind {source.Kind.ToString().ToLowerInvariant()} needs a path");
        Range("$.source.width", source.Width, 1, 16384);
        Range("$.source.height", source.Height, 1, 16384);
        Range("$.source.seed", source.Seed, 0, long.MaxValue);
        Range("$.source.framesPerDigit", source.FramesPerDigit, 1, 1_000_000);
        Range("$.source.framesPerSecond", source.FramesPerSecond, 0, 1000);
        Range("$.source.frames", source.Frames, 0, long.MaxValue);
        if (FrameSources.PixelFormatOf(source.Format) is null)
            throw Wrong("$.source.format", $"pixel format '{source.Format}' is none of {FrameSources.PixelFormatNames}");
    }

    private void Range(string jsonPath, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            throw Wrong(jsonPath, $"{jsonPath[2..]} is {value}; the limits are {least} and {most}");
    }

    /// <summary>Line and column (both from 1) of the value at a path such as $.reporters[0].path; of its nearest parent if the file leaves it out.</summary>
    private (int Line, int Column) Locate(string jsonPath)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var steps = new Stack<(string Path, int Index)>();
        string current = "$";
        long best = 0;
        int bestLength = 0;
        while (Next(ref reader))
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                current = $"{steps.Peek().Path}.{Encoding.UTF8.GetString(reader.ValueSpan)}";
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                steps.Pop();
                continue;
            }

            if (steps.TryPeek(out var parent) && parent.Index >= 0)
            {
                current = $"{parent.Path}[{parent.Index}]";
                steps.Pop();
                steps.Push((parent.Path, parent.Index + 1));
            }

            if (jsonPath.StartsWith(current, StringComparison.Ordinal) && current.Length > bestLength)
                (best, bestLength) = (reader.TokenStartIndex, current.Length);
            if (reader.TokenType == JsonTokenType.StartObject)
                steps.Push((current, -1));
            else if (reader.TokenType == JsonTokenType.StartArray)
                steps.Push((current, 0));
        }

        ReadOnlySpan<byte> before = json.AsSpan(0, (int)best);
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    /// <summary>The next token; the end where the text is broken further on.</summary>
    private static bool Next(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
