using EdgeRuntime.Training;
using Spectre.Console;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>Shows a training run: a live bar on a terminal, a line per epoch elsewhere.</summary>
internal static class TrainingDisplay
{
    /// <summary>Runs <paramref name="work"/> with a display.</summary>
    public static T Show<T>(TextWriter writer, Func<IProgress<TrainingProgress>, T> work)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
            return work(new Lines(writer));
        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .Start(context => work(new Bar(context.AddTask("training"), writer)));
    }

    private static string Line(EpochRecord e, int epochs) =>
        $"epoch {e.Epoch}/{epochs}: loss {e.TrainLoss:F4}, accuracy {e.TrainAccuracy:P2}; validation loss {e.ValidationLoss:F4}, accuracy {e.ValidationAccuracy:P2}; {e.Seconds:F1} s";

    private sealed class Lines(TextWriter writer) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Finished is { } epoch)
            {
                writer.WriteLine(Line(epoch, value.Epochs));
                writer.Flush();
            }
        }
    }

    private sealed class Bar(ProgressTask task, TextWriter writer) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.MaxValue = (double)value.Epochs * value.Batches;
            task.Value = (value.Epoch - 1.0) * value.Batches + value.Batch;
            task.Description = $"epoch {value.Epoch}/{value.Epochs}  loss {value.Loss:F4}  accuracy {value.Accuracy:P1}  {value.PicturesPerSecond:F0} pictures/s  {value.TimeLeft:hh\\:mm\\:ss} left";
            if (value.Finished is { } epoch)
                writer.WriteLine(Line(epoch, value.Epochs));
        }
    }
}
