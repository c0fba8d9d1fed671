using System.Globalization;
using System.Text;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Training.Export;

/// <summary>The page that goes with a model: what it is, what it was made of and how, how good and how large it is.</summary>
public static class ModelCard
{
    /// <summary>Writes the page in Markdown.</summary>
    /// <param name="path">File to write.</param>
    /// <param name="model">The exported network.</param>
    /// <param name="log">Log of its training.</param>
    /// <param name="fileBytes">Length of the .edge file.</param>
    /// <param name="runtimeAccuracy">Accuracy of the runtime on the test set, 0..1.</param>
    public static void Write(string path, EdgeModel model, RunLog log, long fileBytes, double runtimeAccuracy)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(log);
        ModelMetadata about = model.Metadata;
        TensorInfo input = model.Graph.Tensors[model.Graph.Inputs[0]];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {about.Name}\n\n{about.Description}\n\n| | |\n| --- | --- |\n");
        Row("network, method", $"{log.Network}, {log.Method}");
        Row("data", $"{log.Data}: {log.Pictures[0]} pictures to train on, {log.Pictures[1]} for validation, {log.Pictures[2]} for the test");
        Row("test accuracy in the runtime", Invariant($"{runtimeAccuracy * 100:F2} %"));
        Row("test accuracy in the trainer, before quantization", Invariant($"{log.TestAccuracy * 100:F2} %"));
        Row("validation accuracy (best epoch)", Invariant($"{log.BestValidationAccuracy * 100:F2} %"));
        Row("input", $"{input.Type} {input.Shape}");
        Row("parameters", Invariant($"{log.Parameters:N0}"));
        Row("multiply-accumulates", Invariant($"{MultiplyAccumulates(model.Graph):N0}"));
        Row("file", Invariant($"{fileBytes:N0} bytes"));
        Row("classes", string.Join(", ", about.Labels));
        Row("origin", about.Origin);
        Row("licence", about.Licence);
        text.Append(CultureInfo.InvariantCulture, $"\nMade with\n\n    {about.CreatedBy}\n");
        DataFile.WriteAtomically(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));

        void Row(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
    }

    /// <summary>Multiply-accumulates of convolutions and fully connected layers for one picture, packed ones included.</summary>
    public static long MultiplyAccumulates(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        long total = 0;
        foreach (Node node in graph.Nodes)
        {
            bool depthwise = node.Kind is OperatorKind.DepthwiseConv2D or OperatorKind.BinaryDepthwiseConv2D;
            if (!depthwise && node.Kind is not (OperatorKind.Conv2D or OperatorKind.FullyConnected or OperatorKind.BinaryConv2D or OperatorKind.BinaryFullyConnected))
                continue;
            Shape weights = graph.Tensors[node.Inputs[1]].Shape, output = graph.Tensors[node.Outputs[0]].Shape;
            long perOutput = depthwise ? weights[1] * weights[2] : weights.ElementCount / weights[0];
            total += output.ElementCount * perOutput;
        }

        return total;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
