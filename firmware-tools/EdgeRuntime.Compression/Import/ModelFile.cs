using System.Security.Cryptography;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import;

/// <summary>A model file of another project, in memory, and what all importers say of it in the metadata.</summary>
internal static class ModelFile
{
    /// <summary>Reads a whole file.</summary>
    /// <exception cref="ImportException">It cannot be read, is no regular file, or is longer than <paramref name="limit"/> bytes.</exception>
    public static byte[] Read(string path, long limit)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            // Devices and pipes have no length to be held to.
            if (!stream.CanSeek || (stream.Length == 0 && stream.ReadByte() >= 0))
                throw new ImportException(ImportError.Unreadable, $"'{path}' is no regular file");
            if (stream.Length > limit)
                throw new ImportException(ImportError.TooLarge, $"'{path}' has {stream.Length} bytes; the limit is {limit}");
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ImportException(ImportError.Unreadable, $"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The model of an imported graph.</summary>
    /// <param name="graph">The network; it must have inputs and outputs.</param>
    /// <param name="bytes">The file that it comes from.</param>
    /// <param name="fileName">The file's name.</param>
    /// <param name="description">What the file says about itself.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="ImportException">The network has no inputs or no outputs, or the labels do not fit.</exception>
    public static EdgeModel Describe(Graph graph, byte[] bytes, string fileName, string description, ImportOptions options)
    {
        if (graph.Inputs.Count == 0 || graph.Outputs.Count == 0)
            throw new ImportException(ImportError.Corrupt, $"the network has {graph.Inputs.Count} inputs and {graph.Outputs.Count} outputs");
        return new EdgeModel(graph, new ModelMetadata
        {
            Name = options.Name.Length > 0 ? options.Name : Path.GetFileNameWithoutExtension(fileName),
            Description = description,
            Origin = $"{fileName}, sha256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}",
            Licence = options.Licence,
            CreatedBy = options.CreatedBy,
            Labels = LabelFile.Checked(graph, options.Labels),
            Preprocessing = PreprocessingGuess.For(graph.Tensors[graph.Inputs[0]], options.Picture),
        });
    }
}
