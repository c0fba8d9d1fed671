using System.Globalization;
using EdgeRuntime.Model;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Compiler.Results;

/// <summary>The log of a training run.</summary>
internal static class TrainingLog
{
    /// <param name="command">The command line.</param>
    /// <param name="request">What the network was made for.</param>
    /// <param name="course">The trainer's log.</param>
    /// <param name="model">The exported network.</param>
    /// <param name="accuracy">Its accuracy in the runtime.</param>
    /// <param name="fileBytes">Length of its file.</param>
    /// <param name="floatBytes">Length of the file of a network of that shape with real weights.</param>
    public static ResultLog Of(string command, NetworkRequest request, RunLog course, EdgeModel model, double accuracy, long fileBytes, long floatBytes)
    {
        ResultLog log = Figures(command, request, course, model, accuracy, fileBytes, floatBytes);
        if (course.EarlierPlans.Count > 0)
            log.Configuration["earlierPlans"] = string.Join("; ", course.EarlierPlans.Select(p => $"{p.Epochs} epochs until step {p.Batch} of epoch {p.Epoch + 1}"));
        return log;
    }

    private static ResultLog Figures(string command, NetworkRequest request, RunLog course, EdgeModel model, double accuracy, long fileBytes, long floatBytes) => new()
    {
        Command = command,
        Commit = course.Commit,
        Seed = course.Options.Seed,
        Configuration = new(StringComparer.Ordinal)
        {
            ["network"] = course.Network,
            ["method"] = course.Method,
            ["data"] = course.Data,
            ["objective"] = course.Objective,
            ["width"] = Number(request.Width),
            ["blockOrder"] = request.Order.ToString(),
            ["epochs"] = Number(course.Options.Epochs),
            ["batch"] = Number(course.Options.BatchSize),
            ["learningRate"] = Number(course.Options.LearningRate),
            ["schedule"] = course.Options.Schedule.ToString(),
            ["optimizer"] = course.Options.Optimizer.ToString(),
            ["weightDecay"] = Number(course.Options.WeightDecay),
            ["labelSmoothing"] = Number(course.Options.LabelSmoothing),
            ["products"] = course.Options.BFloat16 ? "bfloat16" : "float32",
            ["augmentation"] = course.Options.Augmentation.ToString(),
        },
        Figures = new(StringComparer.Ordinal)
        {
            ["runtimeTestAccuracy"] = accuracy,
            ["trainerTestAccuracy"] = course.TestAccuracy ?? double.NaN,
            ["bestValidationAccuracy"] = course.BestValidationAccuracy,
            ["parameters"] = course.Parameters,
            ["fileBytes"] = fileBytes,
            ["floatBytes"] = floatBytes,
            ["multiplyAccumulates"] = ModelCard.MultiplyAccumulates(model.Graph),
            ["trainPictures"] = course.Pictures[0],
            ["validationPictures"] = course.Pictures[1],
            ["testPictures"] = course.Pictures[2],
            ["seconds"] = Math.Round(course.Epochs.Sum(e => e.Seconds)),
        },
        Series = new(StringComparer.Ordinal)
        {
            ["trainAccuracy"] = [.. course.Epochs.Select(e => Math.Round(e.TrainAccuracy, 5))],
            ["validationAccuracy"] = [.. course.Epochs.Select(e => Math.Round(e.ValidationAccuracy, 5))],
            ["trainLoss"] = [.. course.Epochs.Select(e => Math.Round(e.TrainLoss, 5))],
        },
    };

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
