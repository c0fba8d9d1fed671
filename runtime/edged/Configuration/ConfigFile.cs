using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace EdgeRuntime.Daemon;

/// <summary>Reads a configuration file: JSON with comments and trailing commas. Unknown keys and impossible values are refused with line and column.</summary>
internal static class ConfigFile
{
    private const long MaxBytes = 1 << 20;

    /// <summary>The configuration of a file, checked, its paths made absolute.</summary>
    /// <exception cref="DaemonException">The file cannot be read or says something impossible.</exception>
    public static DaemonConfig Read(string path)
    {
        byte[] json = ReadBytes(path);
        DaemonConfig config = Parse(path, json);
        new ConfigCheck(path, json).Check(config);
        string directory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        return config with
        {
            Model = System.IO.Path.Combine(directory, config.Model),
            Labels = config.Labels is { } labels ? System.IO.Path.Combine(directory, labels) : null,
            Source = config.Source with { Path = config.Source.Path is { } source ? System.IO.Path.Combine(directory, source) : null },
            Reporters = [.. config.Reporters.Select(r => r with { Path = r.Path is { } file ? System.IO.Path.Combine(directory, file) : null })],
        };
    }

    /// <summary>The configuration of JSON text, before its values are checked.</summary>
    internal static DaemonConfig Parse(string path, byte[] json)
    {
        if (!Utf8.IsValid(json))
            throw new DaemonException(ExitCode.Configuration, $"{path}: the file is not valid UTF-8 text");
        try
        {
            return JsonSerializer.Deserialize(json, ConfigJson.Default.DaemonConfig)
                ?? throw new DaemonException(ExitCode.Configuration, $"{path}:1:1: the configuration is null; an object is needed");
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair, escaped: valid JSON, but no text.
            throw new DaemonException(ExitCode.Configuration, $"{path}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            string message = e.Message;
            int tail = message.IndexOf(" Path: $", StringComparison.Ordinal);
            if (tail < 0)
                tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            string what = Plain(tail < 0 ? message : message[..tail]);

            // Broken JSON has a place of its own; for a value that does not fit the serializer names one behind its object, so its path is looked up.
            bool broken = e.InnerException is JsonException || e.Path is null or "$";
            if (!broken)
                throw new ConfigCheck(path, json).Wrong(e.Path!, $"{what} (at {e.Path})");
            throw new DaemonException(ExitCode.Configuration, $"{path}:{(e.LineNumber ?? 0) + 1}:{(e.BytePositionInLine ?? 0) + 1}: {what}", e);
        }
    }

    /// <summary>The serializer's words for an unknown key name types of the program; the user's file has only the key.</summary>
    private static string Plain(string message)
    {
        const string Unknown = "The JSON property '";
        if (message.StartsWith(Unknown, StringComparison.Ordinal) && message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            int end = message.IndexOf('\'', Unknown.Length);
            return $"unknown key '{message[Unknown.Length..end]}'";
        }

        return message.Replace("EdgeRuntime.Daemon.", "", StringComparison.Ordinal);
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxBytes)
                throw new DaemonException(ExitCode.Configuration, $"{path} has {length} bytes; the limit for a configuration is {MaxBytes}");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DaemonException(ExitCode.File, $"configuration {path} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>Serializer code for the configuration, generated when the program is compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(DaemonConfig))]
internal sealed partial class ConfigJson : JsonSerializerContext;
