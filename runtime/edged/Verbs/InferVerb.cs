using System.CommandLine;
using System.Text.Json;
using EdgeRuntime.Model;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>edged infer MODEL --input FILE... --output FILE...: raw tensors in, raw tensors out, to compare with other runtimes.</summary>
internal static class InferVerb
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "an .edge file" };
        var input = new Option<string[]>("--input") { Description = "raw little-endian bytes of an input; once per input, in order", Required = true };
        var output = new Option<string[]>("--output") { Description = "where an output's bytes go; once per output, in order" };
        var dump = new Option<string?>("--dump") { Description = "folder for every tensor of the run, with an index" };
        var reference = new Option<bool>("--reference") { Description = "use the portable reference kernels" };
        var command = new Command("infer", "run raw tensors through a network") { model, input, output, dump, reference };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(input), parsed.GetValue(output) ?? [], parsed.GetValue(dump), parsed.GetValue(reference)));
        return command;
    }

    private static int Run(string modelPath, string[] inputs, string[] outputs, string? dump, bool reference)
    {
        using EdgeModel model = EdgeModel.Load(modelPath);
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = reference, KeepIntermediates = dump is not null });
        Graph graph = prepared.Graph;
        if (inputs.Length != graph.Inputs.Count)
            throw new DaemonException(ExitCode.Usage, $"--input is given {inputs.Length} times; the network has {graph.Inputs.Count} inputs");
        if (outputs.Length > graph.Outputs.Count)
            throw new DaemonException(ExitCode.Usage, $"--output is given {outputs.Length} times; the network has {graph.Outputs.Count} outputs");

        using Session session = prepared.CreateSession();
        for (int i = 0; i < inputs.Length; i++)
            ReadInput(inputs[i], graph.Tensors[graph.Inputs[i]], session.Input<byte>(i));
        session.Run();
        for (int i = 0; i < outputs.Length; i++)
            WriteFile(outputs[i], session.Output<byte>(i));
        if (dump is not null)
            Dump(dump, session);
        return (int)ExitCode.Success;
    }

    private static void ReadInput(string path, TensorInfo tensor, Span<byte> destination)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length != destination.Length)
            throw new DaemonException(ExitCode.Input, $"{path} has {file.Length} bytes; input '{tensor.Name}' ({tensor.Type} {tensor.Shape}) takes {destination.Length}");
        file.ReadExactly(destination);
    }

    private static void Dump(string folder, Session session)
    {
        Directory.CreateDirectory(folder);
        Graph graph = session.Prepared.Graph;
        using var index = new MemoryStream();
        using (var json = new Utf8JsonWriter(index, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            for (int t = 0; t < graph.Tensors.Count; t++)
            {
                TensorInfo tensor = graph.Tensors[t];
                if (tensor.IsConstant)
                    continue;
                string file = $"{t:000}.bin";
                WriteFile(Path.Combine(folder, file), session.Tensor(t));
                json.WriteStartObject();
                json.WriteNumber("tensor", t);
                json.WriteString("name", tensor.Name);
                json.WriteString("type", tensor.Type.ToString());
                json.WriteString("shape", tensor.Shape.ToString());
                json.WriteString("file", file);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteFile(Path.Combine(folder, "tensors.json"), index.ToArray());
    }

    private static void WriteFile(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
