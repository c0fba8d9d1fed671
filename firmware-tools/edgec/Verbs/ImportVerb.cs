using System.CommandLine;
using EdgeRuntime.Compression.Import;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>edgec import: a TensorFlow Lite or ONNX file becomes an .edge file.</summary>
internal static class ImportVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("model.tflite|.onnx") { Description = "model to import, TensorFlow Lite or ONNX: float32 or int8" };
        var output = new Option<string>("--output", "-o") { Description = "file to write", Required = true, HelpName = "model.edge" };
        var labels = new Option<string?>("--labels") { Description = "text file with the name of one class a line", HelpName = "labels.txt" };
        var name = new Option<string>("--name") { Description = "short name of the network (default: the file's name)", DefaultValueFactory = _ => "" };
        var licence = new Option<string>("--licence") { Description = "licence of the weights, an SPDX expression", DefaultValueFactory = _ => "" };
        var picture = new PictureArguments();
        var command = new Command("import", "Imports a TensorFlow Lite or ONNX model. Lists everything that is not supported at once.") { file, output, labels, name, licence };
        picture.AddTo(command);
        command.SetAction(parse =>
        {
            string path = parse.GetRequiredValue(file);
            string target = parse.GetRequiredValue(output);
            ImportedModel imported = ForeignModel.Import(path, new ImportOptions
            {
                Labels = parse.GetValue(labels) is { } labelPath ? LabelFile.Read(labelPath) : null,
                Picture = picture.Read(parse),
                Name = parse.GetValue(name) ?? "",
                Licence = parse.GetValue(licence) ?? "",
                CreatedBy = CommandLineText.Of(parse),
            });
            using EdgeModel model = imported.Model;

            // A file that the runtime would refuse is not written.
            using (PreparedModel prepared = model.Prepare())
            {
                model.Save(target);
                TextWriter text = parse.InvocationConfiguration.Output;
                foreach (string note in imported.Notes)
                    text.WriteLine($"note: {note}");
                text.WriteLine($"{target}: {new FileInfo(target).Length} bytes, {prepared.Graph.Nodes.Count} operators, arena {prepared.ArenaBytes} bytes");
                text.WriteLine(Describe(model.Metadata));
            }
        });
        return command;
    }

    private static string Describe(ModelMetadata metadata) => metadata.Preprocessing is { } p
        ? $"input: {p.Width}x{p.Height} {p.Channels} {p.Layout.ToString().ToUpperInvariant()}, {p.Fit}, mean {Numbers(p.Mean)}, deviation {Numbers(p.Deviation)} of pixels in 0..1"
        : "input: no picture";

    private static string Numbers(IReadOnlyList<float> values) =>
        values.Distinct().Count() == 1 ? FormattableString.Invariant($"{values[0]:0.#####}") : string.Join(' ', values.Select(v => FormattableString.Invariant($"{v:0.#####}")));
}
