using System.Security.Cryptography;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>
/// Reads TensorFlow Lite models (.tflite, schema version 3): one subgraph with fixed shapes, float32 or int8 by TensorFlow Lite's int8
/// specification. Constants keep their bytes; shapes, axes and paddings given as tensors become options.
/// </summary>
public static class TFLiteImporter
{
    /// <summary>Largest file that is read.</summary>
    public const long MaxFileBytes = 1L << 30;

    /// <summary>Imports a file.</summary>
    /// <exception cref="ImportException">The file cannot be read, is damaged, or uses something that is not supported.</exception>
    public static ImportedModel Import(string path, ImportOptions? options = null)
    {
        byte[] bytes;
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxFileBytes)
                throw new ImportException(ImportError.TooLarge, $"'{path}' has {length} bytes; the limit is {MaxFileBytes}");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException(ImportError.Unreadable, $"'{path}' cannot be read: {e.Message}", e);
        }

        return Import(bytes, Path.GetFileName(path), options);
    }

    /// <summary>Imports a file that is in memory. The model's constants stay in <paramref name="bytes"/>, which must not change any more.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="fileName">Name of the file, for the metadata.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="ImportException">The file is damaged, or uses something that is not supported.</exception>
    public static ImportedModel Import(byte[] bytes, string fileName, ImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        options ??= new ImportOptions();
        try
        {
            SourceModel source = SourceModelReader.Read(bytes);
            var conversion = new GraphConversion(source);
            Graph graph = conversion.Convert();
            if (graph.Inputs.Count == 0 || graph.Outputs.Count == 0)
                throw FlatBuffer.Corrupt($"the network has {graph.Inputs.Count} inputs and {graph.Outputs.Count} outputs");
            var metadata = new ModelMetadata
            {
                Name = options.Name.Length > 0 ? options.Name : Path.GetFileNameWithoutExtension(fileName),
                Description = source.Description,
                Origin = $"{fileName}, sha256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}",
                Licence = options.Licence,
                CreatedBy = options.CreatedBy,
                Labels = LabelFile.Checked(graph, options.Labels),
                Preprocessing = PreprocessingGuess.For(graph.Tensors[graph.Inputs[0]], options.Picture),
            };
            return new ImportedModel(new EdgeModel(graph, metadata), [.. conversion.Indices], conversion.Notes);
        }
        catch (EdgeModelException e)
        {
            throw ImportException.Of(e);
        }
    }
}
