namespace EdgeRuntime.Model;

/// <summary>One operator of a graph.</summary>
/// <param name="Kind">What it computes.</param>
/// <param name="Name">Name for messages, tables and dumps.</param>
/// <param name="Inputs">Indices of tensors; -1 where an optional input is absent.</param>
/// <param name="Outputs">Indices of tensors.</param>
/// <param name="Options">Options record of the kind.</param>
public sealed record Node(OperatorKind Kind, string Name, IReadOnlyList<int> Inputs, IReadOnlyList<int> Outputs, OperatorOptions Options);

/// <summary>
/// A network: tensors, and operators in an order in which every tensor is written before it is read. Immutable. It may be wrong: whether shapes,
/// types and indices fit is checked when it is prepared, so that a reader can build it from untrusted bytes.
/// </summary>
public sealed class Graph
{
    internal Graph(IReadOnlyList<TensorInfo> tensors, IReadOnlyList<Node> nodes, IReadOnlyList<int> inputs, IReadOnlyList<int> outputs)
    {
        Tensors = tensors;
        Nodes = nodes;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>All tensors: activations and constants.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The operators.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Indices of the tensors that the user writes.</summary>
    public IReadOnlyList<int> Inputs { get; }

    /// <summary>Indices of the tensors that the user reads.</summary>
    public IReadOnlyList<int> Outputs { get; }
}
