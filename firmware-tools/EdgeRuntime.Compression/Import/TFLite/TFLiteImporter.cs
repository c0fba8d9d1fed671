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
    public static ImportedModel Import(string path, ImportOptions? options = null) =>
        Import(ModelFile.Read(path, MaxFileBytes), Path.GetFileName(path), options);

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
            SourceModel file = SourceModelReader.Read(bytes);
            SourceModel source = StoredConstants.Expand(file);
            var conversion = new GraphConversion(source);
            if (file.Operators.Count > source.Operators.Count)
                conversion.Notes.Add($"{file.Operators.Count - source.Operators.Count} constants are stored with fewer bits in the file; they become float32");
            Graph graph = conversion.Convert();
            return new ImportedModel(ModelFile.Describe(graph, bytes, fileName, source.Description, options), [.. conversion.Indices], conversion.Notes);
        }
        catch (EdgeModelException e)
        {
            throw ImportException.Of(e);
        }
    }
}
