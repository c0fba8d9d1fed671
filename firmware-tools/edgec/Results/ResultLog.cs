using System.Text.Json;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Results;

/// <summary>
/// What one command did and measured, as it stands in docs/results/NAME.json: enough to run it again, and every figure that a page of results shows.
/// </summary>
internal sealed record ResultLog
{
    /// <summary>Name of the log: its file's name without .json.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Name { get; init; } = "";

    /// <summary>The command line (<see cref="CommandLineText"/>).</summary>
    public required string Command { get; init; }

    /// <summary>Revision of the program's source, where it ran from a checkout.</summary>
    public string? Commit { get; init; } = RunLog.CurrentCommit();

    /// <summary>Seed of everything random, where something was.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The configuration: every option that the result depends on.</summary>
    public SortedDictionary<string, string> Configuration { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The figures, by name: shares (0..1), bytes, counts, seconds; the name says which.</summary>
    public SortedDictionary<string, double> Figures { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Courses of figures, by name: a number per epoch, round or setting.</summary>
    public SortedDictionary<string, IReadOnlyList<double>> Series { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Writes the log.</summary>
    public void Write(string path) =>
        DataFile.WriteAtomically(path, stream =>
        {
            JsonSerializer.Serialize(stream, this, JsonOutput.Options);
            stream.WriteByte((byte)'\n');
        });

    /// <summary>Reads a log.</summary>
    /// <exception cref="CommandException">The file is missing or no log.</exception>
    public static ResultLog Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            ResultLog log = JsonSerializer.Deserialize<ResultLog>(stream, JsonOutput.Options) ?? throw new JsonException("it is empty");
            return log with { Name = Path.GetFileNameWithoutExtension(path) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException(ExitCode.BadData, $"log {path} cannot be read: {e.Message}", e);
        }
    }
}
