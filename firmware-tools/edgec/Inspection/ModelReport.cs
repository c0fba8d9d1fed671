using EdgeRuntime.Model;
using EdgeRuntime.Planning;

namespace EdgeRuntime.Compiler.Inspection;

/// <summary>One step of a network as it runs.</summary>
internal sealed record LayerReport(
    int Index,
    string Name,
    string Operator,
    string Kernel,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    int? WeightBits,
    long Parameters,
    long MultiplyAccumulates,
    long BytesInFile,
    long BytesInMemory,
    long PackedBytes);

/// <summary>A tensor's place in the arena; steps are numbers of layers, -1 is before the first, null for the rest of the run.</summary>
internal sealed record ArenaReport(string Tensor, string Type, string Shape, long Offset, long Size, int FirstStep, int? LastStep);

/// <summary>A whole network, for people (<see cref="ModelReportText"/>) and programs (JSON).</summary>
internal sealed record ModelReport(
    string File,
    long FileBytes,
    ModelMetadata Metadata,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<LayerReport> Layers,
    IReadOnlyList<ArenaReport> Arena,
    long ArenaBytes,
    long ActivationBytes,
    long ScratchBytes,
    long PackedBytes,
    long Parameters,
    long MultiplyAccumulates,
    long ConstantBytesInFile,
    long ConstantBytesInMemory,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Collects what a prepared model is made of.</summary>
    public static ModelReport Of(string file, long fileBytes, PreparedModel prepared)
    {
        Graph graph = prepared.Graph;
        var layers = new List<LayerReport>();
        for (int i = 0; i < prepared.Steps.Count; i++)
        {
            PlanStep step = prepared.Steps[i];
            Node node = step.Node;
            layers.Add(new LayerReport(
                i,
                node.Name,
                node.Kind.ToString(),
                step.KernelName,
                [.. node.Inputs.Where(t => t >= 0).Select(t => Describe(graph.Tensors[t]))],
                [.. node.Outputs.Select(t => Describe(graph.Tensors[t]))],
                LayerCost.WeightBits(graph, node),
                LayerCost.Parameters(graph, node),
                LayerCost.MultiplyAccumulates(graph, node),
                LayerCost.BytesInFile(graph, node),
                LayerCost.BytesInMemory(graph, node),
                step.PackedBytes));
        }

        List<TensorInfo> constants = [.. graph.Tensors.Where(t => t.IsConstant)];
        return new ModelReport(
            file,
            fileBytes,
            prepared.Model.Metadata,
            [.. graph.Inputs.Select(t => Describe(graph.Tensors[t]))],
            [.. graph.Outputs.Select(t => Describe(graph.Tensors[t]))],
            layers,
            [.. prepared.ArenaSlots.Select(s => Describe(graph, s))],
            prepared.ArenaBytes,
            prepared.ActivationBytes,
            prepared.ScratchBytes,
            prepared.PackedBytes,
            constants.Sum(t => t.Shape.ElementCount),
            layers.Sum(l => l.MultiplyAccumulates),
            constants.Sum(t => t.StoredSize()),
            constants.Sum(t => t.ByteSize),
            BinaryRules.Check(graph));
    }

    private static ArenaReport Describe(Graph graph, ArenaSlot slot)
    {
        TensorInfo tensor = graph.Tensors[slot.Tensor];
        return new ArenaReport(tensor.Name, tensor.Type.ToString(), tensor.Shape.ToString(), slot.Offset, slot.Size, slot.First, slot.Last == int.MaxValue ? null : slot.Last);
    }

    private static string Describe(TensorInfo tensor) => $"{tensor.Type} {tensor.Shape}";
}
