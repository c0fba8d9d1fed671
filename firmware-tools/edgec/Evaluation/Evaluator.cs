using System.Diagnostics;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Evaluation;

/// <summary>Classifies a data set with the runtime that ships.</summary>
internal static class Evaluator
{
    /// <summary>Runs all pictures of a set through a model.</summary>
    /// <exception cref="CommandException">The model's scores do not fit the set's classes.</exception>
    public static EvaluationReport Run(string file, EdgeModel model, string data, ImageSet set, bool reference, CancellationToken cancel)
    {
        TensorInfo output = model.Graph.Tensors[model.Graph.Outputs[0]];
        int classes = set.Classes.Count;
        if (output.Shape.ElementCount != classes)
            throw new CommandException(ExitCode.BadData, $"the model has {output.Shape.ElementCount} scores ({output.Type} {output.Shape}), the data set {classes} classes");
        if (output.Type is not (DataType.Int8 or DataType.Float32))
            throw new CommandException(ExitCode.BadData, $"the model's scores are {output.Type}; Int8 or Float32 is needed");
        var input = new PictureInput(model, set.Width, set.Height, set.Channels);
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = reference });
        using Session session = prepared.CreateSession();
        int[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        long ticks = 0;
        for (int i = 0; i < set.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            input.Write(set.Picture(i), session);
            long start = Stopwatch.GetTimestamp();
            session.Run();
            ticks += Stopwatch.GetTimestamp() - start;
            confusion[set.Labels[i]][output.Type == DataType.Int8 ? FirstLargest(session.Output<sbyte>()) : FirstLargest(session.Output<float>())]++;
        }

        return new EvaluationReport(
            file,
            data,
            set.Count,
            set.Skipped,
            Enumerable.Range(0, classes).Sum(c => confusion[c][c]),
            model.Metadata.Labels.Count == classes ? model.Metadata.Labels : set.Classes,
            confusion,
            (double)ticks / Stopwatch.Frequency,
            reference ? "reference" : "optimised");
    }

    private static int FirstLargest<T>(ReadOnlySpan<T> scores)
        where T : IComparable<T>
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i].CompareTo(scores[best]) > 0)
                best = i;
        }

        return best;
    }
}
