using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeRuntime.Compression;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Training.Sharing;

/// <summary>The log of a compression, as JSON beside its result.</summary>
public sealed record CompressionLog
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    /// <summary>Name of the network.</summary>
    public required string Network { get; init; }

    /// <summary>Data set, or "" if none was used.</summary>
    public required string Data { get; init; }

    /// <summary>Command line that made the file.</summary>
    public required string Command { get; init; }

    /// <summary>Bits and shares.</summary>
    public required SharingOptions Sharing { get; init; }

    /// <summary>Training of the shared values; null if there was none.</summary>
    public TrainingOptions? Training { get; init; }

    /// <summary>Revision of the program's source, where it is run from a checkout.</summary>
    public string? Commit { get; init; }

    /// <summary>Test accuracies on the way; null if no data set was named.</summary>
    public SharingAccuracy? Accuracy { get; init; }

    /// <summary>Test accuracy (0..1) of the file in the runtime; null if no data set was named.</summary>
    public double? RuntimeAccuracy { get; init; }

    /// <summary>All constants of the network as float32.</summary>
    public required long FloatBytes { get; init; }

    /// <summary>The whole file.</summary>
    public required long FileBytes { get; init; }

    /// <summary>The layers.</summary>
    public required IReadOnlyList<LayerBreakdown> Layers { get; init; }

    /// <summary>Writes the log.</summary>
    public void Write(string path) => DataFile.WriteAtomically(path, stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>Reads a log.</summary>
    /// <exception cref="TrainingException">The file is missing or no log.</exception>
    public static CompressionLog Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<CompressionLog>(stream, Json) ?? throw new JsonException("empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new TrainingException(TrainingError.File, $"log {path} cannot be read: {e.Message}", e);
        }
    }
}
