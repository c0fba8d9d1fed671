using EdgeRuntime.Training.Data;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Distillation;

/// <summary>
/// A teacher's scores of every picture of a training set, computed once: for runs without augmentation, in which each picture comes back unchanged every epoch.
/// </summary>
public sealed class TeacherScores : IDisposable
{
    private const int BatchSize = 250;
    private readonly Tensor scores;

    /// <summary>Scores the set.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="set">The training set.</param>
    /// <param name="normalization">The student's normalization.</param>
    public TeacherScores(Teacher teacher, ImageSet set, Normalization normalization)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(set);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        BatchLoader loader = BatchLoader.ForEvaluation(set, BatchSize, normalization);
        var parts = new List<Tensor>();
        for (int b = 0; b < loader.BatchCount; b++)
        {
            using Batch batch = loader.Load(0, b);
            parts.Add(teacher.Score(batch.Images));
        }

        scores = cat(parts).DetachFromDisposeScope();
    }

    /// <summary>Scores [n, classes] of a batch's pictures.</summary>
    public Tensor Of(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using Tensor rows = tensor(batch.Pictures.Select(p => (long)p).ToArray());
        return scores.index_select(0, rows);
    }

    /// <inheritdoc/>
    public void Dispose() => scores.Dispose();
}
