using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>
/// One operator with its shapes, options, quantization and constants, from which a graph of one node and the bytes of its inputs follow by seed. The same
/// case serves the reference kernel and every optimised one.
/// </summary>
/// <param name="Name">Says what is special about it, as tests show it.</param>
/// <param name="Kind">The operator.</param>
/// <param name="Define">Adds tensors and the node to a builder.</param>
public sealed record OperatorCase(string Name, OperatorKind Kind, Action<CaseBuilder> Define)
{
    /// <summary>
    /// Largest difference of a float output from the reference's, relative to the largest magnitude of the reference output: sums may be formed in another
    /// order. Integer and packed outputs are always compared exactly.
    /// </summary>
    public float FloatTolerance { get; init; } = 1e-5f;

    /// <summary>The graph for a seed.</summary>
    public Graph Build(int seed)
    {
        var builder = new CaseBuilder(new Random(seed));
        Define(builder);
        return builder.Graph.Build();
    }

    /// <summary>Bytes of each input of the graph for a seed.</summary>
    public static byte[][] InputBytes(Graph graph, int seed)
    {
        var random = new Random(seed + 1_000_000);
        return [.. graph.Inputs.Select(t => CaseBuilder.RandomBytes(random, graph.Tensors[t].Type, graph.Tensors[t].Shape))];
    }

    public override string ToString() => $"{Kind}: {Name}";
}
