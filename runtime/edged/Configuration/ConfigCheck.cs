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
            ReporterCheck.Check(config.Reporters[i], $"$.reporters[{i}]", this);
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
        bool isCamera = source.Kind is SourceKind.Camera or SourceKind.Rpicam;
        Range("$.source.width", source.Width ?? 1, 1, 16384);
        Range("$.source.height", source.Height ?? 1, 1, 16384);
        Range("$.source.seed", source.Seed, 0, long.MaxValue);
        Range("$.source.framesPerDigit", source.FramesPerDigit, 1, 1_000_000);
        Range("$.source.framesPerSecond", source.FramesPerSecond, 0, 1000);
        Range("$.source.frames", source.Frames, 0, long.MaxValue);
        Range("$.source.exposureMicroseconds", source.ExposureMicroseconds ?? 100, 100, 10_000_000);
        Range("$.source.stallMilliseconds", source.StallMilliseconds ?? 1000, 10, 3_600_000);
        Range("$.source.cameraNumber", source.CameraNumber ?? 0, 0, 15);
        if (source.Format is { } format && FrameSources.PixelFormatOf(format) is null)
            throw Wrong("$.source.format", $"pixel format '{format}' is none of {FrameSources.PixelFormatNames}");
        if (!isCamera && string.Equals(source.Format, "mjpeg", StringComparison.OrdinalIgnoreCase))
            throw Wrong("$.source.format", "only a camera delivers mjpeg");

        Belongs("device", source.Device, source.Kind == SourceKind.Camera, "camera");
        Belongs("exposureMicroseconds", source.ExposureMicroseconds, source.Kind == SourceKind.Camera, "camera");
        Belongs("gain", source.Gain, source.Kind == SourceKind.Camera, "camera");
        Belongs("powerLine", source.PowerLine, source.Kind == SourceKind.Camera, "camera");
        Belongs("stallMilliseconds", source.StallMilliseconds, isCamera, "camera or rpicam");
        Belongs("cameraNumber", source.CameraNumber, source.Kind == SourceKind.Rpicam, "rpicam");
        Belongs("program", source.Program, source.Kind == SourceKind.Rpicam, "rpicam");
        Belongs("arguments", source.Arguments, source.Kind == SourceKind.Rpicam, "rpicam");
    }

    private void Belongs(string key, object? value, bool allowed, string kinds)
    {
        if (value is not null && !allowed)
            throw Wrong($"$.source.{key}", $"'{key}' belongs to sources of kind {kinds}");
    }

    /// <summary>Refuses a value outside its limits.</summary>
    public void Range(string jsonPath, double value, double least, double most)
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
