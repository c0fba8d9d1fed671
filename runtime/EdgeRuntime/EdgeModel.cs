using EdgeRuntime.Model;
using EdgeRuntime.Model.Format;

namespace EdgeRuntime;

/// <summary>
/// A network with its metadata, from an .edge file or built in memory: load, inspect, <see cref="Prepare"/>, create sessions. A prepared model keeps the
/// constants that it uses: this one may be disposed as soon as nothing more is read from its graph.
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

    /// <summary>
    /// Loads an .edge file (docs/format.md). It is mapped, and constants that are not encoded are used in place: a file in use may be replaced by renaming, but
    /// must not be overwritten.
    /// </summary>
    /// <exception cref="EdgeModelException">The file cannot be read, or is no valid .edge file.</exception>
    public static EdgeModel Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return EdgeFileReader.Load(path);
    }

    /// <summary>Loads the bytes of an .edge file; they must not change as long as the model is used.</summary>
    /// <exception cref="EdgeModelException">The bytes are no valid .edge file.</exception>
    public static EdgeModel Load(ReadOnlyMemory<byte> file) => EdgeFileReader.Read(file, null);

    /// <summary>Writes an .edge file to a temporary name and renames it to <paramref name="path"/>. The same model always gives the same bytes.</summary>
    /// <exception cref="EdgeModelException">The file cannot be written, or cannot hold the model.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        new EdgeFileWriter(Graph, Metadata).Save(path);
    }

    /// <summary>Writes the bytes of an .edge file.</summary>
    /// <exception cref="EdgeModelException">A file cannot hold the model.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new EdgeFileWriter(Graph, Metadata).WriteTo(stream);
    }

    /// <summary>The bytes of an .edge file.</summary>
    /// <exception cref="EdgeModelException">A file cannot hold the model.</exception>
    public byte[] ToBytes()
    {
        var writer = new EdgeFileWriter(Graph, Metadata);
        using var stream = new MemoryStream((int)writer.Length);
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    /// <summary>Checks the network, plans its memory and binds a kernel to each operator.</summary>
    /// <exception cref="EdgeModelException">The network is wrong, too large, or has an operator without kernel.</exception>
    public PreparedModel Prepare(PrepareOptions? options = null) => new(this, options ?? new PrepareOptions());

    /// <summary>Unmaps the file, at once or with the last prepared model that uses it.</summary>
    public void Dispose() => file?.Dispose();
}
