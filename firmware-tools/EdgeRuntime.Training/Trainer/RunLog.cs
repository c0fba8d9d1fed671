using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Training;

/// <summary>Figures of one epoch.</summary>
public sealed record EpochRecord(
    int Epoch, double TrainLoss, double TrainAccuracy, double ValidationLoss, double ValidationAccuracy, double LearningRate, double Seconds);

/// <summary>A number of epochs that a run was planned with until it was resumed with another.</summary>
/// <param name="Epochs">The number.</param>
/// <param name="Epoch">Finished epochs when the plan was given up.</param>
/// <param name="Batch">Steps of the next epoch that were done by then.</param>
public sealed record SchedulePlan(int Epochs, int Epoch, int Batch);

/// <summary>The log of a run, as it stands in <c>log.json</c> of its folder.</summary>
public sealed record RunLog
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    /// <summary>Name of the network.</summary>
    public required string Network { get; init; }

    /// <summary>Training method.</summary>
    public required string Method { get; init; }

    /// <summary>Data set.</summary>
    public required string Data { get; init; }

    /// <summary>Pictures in the training, validation and test set.</summary>
    public required IReadOnlyList<int> Pictures { get; init; }

    /// <summary>Trained numbers.</summary>
    public required long Parameters { get; init; }

    /// <summary>All options.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>What was minimised.</summary>
    public string Objective { get; init; } = "cross entropy";

    /// <summary>Revision of the program's source, where it is run from a checkout.</summary>
    public string? Commit { get; init; }

    /// <summary>Every epoch.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; init; } = [];

    /// <summary>Numbers of epochs that the run was planned with before it was resumed with that of <see cref="Options"/>.</summary>
    public IReadOnlyList<SchedulePlan> EarlierPlans { get; init; } = [];

    /// <summary>Best accuracy on the validation set.</summary>
    public double BestValidationAccuracy { get; init; }

    /// <summary>Accuracy on the test set of the weights that were best on the validation set; null before the end.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Writes the log.</summary>
    public void Write(string path) =>
        DataFile.WriteAtomically(path, stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>Reads a log.</summary>
    /// <exception cref="TrainingException">The file is missing or no log.</exception>
    public static RunLog Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<RunLog>(stream, Json) ?? throw new JsonException("empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new TrainingException(TrainingError.File, $"log {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The revision of the checkout in which the program runs, or null.</summary>
    public static string? CurrentCommit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["rev-parse", "HEAD"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            string text = git?.StandardOutput.ReadToEnd().Trim() ?? "";
            git?.WaitForExit();
            return text.Length == 40 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
