using System.CommandLine;
using System.Globalization;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>edged classify MODEL PICTURE...: the most probable labels of pictures.</summary>
internal static class ClassifyVerb
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "an .edge file" };
        var pictures = new Argument<string[]>("pictures") { Description = "picture files (JPEG, PNG, BMP)", Arity = ArgumentArity.OneOrMore };
        var labels = new Option<string?>("--labels") { Description = "file with one class name per line, instead of the model's own" };
        var top = new Option<int>("--top") { Description = "labels per picture", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "one JSON object per picture" };
        var command = new Command("classify", "say what pictures show") { model, pictures, labels, top, json };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(pictures), parsed.GetValue(labels), parsed.GetValue(top), parsed.GetValue(json), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string model, string[] pictures, string? labels, int top, bool json, TextWriter output)
    {
        if (top is < 1 or > 1000)
            throw new DaemonException(ExitCode.Usage, $"--top is {top}; the limits are 1 and 1000");
        using FramePipeline pipeline = FramePipeline.Load(model, labels, 1, _ => new DecisionOptions(), top);
        using Stream? lines = json ? Console.OpenStandardOutput() : null;
        using var formatter = new PredictionJson();
        foreach (string picture in pictures)
        {
            using PictureSource source = PictureSource.FromFile(picture, enoughSize: pipeline.InputSize);
            if (!source.TryRead(out Frame? frame))
                throw new DaemonException(ExitCode.Input, $"{picture} holds no picture");
            pipeline.Process(frame, TimeSpan.Zero);
            if (lines is not null)
                lines.Write(formatter.Line(pipeline.Current));
            else
                Write(output, picture, pipeline.Current);
        }

        return (int)ExitCode.Success;
    }

    private static void Write(TextWriter output, string picture, Prediction prediction)
    {
        output.WriteLine(picture);
        for (int i = 0; i < prediction.TopLabels.Length; i++)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {100 * prediction.TopProbabilities[i],6:0.00} %  {prediction.NameOf(prediction.TopLabels[i])}"));
    }
}
