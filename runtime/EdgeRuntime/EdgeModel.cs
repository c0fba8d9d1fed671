using EdgeRuntime.Model;

namespace EdgeRuntime;

/// <summary>
/// A network with its metadata, from an .edge file or built in memory: load, inspect, <see cref="Prepare"/>, create sessions. Dispose it after the
/// models that were prepared from it, since its constants may lie in the mapped file.
/// </summary>
public sealed class EdgeModel : IDisposable
{
    private readonly IDisposable? file;

    /// <summary>A model of a graph that is in memory.</summary>
    public EdgeModel(Graph graph, ModelMetadata metadata)
        : this(graph, metadata, null)
    {
    }

    internal EdgeModel(Graph graph, ModelMetadata metadata, IDisposable? file)
    {
        Graph = graph;
        Metadata = metadata;
        this.file = file;
    }

    /// <summary>The network.</summary>
    public Graph Graph { get; }

    /// <summary>What the network is and how its input is made.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>Checks the network, plans its memory and binds a kernel to each operator.</summary>
    /// <exception cref="EdgeModelException">The network is wrong, too large, or has an operator without kernel.</exception>
    public PreparedModel Prepare(PrepareOptions? options = null) => new(this, options ?? new PrepareOptions());

    /// <summary>Unmaps the file.</summary>
    public void Dispose() => file?.Dispose();
}
